"""Clearing away what has ended: safe to repeat, to stop and to run beside other workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kefu_admin.operations import drafts, files, recycling
from kefu_admin.operations.desk import Desk
from kefu_admin.store import (
    batches,
    deliveries,
    idempotency,
    jobs,
    outbox,
    sessions,
    throttle,
)
from kefu_admin.store import drafts as unsaved

_DAY = timedelta(days=1)
_ENDED_KEPT = timedelta(days=30)  # what is over of jobs and messages


def clean_up(desk: Desk, *, now: datetime) -> None:
    """Forget sessions, limits and request keys that have ended, forms never taken up again,
    previews nobody confirmed, lines of imports that have ended, what was in the bin for longer than
    the project keeps it, and uploads nobody claimed."""
    store = desk.store
    for forget in (
        lambda: sessions.forget(store, now=now),
        lambda: throttle.forget(store, before=now - _DAY),
        lambda: idempotency.forget(store, before=now - _DAY),
        lambda: unsaved.forget(store, before=now - drafts.KEPT),
        lambda: jobs.forget(store, before=now - _ENDED_KEPT),
        lambda: deliveries.forget(store, before=now - _ENDED_KEPT),
        lambda: outbox.forget(store, before=now - _ENDED_KEPT),
    ):
        _unit(desk, forget)
    while _unit(desk, lambda: batches.forget_unconfirmed(store, before=now - _DAY)):
        store.let_others_in()
    while _unit(desk, lambda: batches.lines.forget_lines(store, before=now - _DAY)):
        store.let_others_in()
    recycling.purge_expired(desk, now=now)
    files.sweep(desk, now=now)


def _unit(desk: Desk, work: Callable[[], int | None]) -> int | None:
    def unit() -> int | None:
        with desk.store.transaction():
            return work()

    return desk.store.retrying(unit)
