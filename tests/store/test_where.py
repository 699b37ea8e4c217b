"""A condition means the same in Python and in SQL, on every database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kefu_admin.behaviours.conditions import decide
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Condition
from kefu_admin.store import where
from kefu_admin.store.database import Store
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


def in_sql(condition: Condition, store: Store, binding: Binding) -> list[int]:
    found = where.sql(condition, type_id="customer", alias="r", store=store)
    statement = f'SELECT "r"."id" FROM "customer" "r" WHERE {found.text} ORDER BY "r"."id"'
    text, params = where.bind(statement, found.params, binding=binding, store=store)
    return [id for (id,) in store.rows(text, params)]


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
