"""What becomes of a job that did not get on, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.store.database import Store
from kefu_admin.store.jobs.rows import COLUMNS, Job, JobState, read, written
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.shapes import ColumnKind

BACK_OFF_SECONDS = (1, 4, 16, 64, 256)  # before each further try; after the last one it is parked
LAST_TRY = len(BACK_OFF_SECONDS) + 1
LOST: Mapping[str, Any] = {"code": "job_lost"}
RELEASED = '"owner" = NULL, "fence" = "fence" + 1'


def fail(store: Store, job: Job, fault: Mapping[str, Any], *, final: bool = False) -> Job | None:
    """Give the job back after a failed try, in an open transaction of its own: waiting for the
    next one, or parked. Returns it as it is now; None when it was no longer the caller's.

    Args:
        fault: `code` and facts of the sentence a person reads; never values of records.
        final: trying again cannot help.
    """
    if final or job.tries >= LAST_TRY:
        return park(store, job, fault)
    wait_ms = BACK_OFF_SECONDS[job.tries - 1] * 1000
    kept = store.execute(
        f'UPDATE "kefu_job" SET "state" = ?, "fault" = ?, {RELEASED},'
        f' "due_ms" = {NOW_MS[store.dialect]} + {wait_ms} WHERE "id" = ? AND "fence" = ?',
        (JobState.WAITING, written(fault), job.id, job.fence),
    )
    return replace(job, state=JobState.WAITING, fault=fault) if kept.rowcount else None


def park(store: Store, job: Job, fault: Mapping[str, Any]) -> Job | None:
    """Leave the job to a person, in the open transaction; None when it was no longer the
    caller's."""
    kept = store.execute(
        f'UPDATE "kefu_job" SET "state" = ?, "fault" = ?, "due_ms" = NULL, {RELEASED}'
        ' WHERE "id" = ? AND "fence" = ?',
        (JobState.PARKED, written(fault), job.id, job.fence),
    )
    return replace(job, state=JobState.PARKED, due_ms=None, fault=fault) if kept.rowcount else None


def put_back(store: Store, job: Job, *, wait_ms: int = 0) -> None:
    """Let others have their turn: waiting again, no try counted; in the open transaction."""
    store.execute(
        f'UPDATE "kefu_job" SET "state" = ?, {RELEASED},'
        ' "tries" = CASE WHEN "tries" > 0 THEN "tries" - 1 ELSE 0 END,'
        f' "due_ms" = {NOW_MS[store.dialect]} + {int(wait_ms)} WHERE "id" = ? AND "fence" = ?',
        (JobState.WAITING, job.id, job.fence),
    )


def abandon(store: Store, *, owner: str, fault: Mapping[str, Any]) -> Job | None:
    """What a process that ended had taken is given back at once, in the open transaction, instead
    of when its lease runs out. Returns the job as it is now."""
    row = store.row(
        f'SELECT {COLUMNS} FROM "kefu_job" WHERE "owner" = ? AND "state" = ?',
        (owner, JobState.RUNNING),
    )
    return None if row is None else fail(store, read(store, row), fault)


def retry(store: Store, id: int) -> bool:
    """Try a parked job again from where it is, with all its tries; in the open transaction. False
    when it is not parked."""
    kept = store.execute(
        'UPDATE "kefu_job" SET "state" = ?, "tries" = 0,'
        f' "due_ms" = {NOW_MS[store.dialect]} WHERE "id" = ? AND "state" = ?',
        (JobState.WAITING, id, JobState.PARKED),
    )
    if kept.rowcount:
        store.after_commit(lambda: store.job_asked())
    return bool(kept.rowcount)


def cancel(store: Store, id: int, *, now: datetime) -> bool:
    """End a job that is not over, in the open transaction. A chunk under way is refused by its
    fence; what earlier chunks did stays. False when it was over."""
    kept = store.execute(
        f'UPDATE "kefu_job" SET "state" = ?, "due_ms" = NULL, {RELEASED}, "finished_at" = ?'
        ' WHERE "id" = ? AND "state" IN (?, ?, ?)',
        (
            JobState.CANCELLED,
            store.to_db(ColumnKind.INSTANT, now),
            id,
            JobState.WAITING,
            JobState.RUNNING,
            JobState.PARKED,
        ),
    )
    return bool(kept.rowcount)


def forget(store: Store, *, before: datetime) -> int:
    """Delete what was done or cancelled before an instant, in the open transaction; returns how
    many."""
    at = store.to_db(ColumnKind.INSTANT, before)
    gone = store.execute(
        'DELETE FROM "kefu_job" WHERE "state" IN (?, ?) AND "finished_at" < ?',
        (JobState.DONE, JobState.CANCELLED, at),
    )
    return int(gone.rowcount)
