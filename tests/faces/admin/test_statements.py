"""What pages and forms cost: statements of the database, and bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.actor import Actor
from kefu_admin.operations import records
from tests.desks import NOW
from tests.faces.admin.pages import cells, form
from tests.faces.desk import SETTER, Client, Served
from tests.faces.statements import counted


@pytest.fixture
def boss(served: Served) -> Client:
    """The supervisor, who sees every customer."""
    return served.browser("supervisor")


def add(served: Served, count: int) -> None:
    """Customers of everybody, written at once."""
    rows = [
        {
            "name": f"客户{number}",
            "kind": "company",
            "owner": served.people[("clerk", "other_clerk", "supervisor")[number % 3]],
            "department": served.departments[("一部", "二部")[number % 2]],
        }
        for number in range(count)
    ]
    with served.desk.store.connection():
        records.create_many(served.desk, "customer", rows, actor=_writer(served), now=NOW)


def _writer(served: Served) -> Actor:
    return replace(
        SETTER,
        user_id=served.people["supervisor"],
        roles=frozenset({"supervisor"}),
        departments_below=frozenset(served.departments.values()),
    )


def test_a_list_costs_three_statements_whatever_its_rows(served: Served, boss: Client) -> None:
    costs = []
    for more in (1, 2, 37):
        add(served, more)
        boss.get("/records/customer/")
        with counted(served.desk.store) as seen:
            boss.get("/records/customer/")
        costs.append(len(seen))

    assert costs == [3, 3, 3]  # session, page, names of people and departments


def test_a_list_longer_than_a_page_is_counted_besides(served: Served, boss: Client) -> None:
    add(served, 60)
    boss.get("/records/customer/")

    with counted(served.desk.store) as seen:
        page = boss.get("/records/customer/")

    assert len(seen) == 4
    assert len(cells(page)) == 50
    assert len(page.data) <= 40 * 1024


def test_creating_by_form_costs_nine_statements(served: Served, boss: Client) -> None:
    def create(name: str) -> None:
        blank = form(boss.get("/records/customer/new"), "/new")
        with counted(served.desk.store) as seen:
            answer = blank.send(boss, f__name=name, f__kind="company")
        assert answer.status_code == 303
        costs.append(len(seen))

    costs: list[int] = []
    for name in ("甲公司", "乙公司", "丙公司"):
        create(name)

    # session, config and key, number, row, search, history, audit, event, key
    assert costs[-1] <= 9


def test_changing_by_form_costs_eleven_statements(
    served: Served, boss: Client, customer: int
) -> None:
    def change(name: str) -> None:
        path = f"/records/customer/{customer}/edit"
        with counted(served.desk.store) as seen:
            answer = boss.post(path, data=sent | {"f.name": name, "version": len(costs) + 1})
        assert answer.status_code == 303
        costs.append(len(seen))

    costs: list[int] = []
    page = form(boss.get(f"/records/customer/{customer}/edit"), "/edit")
    sent = {"_csrf": page.fields["_csrf"], "key": ""}
    for number, name in enumerate(("乙公司", "丙公司")):
        sent["key"] = f"key-{number}-{'x' * 20}"
        change(name)

    # session, masked fields, config and key, row, change, search twice, history, audit, event, key
    assert costs[-1] <= 11


def test_a_record_and_its_forms_cost_few_statements(
    served: Served, boss: Client, customer: int
) -> None:
    path = f"/records/customer/{customer}"
    costs = []
    for page in (path, f"{path}/edit", "/records/customer/new"):
        boss.get(page)
        with counted(served.desk.store) as seen:
            assert boss.get(page).status_code == 200
        costs.append(len(seen))

    assert costs == [12, 5, 2]
