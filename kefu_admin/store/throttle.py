"""Counted limits: so many within so long, agreed between all processes by the database.

A key names what is limited (an account, a source address, a person unmasking); it is made by us,
never from a field of the request that the sender may vary. Rule: D30, S13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.problems import TooMany
from kefu_admin.store.database import Store
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.shapes import ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`count` within `seconds`, counted from the first."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Hits:
    """How many there were in the running window, this one included, and when it ends."""

    count: int
    ends_at: datetime


def hit(store: Store, key: str, limit: Limit, *, now: datetime) -> Hits:
    """Count one, in the open transaction; a window that is over starts again at one.

    The row stays locked until the commit, so two at once are never counted as one. Nothing is
    refused here: compare `count` with the limit, or call `spend`.
    """
    at = store.to_db(ColumnKind.INSTANT, now)
    over = store.to_db(ColumnKind.INSTANT, now - timedelta(seconds=limit.seconds))
    raised = store.execute(
        'UPDATE "kefu_throttle" SET "count" = CASE WHEN "window_start" <= ? THEN 1'
        ' ELSE "count" + 1 END,'
        ' "window_start" = CASE WHEN "window_start" <= ? THEN ? ELSE "window_start" END'
        ' WHERE "key" = ?',
        (over, over, at, key),
    )
    if not raised.rowcount:
        _begin(store, key, at)
    row = store.row('SELECT "count", "window_start" FROM "kefu_throttle" WHERE "key" = ?', (key,))
    assert row is not None  # just written
    started: datetime = store.from_db(ColumnKind.INSTANT, row[1])
    return Hits(int(row[0]), started + timedelta(seconds=limit.seconds))


def spend(store: Store, key: str, limit: Limit, *, now: datetime) -> None:
    """Count one and refuse when that is more than the limit allows.

    Raises:
        TooMany: facts limit, per (seconds), retry_after (seconds). The transaction is rolled back
            by it, so refused tries do not lengthen the wait.
    """
    hits = hit(store, key, limit, now=now)
    if hits.count > limit.count:
        raise TooMany(
            limit=limit.count, per=limit.seconds, retry_after=seconds_until(hits.ends_at, now=now)
        )


def give_back(store: Store, key: str) -> None:
    """Take one back that turned out harmless."""
    store.execute(
        'UPDATE "kefu_throttle" SET "count" = "count" - 1 WHERE "key" = ? AND "count" > 0', (key,)
    )


def reset(store: Store, key: str) -> None:
    """Start again at nothing."""
    store.execute('DELETE FROM "kefu_throttle" WHERE "key" = ?', (key,))


def spent(store: Store, limit: Limit, *, now: datetime) -> Mapping[str, datetime]:
    """Every key beyond the limit in a window that runs, and when that ends."""
    over = store.to_db(ColumnKind.INSTANT, now - timedelta(seconds=limit.seconds))
    rows = store.rows(
        'SELECT "key", "window_start" FROM "kefu_throttle"'
        ' WHERE "count" > ? AND "window_start" > ?',
        (limit.count, over),
    )
    return {
        str(key): store.from_db(ColumnKind.INSTANT, at) + timedelta(seconds=limit.seconds)
        for key, at in rows
    }


def forget(store: Store, *, before: datetime) -> int:
    """Delete windows begun before an instant (the worker: a day ago); returns how many."""
    at = store.to_db(ColumnKind.INSTANT, before)
    return int(
        store.execute('DELETE FROM "kefu_throttle" WHERE "window_start" < ?', (at,)).rowcount
    )


def seconds_until(instant: datetime, *, now: datetime) -> int:
    """Whole seconds to wait, at least one."""
    return max(1, int((instant - now).total_seconds() + 0.999))


def _begin(store: Store, key: str, at: object) -> None:
    try:
        store.execute(
            'INSERT INTO "kefu_throttle" ("key", "window_start", "count") VALUES (?, ?, 1)',
            (key, at),
        )
    except ConstraintBroken as error:  # another began it at the same moment
        if error.kind is Constraint.UNIQUE:
            raise BusyBeforeCommit from error
        raise
