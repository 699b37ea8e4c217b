"""Attachments of records, as shown: id, name, size and media type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.store.query import File
from kefu_admin.store.read.select import by_chunks, marks

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def files_of(
    store: Store, type_id: str, field_id: str, ids: Sequence[int]
) -> Mapping[int, tuple[File, ...]]:
    """The files of one field of several records, in their order."""
    found: dict[int, tuple[File, ...]] = {}
    for part in by_chunks(ids):
        for record_id, id, name, size, media_type in store.rows(
            'SELECT "record_id", "id", "name", "size", "media_type" FROM "kefu_attachment"'
            f' WHERE "type" = ? AND "field" = ? AND "record_id" IN ({marks(part)})'
            ' ORDER BY "record_id", "position", "id"',
            (type_id, field_id, *part),
        ):
            found[record_id] = (*found.get(record_id, ()), File(id, name, size, media_type))
    return found
