"""Jobs and deliveries: what is to be done can be taken, what is over cannot, nothing is counted
beyond its whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.store.database import Store
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.deliveries.rows import OPEN
from kefu_admin.store.jobs import JobState
from kefu_admin.store.verify.report import Finding

_SHOWN = 20
_TAKEN = (JobState.WAITING, JobState.RUNNING)


def work(store: Store, now: datetime) -> Iterator[Finding]:
    """No job that nobody will ever take or somebody still may take though it is over, none done
    beyond its total or ended without saying when; no message that waits for none before it."""
    yield from _jobs(
        store,
        "job_stranded",
        '("due_ms" IS NULL) = ("state" IN (?, ?))',
        *_TAKEN,
    )
    yield from _jobs(store, "job_unowned", '"state" = ? AND "owner" IS NULL', JobState.RUNNING)
    yield from _jobs(store, "job_beyond", '"total" IS NOT NULL AND "done" > "total"')
    yield from _jobs(
        store,
        "job_end_untold",
        '("finished_at" IS NOT NULL) <> ("state" IN (?, ?))',
        JobState.DONE,
        JobState.CANCELLED,
    )
    yield from _stranded_messages(store)


def _jobs(store: Store, code: str, test: str, *params: str) -> Iterator[Finding]:
    rows = store.rows(
        f'SELECT "id" FROM "kefu_job" WHERE {test} ORDER BY "id" LIMIT ?', (*params, _SHOWN)
    )
    for (id,) in rows:
        yield Finding.of(code, id=id)


def _stranded_messages(store: Store) -> Iterator[Finding]:
    """Held back though nothing before it is open: nobody would ever send it. Or over, yet due."""
    held = store.rows(
        'SELECT d."id" FROM "kefu_delivery" AS d WHERE d."state" = ? AND d."due_ms" IS NULL'
        ' AND NOT EXISTS (SELECT 1 FROM "kefu_delivery" AS b WHERE b."receiver" = d."receiver"'
        ' AND b."type" = d."type" AND b."record_id" = d."record_id"'
        ' AND b."event_id" < d."event_id" AND b."state" IN (?, ?)) ORDER BY d."id" LIMIT ?',
        (DeliveryState.WAITING, *OPEN, _SHOWN),
    )
    over = store.rows(
        'SELECT "id" FROM "kefu_delivery" WHERE "state" <> ? AND "due_ms" IS NOT NULL'
        ' ORDER BY "id" LIMIT ?',
        (DeliveryState.WAITING, _SHOWN),
    )
    for (id,) in (*held, *over):
        yield Finding.of("message_stranded", id=id)
