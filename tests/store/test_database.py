"""Connections, transactions and values are the same on three databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.faults import Constraint, ConstraintBroken
from kefu_admin.store.session import NestedTransaction, transactions
from kefu_admin.store.shapes import ColumnKind
from tests.factories import content_type, field, project

ADD = 'INSERT INTO "kefu_counter" ("series", "period", "department", "value") VALUES (?, ?, ?, ?)'
COUNT = 'SELECT COUNT(*) FROM "kefu_counter"'


@pytest.fixture
def store(open_store) -> Store:
    return open_store(project(content_type("ticket", field("subject"))))


def test_an_insert_answers_with_the_new_id(store):
    first = store.insert(ADD, ("a", "", "", 1))

    second = store.insert(ADD, ("b", "", "", 1))

    assert (first, second) == (1, 2)


def test_a_transaction_keeps_all_or_nothing(store):
    def half_a_unit():
        with store.transaction():
            store.execute(ADD, ("a", "", "", 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_unit()

    assert store.value(COUNT) == 0
    with store.transaction():
        store.execute(ADD, ("a", "", "", 1))
    assert store.value(COUNT) == 1


def test_a_transaction_inside_another_is_a_programming_fault(store):
    with store.transaction(), pytest.raises(NestedTransaction), store.transaction():
        pass


def test_a_repeated_key_says_unique(store):
    store.execute(ADD, ("a", "", "", 1))

    with pytest.raises(ConstraintBroken) as broken:
        store.execute(ADD, ("a", "", "", 2))

    assert broken.value.kind is Constraint.UNIQUE


def test_percent_and_question_marks_in_texts_stay(store):
    store.execute(ADD, ("50%?", "", "", 1))

    found = store.rows(
        """SELECT "series", '%?' FROM "kefu_counter" WHERE "series" LIKE ?""", ("5%",)
    )

    assert found == [("50%?", "%?")]


def test_values_come_back_as_they_went(store):
    instant = datetime(2026, 11, 21, 8, 30, 1, 5, tzinfo=UTC)
    day = date(2026, 2, 28)
    crossing = [
        (ColumnKind.INSTANT, instant),
        (ColumnKind.DATE, day),
        (ColumnKind.BOOLEAN, True),
        (ColumnKind.TEXT, "𠮷😀 "),
    ]

    back = [store.from_db(kind, store.to_db(kind, value)) for kind, value in crossing]

    assert back == [instant, day, True, "𠮷😀 "]


def test_models_read_what_was_written(store):
    store.execute(ADD, ("a", "", "", 7))

    counter = store.models["kefu_counter"].get()

    assert (counter.series, counter.value) == ("a", 7)


def test_the_databases_clock_is_aware_and_near(store):
    near = abs(store.database_now() - datetime.now(UTC))

    assert near < timedelta(minutes=1)


def test_who_has_held_sqlite_long_stays_out_once_for_a_moment(store, monkeypatch):
    pauses = []
    monkeypatch.setattr(transactions.time, "sleep", pauses.append)
    monkeypatch.setattr(transactions, "_HELD_SECONDS", 1e-9)
    store.let_others_in()
    assert pauses == []

    with store.transaction():
        store.execute(ADD, ("case", "2026", "", 1))
    store.let_others_in()
    store.let_others_in()

    assert len(pauses) == (1 if store.dialect is Dialect.SQLITE else 0)
