"""Claiming: which of several workers does a job just now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.jobs.failing import LAST_TRY, LOST, park
from kefu_admin.store.jobs.rows import COLUMNS, Job, JobState, read
from kefu_admin.store.lease import NOW_MS

# How long a chunk may take. Who needs longer is cut off by its supervisor and refused by its fence.
LEASE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Which jobs a worker takes, so that long ones hold up no others: those of `kinds`, or all
    but those."""

    kinds: tuple[str, ...] = ()
    but: bool = True

    def test(self) -> str:
        """What its jobs fulfil, after `due_ms …`; its parameters are the kinds."""
        if not self.kinds:
            return "" if self.but else " AND 1 = 0"
        marks = ", ".join("?" * len(self.kinds))
        return f' AND "kind" {"NOT " if self.but else ""}IN ({marks})'


ANY = Lane()


def claim(store: Store, *, owner: str, lease_ms: int = LEASE_MS, lane: Lane = ANY) -> Job | None:
    """Take the job that has been due longest, in the open transaction; None when nothing is due.

    Rows others hold are skipped (SQLite: the transaction is IMMEDIATE, there are no others). The
    try is counted now, so that a job that kills its worker is counted too. A job whose last try
    has run out comes back parked, and is not the caller's to run.

    Args:
        owner: names the process.
    """
    now_ms = NOW_MS[store.dialect]
    tail = "" if store.dialect is Dialect.SQLITE else " FOR UPDATE SKIP LOCKED"
    row = store.row(
        f'SELECT {now_ms}, {COLUMNS} FROM "kefu_job" WHERE "due_ms" <= {now_ms}{lane.test()}'
        f' ORDER BY "due_ms", "id" LIMIT 1{tail}',
        lane.kinds,
    )
    if row is None:
        return None
    due = read(store, row[1:])
    if due.state is JobState.RUNNING and due.tries >= LAST_TRY:
        return park(store, due, due.fault or LOST)
    until = int(row[0]) + lease_ms
    store.execute(
        'UPDATE "kefu_job" SET "state" = ?, "owner" = ?, "due_ms" = ?, "fence" = "fence" + 1,'
        ' "tries" = "tries" + 1 WHERE "id" = ?',
        (JobState.RUNNING, owner, until, due.id),
    )
    return replace(
        due, state=JobState.RUNNING, due_ms=until, fence=due.fence + 1, tries=due.tries + 1
    )


def milliseconds_until_due(store: Store, lane: Lane = ANY) -> int | None:
    """How long until the next job may be taken (0: now), None while there is none: one statement,
    all that an idle worker asks."""
    row = store.row(
        f'SELECT MIN("due_ms") - {NOW_MS[store.dialect]} FROM "kefu_job"'
        f' WHERE "due_ms" IS NOT NULL{lane.test()}',
        lane.kinds,
    )
    return None if row is None or row[0] is None else max(0, int(row[0]))


def milliseconds_overdue(store: Store, lane: Lane = ANY) -> int:
    """How long the longest waiting job that may be taken has waited for a worker; 0 while none."""
    row = store.row(
        f'SELECT {NOW_MS[store.dialect]} - MIN("due_ms") FROM "kefu_job"'
        f' WHERE "due_ms" IS NOT NULL{lane.test()}',
        lane.kinds,
    )
    return 0 if row is None or row[0] is None else max(0, int(row[0]))
