"""How many statements an answer costs: the same for one row as for many."""

from __future__ import annotations

import pytest

from tests.faces.desk import Client, Served
from tests.faces.statements import counted

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def boss(served: Served) -> Client:
    """A supervisor whose token was used already (that costs a write once a minute)."""
    client = served.as_("supervisor")
    assert client.get("/api/v1/me").status_code == 200
    return client


def add(boss: Client, count: int) -> int:
    """Adds companies; answers the last one's id."""
    for number in range(count):
        answer = boss.post("/api/v1/customer", json={"name": f"客户{number}", "kind": "company"})
        assert answer.status_code == 201
    return int(answer.json["data"]["id"])


def test_a_list_costs_the_same_for_one_row_and_for_three(served: Served, boss: Client) -> None:
    path = "/api/v1/customer?fields=name,phone,level,created_at"
    add(boss, 1)
    boss.get(path)

    with counted(served.desk.store) as one:
        boss.get(path)
    add(boss, 2)
    with counted(served.desk.store) as three:
        boss.get(path)

    assert len(three) == len(one) <= 2


def test_labels_of_references_cost_one_statement_per_type_not_per_row(
    served: Served, boss: Client
) -> None:
    path = "/api/v1/customer?fields=name,owner,department"
    add(boss, 1)
    boss.get(path)

    with counted(served.desk.store) as one:
        boss.get(path)
    add(boss, 2)
    with counted(served.desk.store) as three:
        boss.get(path)

    assert len(three) == len(one) <= 4


def test_one_record_costs_two_statements(served: Served, boss: Client) -> None:
    path = f"/api/v1/customer/{add(boss, 1)}?fields=name,phone,level"
    boss.get(path)

    with counted(served.desk.store) as seen:
        boss.get(path)

    assert len(seen) <= 2


def test_creating_costs_eight_statements_and_reading_it_again(served: Served, boss: Client) -> None:
    add(boss, 1)

    with counted(served.desk.store) as seen:
        add(boss, 1)

    # token, config, number, row, search, history, audit, event; then row, contacts, files, names
    assert len(seen) <= 12


def test_changing_costs_eight_statements_and_reading_it_again(served: Served, boss: Client) -> None:
    path = f"/api/v1/customer/{add(boss, 1)}"
    costs = []
    for version, name in ((1, "甲公司"), (2, "乙公司")):
        headers = {"If-Match": f'"{version}"'}
        with counted(served.desk.store) as seen:
            answer = boss.patch(path, json={"name": name}, headers=headers)
        assert answer.status_code == 200
        costs.append(len(seen))

    # token, config, row, change, search twice, history, audit, event; then row, contacts, files,
    # names
    assert costs[-1] <= 12


def test_a_whole_page_costs_the_same_whatever_its_rows(served: Served, boss: Client) -> None:
    costs = []
    for more in (1, 20, 29):
        add(boss, more)
        boss.get("/api/v1/customer?limit=50")
        with counted(served.desk.store) as seen:
            page = boss.get("/api/v1/customer?limit=50").json
        costs.append(len(seen))

    assert len(page["data"]) == 50
    assert costs == [4, 4, 4]  # token, page, contacts, names of people and departments
