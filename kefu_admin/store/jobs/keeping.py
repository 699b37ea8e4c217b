"""Progress and end of a job, in the transaction of the chunk they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.store.database import Store
from kefu_admin.store.jobs.rows import Job, JobState, written
from kefu_admin.store.jobs.taking import LEASE_MS
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.shapes import ColumnKind


class LeaseLost(Exception):
    """Somebody else has the job now, or it was cancelled: nothing of this chunk may be kept."""


def advance(
    store: Store,
    job: Job,
    *,
    cursor: Mapping[str, Any],
    done: int,
    total: int | None = None,
    lease_ms: int = LEASE_MS,
) -> Job:
    """Keep where the next chunk begins, in the chunk's own transaction; the lease begins anew and
    no try counts against the job any more. Returns the job as it is now.

    Raises:
        LeaseLost: the fence has risen; the transaction must be rolled back.
    """
    total = job.total if total is None else total
    kept = store.execute(
        'UPDATE "kefu_job" SET "cursor" = ?, "done" = ?, "total" = ?, "tries" = 1,'
        f' "fault" = NULL, "due_ms" = {NOW_MS[store.dialect]} + {int(lease_ms)}'
        ' WHERE "id" = ? AND "fence" = ? AND "state" = ?',
        (written(cursor), done, total, job.id, job.fence, JobState.RUNNING),
    )
    if kept.rowcount != 1:
        raise LeaseLost(job.id)
    return replace(job, cursor=dict(cursor), done=done, total=total, tries=1, fault=None)


def renew(store: Store, job: Job, *, lease_ms: int = LEASE_MS) -> None:
    """Begin the lease of a long chunk anew, in an open transaction beside the chunk's own.

    Raises:
        LeaseLost: the job is somebody else's by now, or cancelled.
    """
    kept = store.execute(
        f'UPDATE "kefu_job" SET "due_ms" = {NOW_MS[store.dialect]} + {int(lease_ms)}'
        ' WHERE "id" = ? AND "fence" = ? AND "state" = ?',
        (job.id, job.fence, JobState.RUNNING),
    )
    if kept.rowcount != 1:
        raise LeaseLost(job.id)


def finish(
    store: Store, job: Job, *, result: Mapping[str, Any] | None, done: int, now: datetime
) -> Job:
    """Keep that the job is done, in its last chunk's transaction.

    Raises:
        LeaseLost: the fence has risen; the transaction must be rolled back.
    """
    kept = store.execute(
        'UPDATE "kefu_job" SET "state" = ?, "due_ms" = NULL, "owner" = NULL, "result" = ?,'
        ' "done" = ?, "total" = ?, "fault" = NULL, "finished_at" = ?'
        ' WHERE "id" = ? AND "fence" = ? AND "state" = ?',
        (
            JobState.DONE,
            written(result),
            done,
            done if job.total is None else max(done, job.total),
            store.to_db(ColumnKind.INSTANT, now),
            job.id,
            job.fence,
            JobState.RUNNING,
        ),
    )
    if kept.rowcount != 1:
        raise LeaseLost(job.id)
    return replace(job, state=JobState.DONE, due_ms=None, done=done, result=result)
