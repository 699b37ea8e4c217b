"""Purging: what the bin still keeps of records is erased for good, with a reason.

History, files and the place in the bin go, those of the rows they owned too; business numbers
become void. The audit book keeps its lines, which hold personal values only masked or hashed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.store import attachments, bin, history, numbers
from kefu_admin.store.change.recorded import Recorded
from kefu_admin.store.change.removal import owned_types
from kefu_admin.store.change.restoring import found
from kefu_admin.store.numbers import PURGED, VoidNumber

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def purge(change: Change, type_id: str, versions: Mapping[int, int], reason: str) -> list[int]:
    """Erase deleted records (id to version of the deletion) for good, with every row they owned
    that is in the bin; all or none. Returns the ids of the files that belong to nobody now.

    Raises:
        NotFound, Conflict: as for `restoring.restore`.
        Forbidden: the actor may not purge one.
    """
    content_type = change.visible_type(type_id)
    records = found(change, content_type, versions, Action.PURGE)
    return _erase(change, content_type, records, reason)


def _erase(
    change: Change, content_type: ContentType, records: Sequence[Recorded], reason: str
) -> list[int]:
    let_go: list[int] = []
    for owned in owned_types(change.store.project, content_type.id) if records else ():
        below = change.past.owned(owned.id, [one.entry.record_id for one in records], lock=True)
        let_go += _erase(change, owned, list(below.values()), reason)
    ids = [one.entry.record_id for one in records]
    let_go += attachments.let_go(change.store, content_type.id, ids)
    history.erase(change.store, content_type.id, ids)
    bin.take(change.store, content_type.id, ids)
    for field in content_type.fields.values():
        if field.type == "number":
            held = {one.entry.record_id: one.values[field.id] for one in records}
            _void(change, content_type, field.series, held)
    change.book.purged(content_type.id, ids, reason)
    return let_go


def _void(
    change: Change, content_type: ContentType, series: str, held: Mapping[int, object]
) -> None:
    """Numbers of purged records are void: the register explains every gap."""
    actor = change.warrant.actor
    numbers.void(
        change.store,
        [
            VoidNumber(
                series=series,
                number=str(number),
                reason=PURGED,
                type=content_type.id,
                record_id=record_id,
                at=change.now,
                actor_id=actor.user_id,
                actor=actor.login,
            )
            for record_id, number in held.items()
            if number is not None
        ],
    )
