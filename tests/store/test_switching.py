"""The switch of an apply is short: what reads every row happens before it or after it, while the
desk works on, and an apply killed at any of these moments is finished by the next."""

from __future__ import annotations

from itertools import count

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.content_type import Unique
from kefu_admin.store import crypto
from kefu_admin.store.apply import apply, backfill, indexes, plan, postgresql
from kefu_admin.store.carrying import late, register
from kefu_admin.store.carrying.late import Latecomers
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.found import found
from kefu_admin.store.readiness import NotReady, assert_ready
from tests.databases import NOW, add
from tests.factories import REQUIRED, choice, content_type, field
from tests.store.test_carrying import ticket, told, values
from tests.store.test_found import OPEN

ACTOR = system_actor("tests")


def desk(code, *, required=None):
    """Tickets with a code that must be one of a kind among the open ones."""
    note = field("note", required=REQUIRED, backfill="无") if required else field("note")
    return ticket(
        code,
        note,
        choice("state", "new", "open", "closed"),
        indexes=(("code", "state"), ("note", "state")) if required else (("code", "state"),),
        unique=(Unique(fields=("code",), where=OPEN),),
    )


def filled(go):
    """The old desk with three rows, and a store that wants the new one."""
    old = go(desk(field("code", max_length=20)))
    for code in ("1", "2", "3"):
        add(old, "ticket", code=code, state="open", note=None if code == "2" else "x")
    return old, go.planned(desk(field("code", "integer", min=0), required=True))


def done(store):
    apply(store, plan(store), actor=ACTOR, now=NOW)


def assert_done(store, codes):
    assert values(store, "code") == codes
    assert values(store, "note")[:3] == ["x", "无", "x"]
    assert plan(store).is_empty
    assert register.known(store) == ()
    for broken in ({"code": 1, "note": "x"}, {"code": -1, "note": "x"}, {"code": 9}):
        with pytest.raises(ConstraintBroken):
            add(store, "ticket", state="open", **broken)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_postgresql_reads_no_rows_for_indexes_or_checks_in_the_switch(go, monkeypatch):
    _, store = filled(go)
    statements = _spied(store, monkeypatch)

    done(store)

    assert_done(store, [1, 2, 3])
    made = [(sql, inside) for sql, inside in statements if " INDEX " in sql and "CREATE" in sql]
    assert len(made) == 3
    assert all("CONCURRENTLY" in sql and not inside for sql, inside in made)
    checks = [sql for sql, inside in statements if " CHECK " in sql and inside]
    assert len(checks) == 2
    assert all(sql.endswith("NOT VALID") for sql in checks)
    left = "NOT convalidated OR conname LIKE 'kefu_filled%'"
    assert store.rows(f"SELECT conname FROM pg_constraint WHERE {left}") == []
    assert store.rows("SELECT relname FROM pg_class WHERE relname LIKE 'kefu_next%'") == []


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_mariadb_adds_indexes_over_what_stays_before_the_fence(go, monkeypatch):
    _, store = filled(go)
    statements = [sql for sql, _ in _told_while(store, monkeypatch)]

    added = next(at for at, sql in enumerate(statements) if "ix_ticket__note_state" in sql)
    fence = next(at for at, sql in enumerate(statements) if sql == 'LOCK TABLES "kefu_state" WRITE')
    assert added < fence
    assert_done(store, [1, 2, 3])


def _told_while(store, monkeypatch):
    statements = _spied(store, monkeypatch)
    done(store)
    return list(statements)


def _spied(store, monkeypatch):
    """Every statement with whether it was inside a transaction."""
    statements = []
    run = store.execute

    def execute(sql, params=()):
        statements.append((sql, store.in_transaction))
        return run(sql, params)

    monkeypatch.setattr(store, "execute", execute)
    return statements


class Killed(BaseException):
    """A process's end."""


def _dying(*args, **options):
    raise Killed


def _killed_at(store, monkeypatch, owner, name):
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, _dying)
        with pytest.raises(Killed):
            done(store)


