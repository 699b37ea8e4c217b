"""MariaDB: DDL commits by itself, so every statement is recorded before and after.

A killed apply is finished by planning and applying again: each statement leaves a database that
compares to exactly what is left. `kefu_apply_step` tells which statement was under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from kefu_admin.store.alter import relax, statements
from kefu_admin.store.apply import backfill, first_id
from kefu_admin.store.apply.activation import SWITCHING, forms, keep_forms
from kefu_admin.store.apply.backfill import Filling
from kefu_admin.store.apply.names import new_names
from kefu_admin.store.apply.planning import Plan
from kefu_admin.store.carrying import register
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.changeset import Convert, CreateTable, DropColumn, Rescale, Step
from kefu_admin.store.database import FINGERPRINT, Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.state import write_state


@contextmanager
def locked(store: Store) -> Iterator[bool]:
    """Holds this database's apply lock; gives False when another connection has it."""
    name = "kefu_apply_" + sha256(store.url.rpartition("/")[2].encode()).hexdigest()[:16]
    taken = store.value("SELECT GET_LOCK(?, 0)", (name,)) == 1
    try:
        yield taken
    finally:
        if taken:
            store.value("SELECT RELEASE_LOCK(?)", (name,))


def fence(store: Store) -> None:
    """Waits until every change under way has come to its end, and makes every later one find the
    config moved: DDL commits by itself, so nobody may write between its steps."""
    with _drained(store, '"kefu_state" WRITE'):
        write_state(store, FINGERPRINT, f"{SWITCHING}{store.project.fingerprint[:16]}")


def expand(
    store: Store, plan: Plan, wanted: Sequence[Filling], *, now: datetime
) -> tuple[Progress, ...]:
    """Room for new values. The marks are set while no change is under way: every change reads
    `kefu_state`, and a table lock waits for its end."""
    backfill.expand(store, plan, wanted, recording(store, now=now), now=now)
    with _drained(store, '"kefu_state" WRITE, "kefu_history" READ, "kefu_backfill" WRITE'):
        return backfill.begin_all(store, wanted, now=now)


def recording(store: Store, *, now: datetime) -> backfill.Run:
    """Executes statements one at a time, each written down before and after."""
    book = _Book(store, now)

    def run(statement: str) -> None:
        book.run(statement)

    return run


@contextmanager
def _drained(store: Store, tables: str) -> Iterator[None]:
    """Table locks, which wait for every transaction that has read them; not for long, because
    writers queue behind."""
    store.execute("SET SESSION lock_wait_timeout = 1")
    try:
        store.execute(f"LOCK TABLES {tables}")
        yield
    finally:
        store.execute("UNLOCK TABLES")
        store.execute("SET SESSION lock_wait_timeout = 60")


def run(
    store: Store,
    done: tuple[Step, ...],
    left: tuple[Step, ...],
    foreign_keys: Mapping[tuple[str, str], str],
    *,
    now: datetime,
) -> None:
    """Executes the steps, one statement at a time."""
    book = _Book(store, now)
    _carry_forms(store, done)
    for step in done:
        if isinstance(step.action, Rescale):
            _rescale(store, step.action, book, statements(step.action, store.dialect, {})[0])
            continue
        if isinstance(step.action, Convert):
            _convert(store, step.action, book)
            continue
        for statement in statements(step.action, store.dialect, foreign_keys):
            if isinstance(step.action, CreateTable):
                book.run(first_id.with_start(store, step.action, statement), unchecked=True)
            else:
                book.run(statement)
    for step in left:
        if isinstance(step.action, DropColumn) and not step.action.column.nullable:
            book.run(relax(step.action.table, step.action.column, Dialect.MARIADB))


class _Book:
    """Writes down each statement before it runs and when it has."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._at = store.to_db(ColumnKind.INSTANT, now)
        self._plan = sha256(f"{store.project.fingerprint} {now.isoformat()}".encode()).hexdigest()
        self._is_there = "kefu_apply_step" in store.database.get_tables()

    def run(self, statement: str, *, unchecked: bool = False) -> None:
        """Executes one statement; `unchecked`: it may name tables that are made later."""
        line = self._begin(statement)
        if unchecked:
            self._store.execute("SET SESSION foreign_key_checks = 0")
        try:
            self._store.execute(statement)
        finally:
            if unchecked:
                self._store.execute("SET SESSION foreign_key_checks = 1")
        self._end(line)
        self._is_there = self._is_there or 'CREATE TABLE "kefu_apply_step"' in statement

    def _begin(self, statement: str) -> int:
        if not self._is_there:
            return 0
        return self._store.insert(
            'INSERT INTO "kefu_apply_step" ("plan", "step", "started_at") VALUES (?, ?, ?)',
            (self._plan, statement, self._at),
        )

    def _end(self, line: int) -> None:
        if line:
            self._store.execute(
                'UPDATE "kefu_apply_step" SET "finished_at" = UTC_TIMESTAMP(6) WHERE "id" = ?',
                (line,),
            )


def _carry_forms(store: Store, done: tuple[Step, ...]) -> None:
    """Says the forms of renamed tables and columns under both names before anything is renamed."""
    tables, columns = new_names(done)
    if not tables and not columns:
        return
    made = forms(store)
    for old, new in tables.items():
        made[new] = {**made.get(old, {}), **made.get(new, {})}
    for (table, old), new in columns.items():
        if old in made.get(table, {}):
            made[table][new] = made[table][old]
    keep_forms(store, made)


def _convert(store: Store, action: Convert, book: _Book) -> None:
    """One ALTER puts the new values in place; whether it was done is seen by the shadow being gone
    (`planning`), until the form is written down and the register cleared together."""
    for each in register.known(store):
        if (each.table, each.target) == (action.table, action.shadow):
            for statement in statements(action, store.dialect, {}):
                book.run(statement)
            with store.transaction():
                made = forms(store)
                made.setdefault(action.table, {})[action.after.name] = action.after.form
                keep_forms(store, made)
                register.forget(store, each)


def _rescale(store: Store, action: Rescale, book: _Book, statement: str) -> None:
    """The values and the word about their scale change in one transaction."""
    wanted = store.layout[action.table].column(action.column)
    assert wanted is not None
    with store.transaction():
        book.run(statement)
        made = forms(store)
        made.setdefault(action.table, {})[action.column] = wanted.form
        keep_forms(store, made)
