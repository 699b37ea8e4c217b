"""How many statements an answer costs: the same for one row as for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kefu_admin.store.database import Store
from tests.faces.desk import Client, Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements run meanwhile, without BEGIN and COMMIT."""
    seen: list[str] = []
    execute = store.execute

    def listening(sql: str, params: object = ()) -> object:
        if not sql.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(sql)
        return execute(sql, params)  # type: ignore[arg-type]  # passed on as it came

    store.execute = listening  # type: ignore[method-assign]  # the one seam all statements pass
    try:
        yield seen
    finally:
        del store.execute  # type: ignore[attr-defined]  # the method is there again


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
