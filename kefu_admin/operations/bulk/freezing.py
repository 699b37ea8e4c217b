"""Writing a selection down, so that what is run is what was shown.

Portion by portion, each read without a lock and kept in a transaction of its own, so that no writer
waits for a million ids; who waits is the person who asked. The words he searched for and the values
he filtered by may be personal and are kept nowhere, so a selection that was cut off cannot be gone
on with: its batch stays `FREEZING`, which nobody can run, until the worker clears it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations import jobs
from kefu_admin.operations.bulk.working import PLAN
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import done_before, once
from kefu_admin.problems import Busy, FieldError, Invalid, Refusal
from kefu_admin.store import batches
from kefu_admin.store.idempotency import IdempotencyKey

PORTION = 5_000  # ids kept in one transaction
AT_ONCE = 5_000  # records looked at while the person waits; more are a worker's

Portion = list[tuple[int, int]]  # id, version


def freeze(
    desk: Desk,
    operation: str,
    make: Callable[[], int],
    portions: Callable[[], Iterable[Portion]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> int:
    """Write down what `portions` finds; many are given to a worker. Done once for a key; returns
    the batch's id.

    Args:
        make: makes the batch in the open transaction and returns its id.

    Raises:
        Invalid: none was found.
    """
    store = desk.store

    def begin() -> tuple[int, bool]:
        with store.transaction():
            before = done_before(desk, operation, actor=actor, key=key)
            return (make(), False) if before is None else (int(before["batch"]), True)

    batch_id, is_replayed = store.retrying(begin)
    if is_replayed:
        return batch_id
    try:
        total = 0
        for portion in portions():
            _keep(desk, batch_id, portion)
            total += len(portion)
        if not total:
            raise Invalid([FieldError("", "bulk_empty")])

        def close() -> Mapping[str, Any]:
            job_id = None
            if total > AT_ONCE:
                payload = {"batch": batch_id}
                job_id = jobs.ask(store, PLAN, payload, actor=actor, now=now, total=total)
            batches.close(store, batch_id, job_id=job_id)
            return {"batch": batch_id}

        facts, is_replayed = once(desk, operation, close, actor=actor, now=now, key=key)
    except Refusal:
        with suppress(Busy):  # the worker does it later
            _throw_away(desk, batch_id)
        raise
    if is_replayed and facts["batch"] != batch_id:  # the same was asked twice at the same moment
        _throw_away(desk, batch_id)
    return int(facts["batch"])


def _keep(desk: Desk, batch_id: int, portion: Portion) -> None:
    def keep() -> None:
        with desk.store.transaction():
            batches.freeze(desk.store, batch_id, portion)

    desk.store.retrying(keep)
    desk.store.let_others_in()


def _throw_away(desk: Desk, batch_id: int) -> None:
    def forget() -> bool:
        with desk.store.transaction():
            return batches.forget(desk.store, batch_id)

    while desk.store.retrying(forget):
        desk.store.let_others_in()
