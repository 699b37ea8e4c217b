"""A condition means the same in Python and in SQL, on every database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kefu_admin.behaviours.conditions import decide
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Condition, MyDepartments
from kefu_admin.definitions.condition_text import parse_condition
from kefu_admin.problems import NOWHERE, Problem
from kefu_admin.store import where
from kefu_admin.store.database import Store
from kefu_admin.store.read import raw, raw_of_any
from kefu_admin.store.shapes import ColumnKind
from tests.lab import CUSTOMER, LAB, Records, bindings, fill, records
from tests.lab_conditions import comparisons, trees

SLOW = settings(
    max_examples=200, deadline=None, derandomize=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@pytest.fixture
def store(open_store) -> Store:
    store = open_store(LAB)
    fill(store, records())
    return store


def in_python(condition: Condition, made: Records, binding: Binding) -> list[int]:
    def lookup(type_id: str, id: int):
        return made[type_id].get(id)

    return [
        id
        for id, values in made["customer"].items()
        if decide(condition, values, binding=binding, lookup=lookup)
    ]


def as_read_back(condition: Condition, store: Store, binding: Binding) -> list[int]:
    def lookup(type_id: str, id: int):
        return raw_of_any(store, type_id, id)

    found = []
    for (id,) in store.rows('SELECT "id" FROM "customer" ORDER BY "id"'):
        if decide(condition, raw(store, "customer", id), binding=binding, lookup=lookup):
            found.append(id)
    return found


def in_sql(condition: Condition, store: Store, binding: Binding) -> list[int]:
    found = where.sql(condition, type_id="customer", alias="r", store=store)
    statement = f'SELECT "r"."id" FROM "customer" "r" WHERE {found.text} ORDER BY "r"."id"'
    text, params = where.bind(statement, found.params, binding=binding, store=store)
    return [id for (id,) in store.rows(text, params)]


def asked(raw: object, store: Store) -> where.Fragment:
    problems: list[Problem] = []
    condition = parse_condition(
        raw, type=CUSTOMER, types=store.project.types, place=NOWHERE, problems=problems
    )
    assert problems == []
    return where.sql(condition, type_id="customer", alias="r", store=store)


def test_own_columns_stand_bare_so_that_indexes_serve(store):
    found = asked({"department": {"in": "$my_departments"}, "name": {"starts_with": "张"}}, store)

    assert found.text == (
        """(("r"."department" IN (?)) AND ("r"."name" >= ? AND "r"."name" < ?))"""
    )
    assert found.params[1:] == ("张", "弡")


def test_departments_become_as_many_placeholders_as_there_are(store):
    found = asked({"department": {"in": "$my_departments"}}, store)
    some, _, nobody = bindings()

    bound = where.bind(found.text, found.params, binding=some, store=store)
    alone = where.bind(found.text, found.params, binding=nobody, store=store)

    assert bound == ("""("r"."department" IN (?, ?))""", (2, 3))
    assert alone == ("""("r"."department" IN (?))""", (-1,))


def test_a_question_mark_in_quotes_is_no_placeholder(store):
    late = where.Late(MyDepartments(), ColumnKind.INTEGER)

    bound = where.bind("""'?' "?" IN (?) = ?""", (late, 7), binding=bindings()[0], store=store)

    assert bound == ("""'?' "?" IN (?, ?) = ?""", (2, 3, 7))


def test_a_formula_has_no_sql(store):
    with pytest.raises(where.NoSql):
        asked({"score": {"gt": {"formula": "minutes * 2"}}}, store)


def test_sqlite_asks_a_selective_inside_first(store):
    broad = asked({"parent.department": {"in": "$my_departments"}}, store)
    rare = asked({"contacts": {"any": {"name": "张三", "age": 3}}}, store)

    assert "EXISTS" in broad.text
    assert ("EXISTS" in rare.text) is (store.dialect != "sqlite")


def test_every_condition_means_the_same_in_python_and_in_sql(store):
    made = records()

    @SLOW
    @given(trees(), st.sampled_from(bindings()))
    def same(condition: Condition, binding: Binding) -> None:
        assert in_sql(condition, store, binding) == in_python(condition, made, binding)

    with store.connection():
        same()


def test_every_comparison_means_the_same_in_python_and_in_sql(store):
    made = records()

    @SLOW
    @given(comparisons(CUSTOMER), st.sampled_from(bindings()))
    def same(condition: Condition, binding: Binding) -> None:
        assert in_sql(condition, store, binding) == in_python(condition, made, binding)

    with store.connection():
        same()


def test_records_read_back_are_decided_as_the_database_decides(open_store):
    store = open_store(LAB)
    fill(store, records(12))

    @settings(SLOW, max_examples=60)
    @given(trees(size=5), st.sampled_from(bindings()))
    def same(condition: Condition, binding: Binding) -> None:
        assert in_sql(condition, store, binding) == as_read_back(condition, store, binding)

    with store.connection():
        same()
