"""Taking a batch back: a batch of its own that writes what stood there before, or brings back from
the recycle bin what was deleted.

Records changed since are left alone and said so; what has gone out (messages, used numbers) stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.action import Deed
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.freezing import PORTION, Portion
from kefu_admin.operations.bulk.importing import IMPORT
from kefu_admin.operations.bulk.previewing import planned
from kefu_admin.operations.bulk.working import UNDO
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import NotReady, UndoOver
from kefu_admin.store import batches
from kefu_admin.store.batches import Batch, State
from kefu_admin.store.idempotency import IdempotencyKey


def may_undo(desk: Desk, batch: Batch, *, now: datetime) -> bool:
    """Whether a batch can be taken back now."""
    return (
        batch.state is State.DONE
        and batch.deed in (Deed.EDIT, Deed.DELETE, IMPORT)
        and batch.undo_until is not None
        and now <= batch.undo_until
        and batches.undone_by(desk.store, batch.id) is None
    )


def preview_undo(
    desk: Desk,
    batch_id: int,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> int:
    """Freeze what a batch did, in the versions it left; returns the id of the new batch, to be
    shown and confirmed like any other.

    Raises:
        NotFound: no such batch of his.
        NotReady: it is still running.
        UndoOver: its time is over, it has been undone, or it is none that can be.
        Invalid: it changed nothing.
    """
    batch = own(desk, batch_id, actor)
    if batch.state is not State.DONE:
        raise NotReady
    if not may_undo(desk, batch, now=now):
        raise UndoOver

    def make() -> int:
        return batches.make(
            desk.store,
            type=batch.type,
            action=batch.action,
            deed=UNDO,
            asker_id=actor.user_id,
            asker=actor.login,
            asked=batch.asked,
            filter=f'{{"batch":{batch.id}}}',
            reason="",
            of_batch=batch.id,
            now=now,
        )

    def portions() -> Iterator[Portion]:
        return batches.done(desk.store, batch.id, size=PORTION)

    return planned(desk, "bulk.undo", make, portions, actor=actor, now=now, key=key)
