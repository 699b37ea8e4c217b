"""Locks, deadlocks, lost connections: told alike on three databases, retried only where safe."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
import pymysql
import pytest

from kefu_admin.problems import Busy, NoSpace
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.faults import (
    BusyBeforeCommit,
    CommitUnknown,
    ConnectionLost,
    Constraint,
    ConstraintBroken,
    fault,
)
from kefu_admin.store.session import TRIES, AbortedTransaction
from tests.databases import add, opened
from tests.factories import REQUIRED, choice, content_type, field, project

ADD = 'INSERT INTO "kefu_counter" ("series", "period", "department", "value") VALUES (?, ?, ?, ?)'
RAISE = 'UPDATE "kefu_counter" SET "value" = "value" + 1 WHERE "series" = ?'
VALUES = 'SELECT "series", "value" FROM "kefu_counter" ORDER BY "series"'
DESK = project(
    content_type("agent", field("name")),
    content_type(
        "ticket",
        field("subject", required=REQUIRED, unique=True, max_length=5),
        choice("state", "new", "done"),
        field("owner", "reference", to="agent"),
    ),
)


@pytest.fixture
def store(open_store) -> Store:
    store = open_store(DESK)
    for series in ("a", "b"):
        store.execute(ADD, (series, "", "", 0))
    return store


@pytest.fixture
def impatient(store):
    """Another process that waits a second at most."""
    other = opened(store.url, DESK, store.data_directory)
    other.wait_seconds = 0.01
    if other.dialect is not Dialect.SQLITE:
        other.execute(
            {
                "postgresql": "SET lock_timeout = 10",
                "mariadb": "SET SESSION innodb_lock_wait_timeout = 1",
            }[other.dialect]
        )
    yield other
    other.close()


def in_threads(store: Store, *works: Callable[[], object]) -> None:
    """Runs all at once, each on a connection of its own; fails with the first failure."""
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            store.release()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_writers_lose_no_update(store):
    def raise_ten_times():
        for _ in range(10):
            store.retrying(raise_once)

    def raise_once():
        with store.transaction():
            store.execute(RAISE, ("a",))

    in_threads(store, *[raise_ten_times] * 4)

    assert store.rows(VALUES) == [("a", 40), ("b", 0)]


def test_who_is_locked_out_is_told_busy(store, impatient):
    with store.transaction():
        store.execute(RAISE, ("a",))

        with pytest.raises(BusyBeforeCommit) as told, impatient.transaction():
            impatient.execute(RAISE, ("a",))

    assert isinstance(told.value, Busy)
    assert told.value.code == "busy"


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_deadlock_is_tried_again(store):
    both = threading.Barrier(2)
    tries = []

    def raises(first: str, second: str):
        def unit():
            tries.append(first)
            with store.transaction():
                store.execute(RAISE, (first,))
                if tries.count(first) == 1:
                    both.wait(10)
                store.execute(RAISE, (second,))

        return lambda: store.retrying(unit)

    in_threads(store, raises("a", "b"), raises("b", "a"))

    assert len(tries) == 3
    assert store.rows(VALUES) == [("a", 2), ("b", 2)]


def test_retrying_gives_up_after_three_tries(store):
    tries = []

    def unit():
        tries.append(1)
        raise BusyBeforeCommit

    with pytest.raises(BusyBeforeCommit):
        store.retrying(unit)

    assert len(tries) == TRIES


def test_other_refusals_are_not_tried_again(store):
    tries = []

    def unit():
        tries.append(1)
        raise CommitUnknown

    with pytest.raises(CommitUnknown):
        store.retrying(unit)

    assert len(tries) == 1


def kill_connection_of(store: Store, other: Store) -> None:
    """Ends the server's side of this thread's connection."""
    if store.dialect == "postgresql":
        number = store.value("SELECT pg_backend_pid()")
        other.value("SELECT pg_terminate_backend(?)", (number,))
    else:
        number = store.value("SELECT CONNECTION_ID()")
        other.execute(f"KILL {number}")


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_lost_connection_is_replaced_for_the_next_try(store, impatient):
    killed = []

    def unit():
        with store.transaction():
            store.execute(RAISE, ("a",))
            if not killed:
                killed.append(kill_connection_of(store, impatient))
            store.execute(RAISE, ("b",))

    store.retrying(unit)

    assert store.rows(VALUES) == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_connection_lost_while_committing_is_never_retried_blindly(store, impatient):
    def unit():
        with store.transaction():
            store.execute(RAISE, ("a",))
            kill_connection_of(store, impatient)

    with pytest.raises(CommitUnknown):
        store.retrying(unit)

    assert store.rows(VALUES)[0] == ("a", 0)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_reading_and_beginning_do_not_notice_a_connection_that_died_idle(store, impatient):
    kill_connection_of(store, impatient)
    assert store.rows(VALUES)[0] == ("a", 0)

    kill_connection_of(store, impatient)
    with store.transaction():
        store.execute(RAISE, ("a",))

    assert store.rows(VALUES)[0] == ("a", 1)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_lone_write_on_a_dead_connection_is_not_repeated(store, impatient):
    kill_connection_of(store, impatient)

    with pytest.raises(ConnectionLost):
        store.execute(RAISE, ("a",))

    assert store.rows(VALUES)[0] == ("a", 0)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_unit_that_went_on_after_a_failure_is_not_taken_as_committed(store):
    def unit():
        with store.transaction():
            store.execute(RAISE, ("a",))
            with suppress(ConstraintBroken):
                store.execute(ADD, ("a", "", "", 0))

    with pytest.raises(AbortedTransaction):
        unit()

    assert store.rows(VALUES)[0] == ("a", 0)


def test_a_released_connection_takes_its_open_work_along(store):
    unit = store.transaction()
    unit.__enter__()
    store.execute(RAISE, ("a",))

    store.release()

    assert not store.in_transaction
    assert store.rows(VALUES)[0] == ("a", 0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"subject": "twice"}, Constraint.UNIQUE),
        ({"subject": None}, Constraint.REQUIRED),
        ({"subject": "new", "state": "lost"}, Constraint.CHECK),
        ({"subject": "new", "owner": 99}, Constraint.REFERENCE),
    ],
)
def test_a_broken_constraint_says_which_kind(store, values, kind):
    add(store, "ticket", subject="twice")

    with pytest.raises(ConstraintBroken) as broken:
        add(store, "ticket", **values)

    assert broken.value.kind is kind


def test_a_referenced_row_is_not_deleted(store):
    add(store, "ticket", subject="one", owner=add(store, "agent", name="王"))

    with pytest.raises(ConstraintBroken) as broken:
        store.execute('DELETE FROM "agent"')

    assert broken.value.kind is Constraint.REFERENCE


def test_text_order_is_by_code_point_and_case_and_blanks_count(store):
    for name in ("b", "B", "甲", "b ", "é", "Z", "𠮷", "\ufffd"):
        add(store, "agent", name=name)

    names = [row[0] for row in store.rows('SELECT "name" FROM "agent" ORDER BY "name"')]

    assert names == sorted(names)
    assert store.value("""SELECT COUNT(*) FROM "agent" WHERE "name" = 'b'""") == 1


@pytest.mark.parametrize(
    ("dialect", "error"),
    [
        (Dialect.SQLITE, sqlite3.OperationalError("database or disk is full")),
        (Dialect.SQLITE, sqlite3.OperationalError("attempt to write a readonly database")),
        (Dialect.POSTGRESQL, psycopg.errors.DiskFull()),
        (Dialect.POSTGRESQL, psycopg.errors.ReadOnlySqlTransaction()),
        (Dialect.MARIADB, pymysql.err.OperationalError(1114, "The table 't' is full")),
        (Dialect.MARIADB, pymysql.err.InternalError(1026, "Error writing file 'x' (Errcode: 28)")),
        (Dialect.MARIADB, pymysql.err.OperationalError(1030, "Got error 28 from storage engine")),
        (Dialect.MARIADB, pymysql.err.OperationalError(1290, "running with --read-only")),
    ],
    ids=str,
)
def test_a_full_disk_is_told_alike(dialect, error):
    told = fault(dialect, error)

    assert isinstance(told, NoSpace)
    assert not isinstance(told, BusyBeforeCommit)
