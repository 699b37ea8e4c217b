"""Many records at once are written exactly as one after another: rows, history, audit lines with
their digests, search index, events, numbers, kept values and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from kefu_admin.definitions.builtin import BUILTIN_TYPES
from kefu_admin.definitions.project import Project
from kefu_admin.problems import Invalid
from kefu_admin.store import inserts, search
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.verify import verify
from tests.desks import NOW, Desk, furnish

MANY = inserts.COPIED * 2 + 10  # so many that every bulk way is taken, also for half of them
BOOKS = ("kefu_history", "kefu_audit", "kefu_outbox", "kefu_counter", "kefu_search_type")
UNLIKE = {"transaction_id", "id_number"}  # the transaction's own, and sealed under a fresh nonce

Row = dict[str, object]


def customers(random: Random, count: int, *, wrong: bool) -> list[Row]:
    """Rows that exercise every kind of field; with `wrong` some are to be refused."""
    return [_customer(random, index, wrong and random.random() < 0.5) for index in range(count)]


def _customer(random: Random, index: int, wrong: bool) -> Row:
    row: Row = {
        "name": random.choice("甲乙丙\t😀é") + f"“公司”\\{index}",
        "phone": f"1380000{index:04}",
    }
    row["kind"] = random.choice(("person", "person", "person", "company"))
    for name, values in {
        "level": ("a", "b", None),
        "id_number": ("11010519491231002X",),
        "region": ("110105", None),
        "address": ("某路1号\u2028二楼", "", None),
        "credit": (Decimal("0.00"), Decimal("12345.60"), None),
        "since": (date(2020, 2, 29), None),
        "secrecy": ("internal", "secret"),
        "contacts": (
            (),
            ({"name": "张三"},),
            ({"name": "李四", "phone": "13900001111"}, {"name": "王"}),
        ),
    }.items():
        if random.random() < 0.7:
            row[name] = random.choice(values)
    if wrong:
        name, value = random.choice(
            (("name", None), ("phone", None), ("credit", Decimal("-1.00")), ("owner", 99_999),
             ("visit_count", 3), ("name", "长" * 81), ("contacts", ({"phone": "13900001111"},)))
        )  # fmt: skip
        row[name] = value
    return row


def visits(random: Random, count: int, customers: Sequence[int]) -> list[Row]:
    """Visits that move kept values of few customers, with computed values."""
    made: list[Row] = []
    for index in range(count):
        row: Row = {"customer": random.choice(customers), "summary": f"第{index}次 \x1f 说明"}
        if random.random() < 0.6:
            row |= {"outcome": "done", "done_on": date(2026, 11, 20) - timedelta(days=index % 9)}
        if random.random() < 0.6:
            row |= {"score": random.randint(0, 10), "minutes": random.randint(0, 600)}
        if random.random() < 0.5:
            row["planned_at"] = datetime(2026, 11, 1, 3, 4, 5, index, UTC)
        made.append(row)
    return made


def dump(store: Store) -> dict[str, list[str]]:
    """Everything a change writes, by table; the search index by what it finds."""
    tables: dict[str, list[str]] = {}
    for table in (*store.project.types, *BOOKS):
        names = [c.name for c in store.layout[table].columns if c.name not in UNLIKE]
        if table in BOOKS:
            names.remove("id")  # the order of a book is not its meaning
        chosen = ", ".join(f'"{name}"' for name in names)
        rows = store.rows(f'SELECT {chosen} FROM "{table}"')
        tables[table] = sorted(_unsealed(str(row)) for row in rows)
    ids = [id for (id,) in store.rows('SELECT "id" FROM "customer" ORDER BY "id"')]
    records = Reader(store).load("customer", ids).values()
    tables["opened"] = [str(one.values["id_number"]) for one in records]
    for type_id, word in (("customer", "公司"), ("contact", "张三"), ("visit", "说明")):
        field = "summary" if type_id == "visit" else "name"
        found = search.match(store, type_id, word, fields=(field,), alias="t")
        ids = []
        if found is not None:
            sql = f'SELECT "id" FROM "{type_id}" AS "t" WHERE {found.where.text} ORDER BY "id"'
            ids = [str(id) for (id,) in store.rows(sql, found.where.params)]
        tables[f"found {type_id}"] = ids
    return tables


def _unsealed(row: str) -> str:
    head, sealed, tail = row.partition('{"sealed":"')
    return f"{head}{sealed}{_unsealed(tail.partition(chr(34))[2])}" if sealed else row


def test_many_at_once_are_written_as_one_after_another(
    open_store: Callable[[Project], Store], small_project: Project
) -> None:
    def written(make: Callable[[Desk, list[Row]], list[int]]) -> dict[str, list[str]]:
        random, desk = Random(5), furnish(open_store(small_project))
        rows = customers(random, MANY, wrong=False)
        made = make(desk, rows)
        make(desk, visits(random, MANY, made[:20]))
        found = verify(desk.store, now=NOW).findings
        assert [one for one in found if one.facts.get("type") not in BUILTIN_TYPES] == []
        return dump(desk.store)

    def at_once(desk: Desk, rows: list[Row]) -> list[int]:
        type_id = "visit" if "customer" in rows[0] else "customer"
        made: list[int] = desk.change("boss", lambda change: change.create_many(type_id, rows))
        return made

    def one_by_one(desk: Desk, rows: list[Row]) -> list[int]:
        return [at_once(desk, [row])[0] for row in rows]

    set_wise, single = written(at_once), written(one_by_one)

    assert len(set_wise["visit"]) == MANY
    assert len(set_wise["found customer"]) > 30
    assert "11010519491231002X" in set_wise["opened"]
    assert set_wise == single


def test_many_at_once_are_refused_for_what_each_is_refused_for(desk: Desk) -> None:
    rows = customers(Random(7), 40, wrong=True)
    alone = {
        (f"[{index}].{error.field}", error.code)
        for index, row in enumerate(rows)
        for error in _refusal(desk, [row])
    }

    together = {(error.field, error.code) for error in _refusal(desk, rows)}

    assert len(together) > 10
    assert together == alone
    assert desk.count("customer") == 0


class _Undone(Exception):
    """The rows could have been written."""


def _refusal(desk: Desk, rows: list[Row]) -> tuple[Any, ...]:
    """What is wrong with the rows; nothing of them is kept."""

    def work(change: Any) -> None:
        change.create_many("customer", rows)
        raise _Undone

    try:
        desk.change("boss", work)
    except Invalid as invalid:
        return tuple(invalid.errors)
    except _Undone:
        return ()
    raise AssertionError("not undone")


def test_a_deleted_record_tells_its_whole_last_state(desk: Desk) -> None:
    made = desk.create("boss", "visit", customer=desk.create("boss", "customer"), score=7)

    desk.remove("boss", "visit", made, 1)

    before = json.loads(desk.store.value(
        'SELECT "before" FROM "kefu_history" WHERE "action" = ?', ("delete",)
    ))  # fmt: skip
    assert (before["score"], before["percent"]) == (7, "70.0")
