"""Freezing a selection, and finding out what would become of each of its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations import jobs, reading
from kefu_admin.operations.bulk import offers, saying
from kefu_admin.operations.bulk.working import CHUNK, PLAN, plan_chunk
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import FieldError, Invalid, NotFound, SelectionTooLarge
from kefu_admin.store import audit, batches
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import IdempotencyKey

MOST_ROWS = 1_000_000
AT_ONCE = 5_000  # records looked at while the person waits; more are a worker's
_IDS_AT_ONCE = 1_000


def preview(
    desk: Desk,
    action_id: str,
    request: ListRequest,
    raw: Mapping[str, object],
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> int:
    """Freeze what the request selects and look at each record; returns the batch's id.

    Args:
        request: chosen `ids`, or a list with its view, filter and search: all that it holds.
        raw: answers to what the action asks.

    Raises:
        NotFound: no such action for him, or one of the ids is none he may see: then nothing is
            frozen, and the audit book says so.
        UnknownParameter, Invalid: answers, reason or filter were refused, or nothing is selected.
        SelectionTooLarge: more than a million records.
    """
    action = offers.action_of(desk, action_id, actor=actor, now=now)
    if request.type not in ("", action.type):
        raise NotFound
    request = replace(request, type=action.type, columns=(), sort=(), limit=0, count=False)
    asked = offers.asked_values(desk, action, raw, actor=actor, now=now)
    said = offers.reason_of(action, reason)
    described = saying.described(desk, request)
    selects = list(_selects(desk, request, actor, now))

    def work() -> Mapping[str, Any]:
        batch_id = batches.make(
            desk.store,
            type=action.type,
            action=action.id,
            deed=action.deed,
            asker_id=actor.user_id,
            asker=actor.login,
            asked=asked,
            filter=described,
            reason=said,
            of_batch=None,
            now=now,
        )
        total = sum(batches.freeze(desk.store, batch_id, select) for select in selects)
        if request.ids is not None and total < len(set(request.ids)):
            raise NotFound
        return frozen(desk, batch_id, total, actor=actor, now=now)

    try:
        return planned(desk, "bulk.preview", work, actor=actor, now=now, key=key)
    except NotFound:
        _note_refused(desk, action.type, described, actor=actor, now=now)
        raise


def frozen(
    desk: Desk, batch_id: int, total: int, *, actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Keep how many were frozen; many are given to a worker. In the open transaction.

    Raises:
        Invalid: none.
        SelectionTooLarge: more than a million.
    """
    if not total:
        raise Invalid([FieldError("", "bulk_empty")])
    if total > MOST_ROWS:
        raise SelectionTooLarge(limit=f"{MOST_ROWS:,}")
    job_id = None
    if total > AT_ONCE:
        payload = {"batch": batch_id}
        job_id = jobs.ask(desk.store, PLAN, payload, actor=actor, now=now, total=total)
    batches.plan(desk.store, batch_id, total=total, job_id=job_id)
    return {"batch": batch_id}


def planned(
    desk: Desk,
    operation: str,
    work: Callable[[], Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> int:
    """Freeze once by `work`, then look at the records unless a worker does; the batch's id."""
    facts, _ = once(desk, operation, work, actor=actor, now=now, key=key)
    batch_id = int(facts["batch"])
    batch = batches.get(desk.store, batch_id)
    while batch is not None and batch.state is State.PLANNING and batch.job_id is None:
        plan_chunk(desk, batch, CHUNK, actor=actor, now=now)
        batch = batches.get(desk.store, batch_id)
    return batch_id


def _selects(
    desk: Desk, request: ListRequest, actor: Actor, now: datetime
) -> list[tuple[str, tuple[object, ...]]]:
    """One statement for a list; for ids one per thousand, never twice the same id."""
    if request.ids is None:
        return [reading.selection(desk, request, actor=actor, now=now, most=MOST_ROWS + 1)]
    ids = sorted(set(request.ids))
    if len(ids) > MOST_ROWS:
        raise SelectionTooLarge(limit=f"{MOST_ROWS:,}")
    return [
        reading.selection(
            desk,
            replace(request, ids=tuple(ids[start : start + _IDS_AT_ONCE])),
            actor=actor,
            now=now,
            most=_IDS_AT_ONCE,
        )
        for start in range(0, len(ids), _IDS_AT_ONCE)
    ]


def _note_refused(desk: Desk, type_id: str, described: str, *, actor: Actor, now: datetime) -> None:
    """Somebody named records that are not his to see: the book tells it."""

    def note() -> None:
        with desk.store.transaction():
            line = audit.Line(
                actor=actor,
                action="bulk_refused",
                at=now,
                type="kefu_batch",
                after={"content_type": type_id, "filter": described},
                operation="bulk.preview",
            )
            audit.write(desk.store, line)

    desk.store.retrying(note)
