"""`kefu_backfill`: which columns are being filled, how far each has come. One row per column, gone
when the apply that asked for it has switched over; what is left tells of an apply that was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.problems import Refusal
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.drivers import WAIT_SECONDS
from kefu_admin.store.shapes import ColumnKind

TABLE = "kefu_backfill"
MOST_WAIT_MS = 1_000  # for a long reader such as a backup; then the apply is to be tried again
DERIVED = "*"  # the target of a type's computed and kept values

_COLUMNS = (
    '"id", "table_name", "column_name", "target", "rule", "form", "mark", "last_id", "rows_done",'
    ' "is_full"'
)


class Overtaken(Refusal):
    """Another process moved the cursor: it is back-filling the same column."""

    code, status = "apply_running", 409


@dataclass(frozen=True, slots=True)
class Progress:
    """One back-fill.

    Attributes:
        table: whose rows, under the name it will have.
        column: the column that will hold the values, under the name it will have.
        target: what is written: a column beside it, the column itself, or DERIVED.
        rule: digest of what is done; another one begins anew.
        form: how the values are written when it is done.
        mark: the last history entry before it began: what was changed since is done again.
        last_id: every row up to this id is done.
        rows: how many that were.
        is_full: every row had been done once.
    """

    id: int
    table: str
    column: str
    target: str
    rule: str
    form: str
    mark: int
    last_id: int
    rows: int
    is_full: bool


def known(store: Store) -> tuple[Progress, ...]:
    """Every back-fill that was begun and has not been switched over."""
    rows = store.rows(f'SELECT {_COLUMNS} FROM "kefu_backfill" ORDER BY "id"')
    return tuple(
        Progress(id, table, column, target, rule, form, mark, last_id, done, bool(is_full))
        for id, table, column, target, rule, form, mark, last_id, done, is_full in rows
    )


def begin(
    store: Store, table: str, column: str, target: str, *, rule: str, form: str, now: datetime
) -> Progress:
    """The back-fill of this rule as far as it has come, a new one when there is none; in the open
    transaction. One of another rule is forgotten."""
    for each in known(store):
        if (each.table, each.target) == (table, target):
            if each.rule == rule:
                return each
            forget(store, each)
    mark = store.value('SELECT COALESCE(MAX("id"), 0) FROM "kefu_history"')
    id = store.insert(
        'INSERT INTO "kefu_backfill" ("table_name", "column_name", "target", "rule", "form",'
        ' "mark", "last_id", "rows_done", "is_full", "started_at")'
        " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
        (table, column, target, rule, form, mark, store.to_db(ColumnKind.INSTANT, now)),
    )
    return Progress(id, table, column, target, rule, form, int(mark), 0, 0, False)


def advance(store: Store, progress: Progress, last_id: int, rows: int) -> Progress:
    """Moves the cursor with the rows it stands for, in their transaction.

    Raises:
        Overtaken: somebody else moved it.
    """
    moved = store.execute(
        'UPDATE "kefu_backfill" SET "last_id" = ?, "rows_done" = "rows_done" + ?'
        ' WHERE "id" = ? AND "last_id" = ?',
        (last_id, rows, progress.id, progress.last_id),
    )
    if moved.rowcount != 1:
        raise Overtaken
    return Progress(
        progress.id, progress.table, progress.column, progress.target, progress.rule,
        progress.form, progress.mark, last_id, progress.rows + rows, False,
    )  # fmt: skip


def complete(store: Store, progress: Progress) -> None:
    """Every row has been done once."""
    store.execute('UPDATE "kefu_backfill" SET "is_full" = 1 WHERE "id" = ?', (progress.id,))


def forget(store: Store, progress: Progress) -> None:
    """The back-fill is over, or nobody wants it any more."""
    store.execute('DELETE FROM "kefu_backfill" WHERE "id" = ?', (progress.id,))


def unfinished(store: Store) -> tuple[Progress, ...]:
    """What an apply has begun and not yet switched to: one is at it, or was stopped."""
    return tuple(each for each in known(store) if each.target != DERIVED)


def forget_all(store: Store) -> None:
    """Everything that was asked for has been switched to; derived values go on by themselves."""
    for each in unfinished(store):
        forget(store, each)


def drain(store: Store) -> None:
    """Waits, in the open transaction, until every change under way has come to its end; new ones
    wait for this transaction. What is read afterwards misses nothing.

    Every change reads `kefu_state` first (`store.idempotency`). SQLite has one writer anyway, and
    MariaDB's locks would commit: there `drained` is used.
    """
    if store.dialect is Dialect.POSTGRESQL:
        store.execute(f"SET LOCAL lock_timeout = {MOST_WAIT_MS}")  # writers queue behind us
        store.execute('LOCK TABLE "kefu_state" IN ACCESS EXCLUSIVE MODE')
        store.execute(f"SET LOCAL lock_timeout = {WAIT_SECONDS * 1000}")
