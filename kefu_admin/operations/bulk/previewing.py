"""Previews: a selection is frozen, and what would become of each of its records found out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.operations import reading
from kefu_admin.operations.bulk import freezing, offers, saying
from kefu_admin.operations.bulk.freezing import PORTION, Portion
from kefu_admin.operations.bulk.working import CHUNK, plan_chunk
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import NotFound, SelectionTooLarge
from kefu_admin.store import audit, batches
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.read import Selection

MOST_ROWS = 1_000_000


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
    found = reading.selection(desk, request, actor=actor, now=now)

    def make() -> int:
        return batches.make(
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

    try:
        return planned(
            desk,
            "bulk.preview",
            make,
            lambda: _portions(found),
            actor=actor,
            now=now,
            key=key,
        )
    except NotFound:
        _note_refused(desk, action.type, described, actor=actor, now=now)
        raise


def planned(
    desk: Desk,
    operation: str,
    make: Callable[[], int],
    portions: Callable[[], Iterable[Portion]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> int:
    """Freeze once what `portions` finds in the batch that `make` makes, then look at the records
    unless a worker does; the batch's id.

    Raises:
        Invalid: none was found.
    """
    batch_id = freezing.freeze(desk, operation, make, portions, actor=actor, now=now, key=key)
    batch = batches.get(desk.store, batch_id)
    while batch is not None and batch.state is State.PLANNING and batch.job_id is None:
        plan_chunk(desk, batch, CHUNK, actor=actor, now=now)
        batch = batches.get(desk.store, batch_id)
    return batch_id


def _portions(found: Selection) -> Iterator[Portion]:
    """What was selected.

    Raises:
        NotFound: one of the ids is none he may see.
        SelectionTooLarge: more than a million.
    """
    too_large = SelectionTooLarge(limit=f"{MOST_ROWS:,}")
    if found.query.ids is None:
        for place, portion in enumerate(found.portions(PORTION)):
            if place == 1 and found.is_beyond(MOST_ROWS):
                raise too_large
            yield portion
        return
    wanted = len(set(found.query.ids))
    if wanted > MOST_ROWS:
        raise too_large
    named = list(found.portions(PORTION))
    if sum(map(len, named)) < wanted:
        raise NotFound
    yield from named


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
