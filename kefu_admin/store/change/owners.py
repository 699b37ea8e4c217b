"""Owners of rows that are written on their own.

Such a row may be written by who may change its owner, and raises the owner's version: whoever has
the owner open with its rows must not overwrite them unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store.change import prepare
from kefu_admin.store.change.prepare import Edit
from kefu_admin.store.change.values import Draft, Record

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def of_new(
    change: Change, content_type: ContentType, rows: Sequence[tuple[str, Mapping[str, object]]]
) -> dict[int, Record]:
    """The owners named in new rows, locked; empty for a type that is not owned.

    Raises:
        Invalid: a row names none, or one the actor may not see.
        Forbidden: he may not change one of them.
    """
    if not content_type.owned_by:
        return {}
    ids = [row[1].get(content_type.owned_by) for row in rows]
    parent_type = content_type.fields[content_type.owned_by].to
    wanted = [i for i in ids if isinstance(i, int)]
    owners = change.reader.load(parent_type, wanted, lock=True)
    for (prefix, _), owner_id in zip(rows, ids, strict=True):
        owner = owners.get(owner_id) if isinstance(owner_id, int) else None
        if owner is None or not change.access.visible(parent_type, owner.values):
            code = "required" if owner_id is None else "no_such_record"
            raise Invalid([FieldError(f"{prefix}{content_type.owned_by}", code)])
    _require(change, parent_type, owners)
    return owners


def of_stored(
    change: Change, content_type: ContentType, records: Sequence[Record]
) -> dict[int, Record]:
    """The owners of stored rows, locked; empty for a type that is not owned.

    Raises:
        NotFound: the actor may not see one of them.
        Forbidden: he may not change one of them.
    """
    if not content_type.owned_by:
        return {}
    ids = [record.values[content_type.owned_by] for record in records]
    parent_type = content_type.fields[content_type.owned_by].to
    owners = change.reader.load(parent_type, [i for i in ids if isinstance(i, int)], lock=True)
    for owner in owners.values():
        if not change.access.visible(parent_type, owner.values):
            raise NotFound
    _require(change, parent_type, owners)
    return owners


def touch(
    change: Change,
    content_type: ContentType,
    drafts: Sequence[Draft],
    owners: Mapping[int, Record],
) -> list[Draft]:
    """Drafts that raise the version of owners whose rows change."""
    if not owners:
        return []
    parent_type = change.type(content_type.fields[content_type.owned_by].to)
    moving = [draft for draft in drafts if draft.writes]
    ids = {draft.after[content_type.owned_by] for draft in moving}
    edits = [Edit(owner, None, {}) for i, owner in owners.items() if i in ids]
    return prepare.touches(change, content_type, parent_type, edits, moving)


def _require(change: Change, type_id: str, owners: Mapping[int, Record]) -> None:
    for owner in owners.values():
        held = change.access.held(type_id, Action.UPDATE, owner.values)
        if Action.UPDATE not in held.actions:
            raise Forbidden