@pytest.mark.parametrize(
    "moment", [(indexes, "build"), (indexes, "remaining")], ids=["at", "after"]
)
def test_an_apply_killed_around_its_indexes_is_finished_by_the_next(go, monkeypatch, moment):
    _, store = filled(go)

    _killed_at(store, monkeypatch, *moment)
    done(store)

    assert_done(store, [1, 2, 3])


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_what_was_switched_but_not_proved_is_lacking_until_the_next_apply(go, monkeypatch):
    _, store = filled(go)

    _killed_at(store, monkeypatch, postgresql, "prove")

    with pytest.raises(NotReady):
        assert_ready(store)
    with pytest.raises(ConstraintBroken):
        add(store, "ticket", code=-1, note="x")
    done(store)
    assert_done(store, [1, 2, 3])


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_an_index_that_was_not_built_to_its_end_is_built_anew(go):
    old, store = filled(go)
    old.execute('CREATE INDEX "ix_ticket__note_state" ON "ticket" ("note", "state")')
    old.execute(
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'ix_ticket__note_state'::regclass"
    )

    done(store)

    assert_done(store, [1, 2, 3])
    assert store.rows("SELECT 1 FROM pg_index WHERE NOT indisvalid") == []


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_rows_that_come_to_repeat_while_indexes_are_built_stop_the_apply(go, monkeypatch):
    old, store = filled(go)
    check = backfill._assert_unique

    def then_repeated(*args):
        check(*args)
        old.execute("""UPDATE "ticket" SET "kefu_next_code" = 1 WHERE "id" = 2""")

    with monkeypatch.context() as patch:
        patch.setattr(backfill, "_assert_unique", then_repeated)
        with pytest.raises(ConstraintBroken):
            done(store)

    assert old.rows("SELECT 1 FROM pg_index WHERE NOT indisvalid") == []
    old.execute("""UPDATE "ticket" SET "kefu_next_code" = 2 WHERE "id" = 2""")
    done(store)
    assert_done(store, [1, 2, 3])


def test_two_rows_that_changed_places_meanwhile_are_carried(go, monkeypatch):
    old, store = filled(go)
    build = indexes.build

    def then_swapped(*args, **options):
        built = build(*args, **options)
        for version, (code, id) in enumerate((("9", 1), ("1", 2), ("2", 1)), start=2):
            old.execute('UPDATE "ticket" SET "code" = ? WHERE "id" = ?', (code, id))
            told(old, id, version)
        return built

    monkeypatch.setattr(indexes, "build", then_swapped)

    done(store)

    assert_done(store, [2, 1, 3])


def test_a_round_leaves_to_the_next_only_what_was_written_since(go, monkeypatch):
    old, store = filled(go)
    written = []
    write = late.write
    monkeypatch.setattr(
        late, "write", lambda *args: (written.append([row[0] for row in args[3]]), write(*args))
    )
    settle, finish, versions = backfill.settle, Latecomers.finish, count(2)
    monkeypatch.setattr(
        backfill, "settle", lambda rows: (settle(rows), told(old, 2, next(versions)))
    )
    monkeypatch.setattr(Latecomers, "finish", lambda self: (written.clear(), finish(self)))

    done(store)

    assert written == [[2]]


def test_what_was_tried_for_the_plan_is_not_tried_again(go, monkeypatch):
    _, store = filled(go)
    wanted = plan(store)
    monkeypatch.setattr(Carrier, "tally", _dying)

    apply(store, wanted, actor=ACTOR, now=NOW)

    assert_done(store, [1, 2, 3])


@pytest.mark.parametrize("is_new", [True, False])
def test_an_encrypted_field_is_filled_with_cipher_texts(go, is_new):
    before = () if is_new else (field("card", encrypted=True),)
    old = go(ticket(field("subject_line"), *before))
    for _ in range(2):
        add(old, "ticket")

    card = field("card", encrypted=True, required=REQUIRED, backfill="未知")
    store = go(ticket(field("subject_line"), card))

    keys = crypto.vault_of(store)
    rows = store.rows('SELECT "id", "card", "card_hash" FROM "ticket" ORDER BY "id"')
    opened = [keys.open(text, type_id="ticket", field="card", record_id=id) for id, text, _ in rows]
    assert opened == ["未知", "未知"]
    assert {hashed for *_, hashed in rows} == {keys.look_up("未知", type_id="ticket", field="card")}
    assert plan(store).is_empty


def test_a_new_column_comes_filled_and_no_row_is_written(go, monkeypatch):
    old = go(content_type("ticket", field("subject")))
    add(old, "ticket", subject="a")
    level = field("level", "integer", required=REQUIRED, backfill=3)
    store = go.planned(content_type("ticket", field("subject"), level))
    monkeypatch.setattr(backfill.batches, "fill", _dying)
    settle = backfill.settle

    def with_a_writer_beside(rows):
        settle(rows)
        add(old, "ticket", subject="b")

    monkeypatch.setattr(backfill, "settle", with_a_writer_beside)

    done(store)

    assert set(values(store, "level")) == {3}
    assert plan(store).is_empty
    with pytest.raises(ConstraintBroken):
        add(store, "ticket", subject="c")


def test_an_index_waits_for_a_column_that_is_made_anew(go):
    indexes = {"indexes": (("code", "subject"),)}
    old = go(ticket(field("code"), **indexes))
    add(old, "ticket", subject="a")

    store = go(ticket(field("code", "integer"), **indexes))

    assert plan(store).is_empty
    assert "ix_ticket__code_subject" in {
        each.name for each in found(store).tables["ticket"].indexes
    }
