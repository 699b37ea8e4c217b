"""The runs of a schedule: the newest ones, and what is left over of earlier ones."""

from __future__ import annotations

from datetime import datetime

from kefu_admin.store.database import Store
from kefu_admin.store.jobs.failing import RELEASED
from kefu_admin.store.jobs.rows import COLUMNS, Job, JobState, read
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.shapes import ColumnKind


def last_run(store: Store, schedule: str, *, state: JobState | None = None) -> Job | None:
    """The run with the latest due instant, of all or of those in a state."""
    test, params = (' AND "state" = ?', (state,)) if state is not None else ("", ())
    row = store.row(
        f'SELECT {COLUMNS} FROM "kefu_job" WHERE "schedule" = ?{test}'
        ' ORDER BY "due_at" DESC LIMIT 1',
        (schedule, *params),
    )
    return read(store, row) if row is not None else None


def give_way(store: Store, schedule: str, *, now: datetime) -> bool:
    """Cancel the runs that wait, are parked or lost their worker, so that the next one may be
    written in the open transaction; False while one is under way."""
    under_way = (
        f'SELECT 1 FROM "kefu_job" WHERE "schedule" = ? AND "state" = ?'
        f' AND "due_ms" > {NOW_MS[store.dialect]}'
    )
    if store.row(under_way, (schedule, JobState.RUNNING)):
        return False
    left = (JobState.WAITING, JobState.RUNNING, JobState.PARKED)
    store.execute(
        f'UPDATE "kefu_job" SET "state" = ?, "due_ms" = NULL, {RELEASED}, "finished_at" = ?'
        ' WHERE "schedule" = ? AND "state" IN (?, ?, ?)',
        (JobState.CANCELLED, store.to_db(ColumnKind.INSTANT, now), schedule, *left),
    )
    return True
