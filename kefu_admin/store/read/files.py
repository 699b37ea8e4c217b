"""Attachments of records, as shown: id, name, size and media type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.store.query import File
from kefu_admin.store.read.select import by_chunks, marks

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def files_of(
    store: Store, type_id: str, fields: Sequence[str], ids: Sequence[int]
) -> Mapping[str, Mapping[int, tuple[File, ...]]]:
    """The files of some fields of several records, by field and record, in their order."""
    found: dict[str, dict[int, tuple[File, ...]]] = {name: {} for name in fields}
    for part in by_chunks(ids):
        for name, record_id, *file in store.rows(
            'SELECT "field", "record_id", "id", "name", "size", "media_type" FROM'
            f' "kefu_attachment" WHERE "type" = ? AND "field" IN ({marks(fields)})'
            f' AND "record_id" IN ({marks(part)}) AND "position" >= 0'
            ' ORDER BY "record_id", "position", "id"',
            (type_id, *fields, *part),
        ):
            of_field = found[name]
            of_field[record_id] = (*of_field.get(record_id, ()), File(*file))
    return found
