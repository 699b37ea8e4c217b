"""Quick search finds any part of a text, keeps up with writing, and can be built anew."""

from __future__ import annotations

import importlib
import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import records
from kefu_admin.store import read, search
from kefu_admin.store.database import Store
from kefu_admin.store.query import Query
from tests.conftest import PROJECTS
from tests.databases import NOW
from tests.desks import furnish
from tests.factories import content_type, field, project
from tests.operations.reading.conftest import World, world  # noqa: F401 -- a fixture by name
from tests.store.read.rows import put, sight

match_module = importlib.import_module("kefu_admin.store.search.match")


def found(store: Store, term: str, *, type: str = "visit") -> list[int]:
    query = Query(type=type, columns=(), search=term, limit=200, count_up_to=500)
    page = read.page(sight(store, "supervisor"), query)
    assert page.count == len(page.rows)
    return sorted(row.id for row in page.rows)


@pytest.mark.parametrize("common", [match_module.COMMON, 0])
def test_any_part_of_a_text_finds_it_and_nothing_else_does(
    store: Store, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match_module, "COMMON", common)  # 0: every word is asked row by row
    dice = random.Random(7)
    letters = "朝阳区aBc 1２3%_-'\"\\😀ß"
    customer = put(store, "customer", code="K", name="甲", kind="person")
    texts = {}
    for number in range(60):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(1, 9))).strip() or "x"
        id = put(store, "visit", code=f"KEY{number}", customer=customer, summary=text)
        texts[id] = search.normal(text) + "\n" + f"key{number}"
    terms = {dice.choice(list(texts.values()))[:3].strip() for _ in range(40)} | {
        "朝阳",
        "ss",
        "%_",
        "'\"",
    }
    terms |= {"".join(dice.choice(letters) for _ in range(2)) for _ in range(40)}

    for term in sorted(terms):
        words = search.normal(term).split()
        if not words or any(len(word) < 2 for word in words):
            continue
        expected = [id for id, text in texts.items() if all(word in text for word in words)]
        assert found(store, term) == expected, term


def test_a_single_character_is_looked_for_in_the_values(store: Store) -> None:
    customer = put(store, "customer", code="K", name="甲", kind="person")
    first = put(store, "visit", code="HF1", customer=customer, summary="Abc 阳")
    put(store, "visit", code="HF2", customer=customer, summary="bcd")

    assert found(store, "阳") == [first]
    assert found(store, "a") == [first]
    assert found(store, " ") == [1, 2]


def test_the_index_keeps_up_with_writing(world: World) -> None:  # noqa: F811
    desk, zhao = world.desk, world.actor("zhao")

    def matches(term: str) -> list[int]:
        query = Query(type="customer", columns=(), search=term, limit=50)
        look = sight(desk.store, "supervisor", departments=tuple(zhao.departments_below))
        return [row.id for row in read.page(look, query).rows]

    raw = {"name": "朝阳贸易", "kind": "company", "phone": "13500001111",
           "department": str(world.ids["one"])}  # fmt: skip
    made = records.create(desk, "customer", raw, actor=zhao, now=NOW)
    assert matches("朝阳") == [made.id]
    assert matches("0001111") == [made.id]

    changed = records.change(
        desk, "customer", made.id, 1, {"name": "海淀贸易"}, actor=zhao, now=NOW
    )
    assert matches("朝阳") == []
    assert matches("海淀") == matches("贸易") == [made.id]

    records.remove(desk, "customer", made.id, changed.version, actor=zhao, now=NOW)
    assert matches("海淀") == []


def test_the_index_is_built_for_rows_that_were_there_before(store: Store) -> None:
    id = put(store, "customer", code="KH77", name="老客户", kind="person")
    with store.transaction():
        search.clear(store)
    assert found(store, "老客", type="contact") == []

    with store.transaction():
        built = search.rebuild(store)

    query = Query(type="customer", columns=(), search="kh77")
    assert built == 1
    look = sight(store, "supervisor")
    store.execute('UPDATE "customer" SET "department" = NULL')
    assert [row.id for row in read.page(look, query).rows] == []  # rules still hold
    assert search.match(store, "customer", "老客", fields=("name",), alias="r") is not None
    assert id == 1


def test_apply_builds_the_index_when_the_search_fields_change(
    open_bare: Callable[[Project], Store],
) -> None:
    from tests.databases import lay

    name, nick = field("name"), field("nick")
    store = open_bare(project(content_type("note", name, nick, search=("name",))))
    lay(store)
    put(store, "note", name="朝阳", nick="海淀")
    other = Store.open(
        store.url,
        project(content_type("note", name, nick, search=("name", "nick"))),
        data_directory=store.data_directory,
        secret=store.secret,
    )

    assert search.self_test(store) == ()
    assert search.self_test(other) == ("search_outdated",)
    lay(other)
    assert search.self_test(other) == ()
    fragment = search.match(other, "note", "海淀", fields=("nick",), alias="r")
    assert fragment is not None
    sql = f'SELECT "id" FROM "note" AS "r" WHERE {fragment.where.text}'
    assert other.rows(sql, fragment.where.params) == [(1,)]
    other.close()


@pytest.mark.parametrize(
    "term", ['"', "'", "a OR b", "NEAR(a b)", "(", "a*", "x:y", "--", "\\", "%"]
)
def test_no_text_is_read_as_query_syntax(store: Store, term: str) -> None:
    customer = put(store, "customer", code="K", name="甲", kind="person")
    put(store, "visit", code="HF1", customer=customer, summary="nothing of the kind")

    assert found(store, term) == []


def test_a_lone_store_without_types_has_nothing_to_index() -> None:
    empty = content_type("note", field("name"))

    assert search.indexed_fields(empty) == ()


def test_a_computed_text_over_a_kept_value_is_found_by_what_it_is_now(
    open_store: Callable[[Project], Store], tmp_path: Path
) -> None:
    shutil.copytree(PROJECTS / "small", tmp_path / "config")
    customer = tmp_path / "config/types/customer.yaml"
    text = customer.read_text(encoding="utf-8").replace(
        "unique:\n",
        "  last: {type: rollup, label: {zh: 最近}, of: visit, by: customer, function: latest,"
        " field: code, order: done_on}\n"
        "  said: {type: computed, label: {zh: 说}, formula: last, result: text}\n"
        "unique:\n",
        1,
    )
    customer.write_text(text.replace("phone]\nclauses", "phone, said]\nclauses"), encoding="utf-8")
    desk = furnish(open_store(load(tmp_path / "config")))
    who = desk.create("boss", "customer", name="甲公司", department=desk.head)

    def matches(term: str) -> list[int]:
        query = Query(type="customer", columns=(), search=term, limit=50)
        look = sight(desk.store, "supervisor", departments=(desk.head,))
        return [row.id for row in read.page(look, query).rows]

    def visited(day: int) -> str:
        visit = desk.create("boss", "visit", customer=who, done_on=date(2026, 11, day))
        row = desk.row("visit", visit, "code")
        assert row is not None
        return str(row[0])

    first = visited(1)
    assert matches(first) == [who]

    second = visited(2)
    assert matches(first) == []
    assert matches(second) == [who]

    desk.update("boss", "customer", who, 1, name="乙公司")
    assert matches(second) == matches("乙公") == [who]
