"""What each database needs while tables change: SQLite's rebuilds, MariaDB's half-done plans."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.store.apply import ApplyRunning, apply, mariadb, plan, postgresql, sqlite
from kefu_admin.store.carrying import register
from kefu_admin.store.faults import Constraint, ConstraintBroken
from tests.databases import NOW, add, opened
from tests.factories import REQUIRED, choice, content_type, field, project

ACTOR = system_actor("tests")
BEFORE = (
    content_type(
        "customer",
        choice("kind", "person", "company"),
        field("code"),
        field("age", unique=True),
        field("price", "money", scale=2),
    ),
    content_type("ticket", field("customer", "reference", to="customer", required=REQUIRED)),
)
AFTER = (
    content_type(
        "customer",
        choice("kind", "person", "company", "state", required=REQUIRED, default="person"),
        field("number", max_length=40, renamed_from="code"),
        field("points", "integer", required=REQUIRED, default=0, min=0),
        field("parent", "reference", to="customer"),
        field("age", "integer", unique=True, min=0),
        field("price", "decimal", scale=4),
    ),
    content_type("ticket", field("customer", "reference", to="customer", required=REQUIRED)),
    content_type("note", field("ticket", "reference", to="ticket"), field("text")),
)


@pytest.fixture
def changing(ground):
    """A database with rows under BEFORE, and stores that want AFTER (made anew like a process)."""
    store = opened(ground.url, project(*BEFORE), ground.data_directory)
    apply(store, plan(store), actor=ACTOR, now=NOW)
    first = add(store, "customer", kind=None, code="a", age="41", price=950)
    last = add(store, "customer", kind="company", code="b")
    add(store, "ticket", customer=first)
    store.execute('DELETE FROM "customer" WHERE "id" = ?', (last,))
    opened_ = [store]

    def again():
        opened_.append(opened(store.url, project(*AFTER), store.data_directory))
        return opened_[-1]

    yield again
    for each in opened_:
        each.close()


def assert_changed(store) -> None:
    assert plan(store).is_empty
    columns = '"kind", "number", "points", "age", "price"'
    rows = store.rows(f'SELECT {columns} FROM "customer"')
    assert rows == [("person", "a", 0, 41, 95000)]
    assert register.known(store) == ()
    assert store.value('SELECT COUNT(*) FROM "ticket"') == 1
    with pytest.raises(ConstraintBroken) as broken:
        store.execute('DELETE FROM "customer"')
    assert broken.value.kind is Constraint.REFERENCE


def test_children_keep_their_parents_through_a_change(changing):
    store = changing()

    apply(store, plan(store), actor=ACTOR, now=NOW)

    assert_changed(store)


def test_ids_given_out_are_not_given_out_again(changing):
    store = changing()

    apply(store, plan(store), actor=ACTOR, now=NOW)

    assert add(store, "customer", number="c") == 3


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_rebuild_keeps_triggers_and_foreign_indexes(changing):
    store = changing()
    store.execute('CREATE TABLE "seen" ("id" BIGINT)')
    store.execute(
        'CREATE TRIGGER "watch" AFTER INSERT ON "customer"'
        ' BEGIN INSERT INTO "seen" VALUES (NEW."id"); END'
    )
    store.execute('CREATE INDEX "their_index" ON "customer" ("kind")')

    apply(store, plan(store), actor=ACTOR, now=NOW)

    new = add(store, "customer", number="c")
    assert store.rows('SELECT "id" FROM "seen"') == [(new,)]
    assert store.value("SELECT COUNT(*) FROM sqlite_master WHERE name = 'their_index'") == 1


def test_a_failed_apply_leaves_a_database_the_next_one_finishes(changing, monkeypatch):
    """Killed after every number of statements in turn: one transaction, or resumed step by step."""
    for allowed in range(1, 80):
        store = changing()
        if _apply_at_most(store, allowed, monkeypatch):
            break
    else:
        pytest.fail("never finished")

    assert_changed(changing())


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_mariadb_says_which_statement_was_under_way(changing, monkeypatch):
    store = changing()

    finished = _apply_at_most(store, 2, monkeypatch)

    open_ = store.rows('SELECT "step" FROM "kefu_apply_step" WHERE "finished_at" IS NULL')
    assert not finished
    assert len(open_) == 1


def test_two_processes_do_not_apply_at_once(changing):
    first, second = changing(), changing()
    wanted = plan(second)

    with _applying(first), pytest.raises(ApplyRunning):
        apply(second, wanted, actor=ACTOR, now=NOW)

    apply(second, wanted, actor=ACTOR, now=NOW)


class Killed(Exception):
    """What the tests raise in place of a dying process."""


def _apply_at_most(store, allowed: int, monkeypatch) -> bool:
    """Applies until so many ALTER, CREATE and UPDATE statements have run; True when all did."""
    run = store.execute
    left = allowed

    def counted(sql, params=()):
        nonlocal left
        if sql.startswith(("ALTER", "CREATE", "DELETE", 'UPDATE "customer"', 'UPDATE "kefu_')):
            if not left:
                raise Killed
            left -= 1
        return run(sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(store, "execute", counted)
        try:
            apply(store, plan(store), actor=ACTOR, now=NOW)
        except Killed:
            return False
    return True


@contextmanager
def _applying(store):
    """Another process in the midst of applying."""
    ready, done = threading.Event(), threading.Event()

    def hold():
        locks = {
            "sqlite": sqlite.locked,
            "mariadb": mariadb.locked,
            "postgresql": postgresql.locked,
        }
        with store.connection(), locks[store.dialect](store):
            ready.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(20)
    yield
    done.set()
    thread.join()


def test_a_process_that_reads_meanwhile_reads_on(changing):
    reading = opened(changing().url, project(*BEFORE), changing().data_directory)
    sql = 'SELECT "kind", "code" FROM "customer" WHERE "id" > ?'
    for _ in range(10):  # PostgreSQL's driver prepares what is asked often
        reading.rows(sql, (0,))
    wider = (content_type("customer", choice("kind", "person"), field("code", "long_text")),)

    store = opened(reading.url, project(*wider, BEFORE[1]), reading.data_directory)
    apply(store, plan(store), actor=ACTOR, now=NOW)

    assert reading.rows(sql, (0,)) == [(None, "a")]
    reading.close()
    store.close()
