"""The next rows of an order as a short way to a page: same rows, fewer statements' work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kefu_admin.definitions.view import SortKey
from kefu_admin.store import read
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.query import Page, Query
from kefu_admin.store.read.page import CAP_BELIEVED
from tests.databases import NOW
from tests.store.read.rows import department, put, sight

LATEST = (SortKey("created_at", descending=True),)


def ask(
    look: read.Sight, *, limit: int = 3, after: str = "", cap: int = 0, search: str = ""
) -> Page:
    return read.page(
        look,
        Query(
            type="customer",
            search=search,
            columns=("name",),
            sort=LATEST,
            limit=limit,
            after=after,
            count_up_to=cap,
        ),
    )


def fill(store: Store, places: list[int]) -> list[int]:
    """A customer an hour in each of the departments in turn."""
    return [
        put(
            store,
            "customer",
            code=f"N{n}",
            name=f"客户{n}",
            department=place,
            created_at=NOW + timedelta(hours=n),
        )
        for n, place in enumerate(places)
    ]


@pytest.fixture
def statements(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all queries from here on."""
    seen: list[str] = []
    rows = type(store).rows

    def watched(self: Store, sql: str, params: object = ()) -> object:
        seen.append(sql)
        return rows(self, sql, params)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store), "rows", watched)
    return seen


def test_pages_go_on_through_rows_one_may_not_see(store: Store, statements: list[str]) -> None:
    mine, his, other = (department(store, name) for name in ("甲部", "乙部", "丙部"))
    ids = fill(store, [mine, other, his] * 8)
    look = sight(store, "supervisor", departments=(mine, his))
    expected = [id for n, id in enumerate(ids) if n % 3 != 1][::-1]

    got: list[int] = []
    page = ask(look)
    got += [row.id for row in page.rows]
    while page.next:
        page = ask(look, after=page.next)
        got += [row.id for row in page.rows]

    assert got == expected
    near = [sql for sql in statements if "LIMIT 16" in sql]
    assert bool(near) is (store.dialect is Dialect.SQLITE)


def test_who_sees_few_of_the_next_rows_is_not_led_there_again(
    store: Store, statements: list[str]
) -> None:
    mine, his, other = (department(store, name) for name in ("甲部", "乙部", "丙部"))
    ids = fill(store, [mine, his, mine, his, *[other] * 30])
    look = sight(store, "supervisor", departments=(mine, his))

    first, second = ask(look), ask(look)

    assert [row.id for row in first.rows] == ids[3:0:-1]
    assert second.rows == first.rows
    assert sum("LIMIT 16" in sql for sql in statements) == (store.dialect is Dialect.SQLITE)


def test_what_many_hold_is_looked_for_in_the_next_rows(store: Store, statements: list[str]) -> None:
    mine, his, other = (department(store, name) for name in ("甲部", "乙部", "丙部"))
    ids = fill(store, [mine, his, his, other] * 10)
    look = sight(store, "supervisor", departments=(mine, his))
    expected = [id for n, id in enumerate(ids) if n % 4 != 3][::-1]

    got: list[int] = []
    page = ask(look, search="客户", cap=100)
    assert page.count == len(expected)
    got += [row.id for row in page.rows]
    while page.next:
        page = ask(look, search="客户", after=page.next)
        got += [row.id for row in page.rows]

    assert got == expected
    assert any("LIMIT 16)" in sql for sql in statements) is (store.dialect is Dialect.SQLITE)


def test_who_sees_few_of_what_many_hold_sees_them_all(store: Store, statements: list[str]) -> None:
    mine, other = (department(store, name) for name in ("甲部", "丙部"))
    ids = fill(store, [mine, mine, *[other] * 30])
    look = sight(store, "supervisor", departments=(mine,))

    page = ask(look, search="客户", cap=100)

    assert [row.id for row in page.rows] == ids[1::-1]
    assert page.count == 2
    assert any("LIMIT 16)" in sql for sql in statements) is (store.dialect is Dialect.SQLITE)


def test_what_few_hold_is_listed(store: Store, statements: list[str]) -> None:
    mine = department(store, "甲部")
    ids = fill(store, [mine] * 32)
    look = sight(store, "supervisor", departments=(mine,))

    page = ask(look, search="户31", cap=100)

    assert [row.id for row in page.rows] == [ids[31]]
    assert not any("LIMIT 16)" in sql for sql in statements)


def test_a_count_past_its_cap_is_believed_for_a_while(store: Store) -> None:
    mine = department(store, "甲部")
    fill(store, [mine] * 6)
    look = sight(store, "supervisor", departments=(mine,))
    assert (ask(look, cap=4).count, ask(look, cap=4).capped) == (4, True)
    store.execute('DELETE FROM "customer" WHERE "name" > ?', ("客户2",))

    soon = ask(look, limit=1, cap=4)
    later = replace(look, binding=replace(look.binding, now=look.binding.now + CAP_BELIEVED))
    afterwards = ask(later, limit=1, cap=4)
    smaller = ask(look, limit=1, cap=5)

    assert (soon.count, soon.capped) == (4, True)
    assert (afterwards.count, afterwards.capped) == (3, False)
    assert (smaller.count, smaller.capped) == (3, False)
