"""Keyset paging is the full sort, cut into pages: with NULLs, ties, forward and back."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kefu_admin.definitions.view import SortKey
from kefu_admin.store import read
from kefu_admin.store.database import Store
from kefu_admin.store.query import Page, Query
from kefu_admin.store.read import Sight
from tests.databases import NOW
from tests.store.read.rows import department, put, sight

SORTS = (
    (),
    ("id",),
    ("-id",),
    ("name",),
    ("-name",),
    ("since",),
    ("-since",),
    ("credit", "-level"),
    ("-level", "name", "-since"),
    ("-credit", "-since", "id"),
    ("-created_at",),
    ("created_at", "level"),
    ("kind",),
)


def filled(store: Store, dice: random.Random) -> tuple[list[dict[str, object]], Sight]:
    """Rows full of ties and NULLs in seven departments, and one who sees six of them."""
    places = [department(store, f"{number}部") for number in range(7)]
    rows: list[dict[str, object]] = []
    for number in range(40):
        values: dict[str, object] = {
            "name": dice.choice(["甲", "乙", "Ab", "ab", "a b", "😀", "ａ"]),
            "credit": dice.choice([None, Decimal("1.00"), Decimal("0.00"), Decimal("10.00")]),
            "level": dice.choice([None, "a", "b"]),
            "since": dice.choice([None, date(2026, 1, 1), date(2025, 12, 31)]),
            "department": dice.choice(places),
            "kind": dice.choice(["person", "company"]),
            "created_at": NOW + timedelta(hours=dice.randint(0, 5)),
        }
        id = put(store, "customer", code=f"K{number}", **values)
        if values["department"] != places[6]:
            rows.append({**values, "id": id})
    return rows, sight(store, "supervisor", departments=tuple(places[:6]))


def in_full(rows: list[dict[str, object]], sort: tuple[str, ...]) -> list[int]:
    """The ids as Python sorts them: NULL smallest, text by code point, ties by id."""
    keys = [(key.removeprefix("-"), key.startswith("-")) for key in sort]
    if "id" not in (name for name, _ in keys):
        keys.append(("id", keys[-1][1] if keys else True))
    ordered = list(rows)
    for name, descending in reversed(keys):
        ordered.sort(key=lambda row: _key(row[name]), reverse=descending)
    return [int(str(row["id"])) for row in ordered]


def _key(value: object) -> tuple[bool, object]:
    return (value is not None, value if value is not None else 0)


def ask(look: Sight, sort: tuple[str, ...], limit: int, **more: object) -> Page:
    keys = tuple(SortKey(key.removeprefix("-"), key.startswith("-")) for key in sort)
    query = Query(type="customer", columns=("name",), sort=keys, limit=limit, **more)  # type: ignore[arg-type]
    return read.page(look, query)


@pytest.mark.parametrize("seed", [1, 2])
def test_pages_forward_and_back_are_the_full_sort(store: Store, seed: int) -> None:
    rows, look = filled(store, random.Random(seed))

    for sort in SORTS:
        expected = in_full(rows, sort)
        for limit in (1, 7):
            forward: list[int] = []
            page = ask(look, sort, limit)
            forward += [row.id for row in page.rows]
            while page.next:
                page = ask(look, sort, limit, after=page.next)
                forward += [row.id for row in page.rows]
            page = ask(look, sort, limit, last=True)
            back = [row.id for row in page.rows]
            while page.previous:
                page = ask(look, sort, limit, before=page.previous)
                back = [row.id for row in page.rows] + back

            assert forward == expected, (sort, limit)
            assert back == expected, (sort, limit)


def test_a_page_goes_on_where_a_row_was_though_it_is_gone(store: Store) -> None:
    rows, look = filled(store, random.Random(3))
    expected = in_full(rows, ("name",))
    first = ask(look, ("name",), 5)
    store.execute('DELETE FROM "customer" WHERE "id" = ?', (first.rows[-1].id,))

    second = ask(look, ("name",), 5, after=first.next)

    assert [row.id for row in second.rows] == expected[5:10]


def test_the_count_stops_at_its_cap(store: Store) -> None:
    rows, look = filled(store, random.Random(4))

    capped = ask(look, (), 5, count_up_to=3)
    exact = ask(look, (), 5, count_up_to=1000)

    assert (capped.count, capped.capped) == (3, True)
    assert (exact.count, exact.capped) == (len(rows), False)
