"""Running exactly what was shown: the audit line first, then the records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations import jobs
from kefu_admin.operations.bulk import importing, offers
from kefu_admin.operations.bulk.importing import IMPORT
from kefu_admin.operations.bulk.working import CHUNK, RUN, UNDO, chain, run_chunk
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import NotFound, NotReady, SelectionMoved, UndoOver
from kefu_admin.store import audit, batches
from kefu_admin.store.batches import Batch, State
from kefu_admin.store.change import Change, perform
from kefu_admin.store.idempotency import IdempotencyKey


def run(
    desk: Desk,
    batch_id: int,
    selection: str,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> None:
    """Do what a preview showed to the records it froze. Up to a thousand are done at once, in one
    transaction; more by a worker, chunk by chunk. Confirmed twice, it is done once.

    Args:
        selection: the digest the preview showed.

    Raises:
        NotFound: no such batch of his, or the action is no longer his.
        NotReady: its records are still being looked at.
        SelectionMoved: another digest, or another config has been applied since.
        UndoOver: an undo whose time is over, or that was done already.
    """

    def work(change: Change) -> Mapping[str, Any]:
        batch = own(desk, batch_id, actor, lock=True)
        if batch.state in (State.RUNNING, State.DONE):
            return {"batch": batch.id}
        if batch.state in (State.FREEZING, State.PLANNING):
            raise NotReady
        if selection != batch.selection or batch.definition != desk.project.fingerprint[:16]:
            raise SelectionMoved
        _start(desk, batch, change, actor=actor, now=now)
        return {"batch": batch.id}

    warrant = desk.warrant(actor, now)
    perform(desk.store, warrant, work, now=now, operation="bulk.run", key=key)


def own(desk: Desk, batch_id: int, actor: Actor, *, lock: bool = False) -> Batch:
    """A batch of the person who asks for it.

    Raises:
        NotFound: there is none, or it is somebody else's, or its type is closed to him.
    """
    batch = batches.get(desk.store, batch_id, lock=lock)
    if (
        batch is None
        or actor.user_id is None
        or batch.asker_id != actor.user_id
        or batch.type not in desk.grants(actor).types
    ):
        raise NotFound
    return batch


def _start(desk: Desk, batch: Batch, change: Change, *, actor: Actor, now: datetime) -> None:
    undo_until = None
    if batch.deed == UNDO:
        check_window(desk, batch, actor=actor, now=now)
    elif batch.deed == IMPORT:
        importing.check_right(desk, batch.type, actor=actor, now=now)
        undo_until = now + importing.UNDO
    else:
        action = offers.action_of(desk, batch.action, actor=actor, now=now)
        if action.undo_hours:
            undo_until = now + timedelta(hours=action.undo_hours)
    ready = batch.total - batch.settled
    job_id = None
    if ready > CHUNK:
        payload = {"batch": batch.id}
        job_id = jobs.ask(desk.store, RUN, payload, actor=actor, now=now, total=ready)
    batches.start(desk.store, batch.id, job_id=job_id, undo_until=undo_until, now=now)
    audit.write(desk.store, _line(desk, batch, ready, actor=actor, now=now))
    if job_id is None:
        run_chunk(change, desk, batch, CHUNK + 1)


def check_window(desk: Desk, batch: Batch, *, actor: Actor, now: datetime) -> None:
    """Whether the batch that is to be taken back still may be.

    Raises:
        UndoOver: not any more.
    """
    undone = own(desk, batch.of_batch or 0, actor, lock=True)
    if (
        undone.undo_until is None
        or now > undone.undo_until
        or batches.undone_by(desk.store, undone.id) is not None
    ):
        raise UndoOver


def _line(desk: Desk, batch: Batch, ready: int, *, actor: Actor, now: datetime) -> audit.Line:
    """The one line that tells of the batch, before its first record changes."""
    told: dict[str, object] = {
        "content_type": batch.type,
        "bulk_action": batch.action,
        "deed": batch.deed,
        "count": ready,
        "filter": batch.filter,
        "fields": sorted(batch.asked),
        "values": audit.keyed_hash(desk.store, repr(sorted(batch.asked.items()))),
        "selection": batch.selection,
        "digest": batch.digest,
    }
    if batch.of_batch is not None:
        told["of_batch"] = batch.of_batch
    if batch.deed == IMPORT:
        told |= importing.told(desk, batch)
    return audit.Line(
        actor=actor,
        action={UNDO: "bulk_undo", IMPORT: "import"}.get(batch.deed, "bulk"),
        at=now,
        type="kefu_batch",
        record_id=batch.id,
        after=told,
        reason=batch.reason,
        operation="bulk.run",
        chain=chain(batch.id),
    )
