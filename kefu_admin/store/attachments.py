"""Rows about uploaded files. The bytes lie in the data directory under random names.

A file is uploaded first and belongs to nobody; saving a record claims it for one field, together
with the record. A file the record no longer names stays with its history (`FORMER`), one of a
deleted record with the bin: an older version, or the record, may come back. Purging the record lets
its files go; the janitor takes what belongs to nobody and was uploaded more than a day ago.
Rule: D26.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

FORMER = -1
"""The position of a file that only older versions of its record name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One uploaded file. `path` is relative to the data directory; `record_id` is None until it is
    claimed; `type` and `field` say what it was uploaded for."""

    id: int
    type: str
    field: str
    record_id: int | None
    name: str
    media_type: str
    size: int
    sha256: str
    path: str
    created_at: datetime
    created_by: int | None


def add(store: Store, file: Attachment) -> int:
    """Write the row of a file that lies in its place already; returns its id (the given one is
    not used)."""
    return store.insert(
        'INSERT INTO "kefu_attachment" ("type", "field", "record_id", "position", "name",'
        ' "media_type", "size", "sha256", "path", "created_at", "created_by")'
        " VALUES (?, ?, NULL, 0, ?, ?, ?, ?, ?, ?, ?)",
        (
            file.type,
            file.field,
            file.name,
            file.media_type,
            file.size,
            file.sha256,
            file.path,
            store.to_db(ColumnKind.INSTANT, file.created_at),
            file.created_by,
        ),
    )


def by_ids(store: Store, ids: Sequence[int], *, lock: bool = False) -> dict[int, Attachment]:
    """Files by id, locked where one is about to be claimed; ids that do not exist are missing."""
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    tail = " FOR UPDATE" if lock and store.dialect is not Dialect.SQLITE else ""
    return _read(store, f'"id" IN ({marks}) ORDER BY "id"{tail}', tuple(ids))


def of_records(
    store: Store, type_id: str, field: str, record_ids: Sequence[int]
) -> dict[int, tuple[object, ...]]:
    """The ids of the files of one field, in order, by record."""
    found: dict[int, tuple[object, ...]] = {}
    for start in range(0, len(record_ids), 1000):
        part = record_ids[start : start + 1000]
        marks = ", ".join("?" * len(part))
        for record_id, file_id in store.rows(
            'SELECT "record_id", "id" FROM "kefu_attachment" WHERE "type" = ? AND "field" = ?'
            f' AND "record_id" IN ({marks}) AND "position" >= 0'  # marks only
            ' ORDER BY "record_id", "position", "id"',
            (type_id, field, *part),
        ):
            found[record_id] = (*found.get(record_id, ()), file_id)
    return found


def place(store: Store, record_id: int, before: Sequence[int], after: Sequence[int]) -> None:
    """Give a record's field the files `after` in this order; those only in `before` are former.

    The caller has seen that every new one is unclaimed and was uploaded for this field.
    """
    for gone in sorted(set(before) - set(after)):
        store.execute(f'UPDATE "kefu_attachment" SET "position" = {FORMER} WHERE "id" = ?', (gone,))
    store.execute_many(
        'UPDATE "kefu_attachment" SET "record_id" = ?, "position" = ? WHERE "id" = ?',
        [(record_id, position, file_id) for position, file_id in enumerate(after)],
    )


def let_go(store: Store, type_id: str, record_ids: Sequence[int]) -> list[int]:
    """Records are being purged: their files belong to nobody. Returns the ids of these."""
    found: list[int] = []
    for start in range(0, len(record_ids), 1000):
        part = record_ids[start : start + 1000]
        found += _let_go(store, type_id, part)
    return found


def _let_go(store: Store, type_id: str, record_ids: Sequence[int]) -> list[int]:
    marks = ", ".join("?" * len(record_ids))
    where = f'"type" = ? AND "record_id" IN ({marks})'
    params = (type_id, *record_ids)
    ids = [
        int(id) for (id,) in store.rows(f'SELECT "id" FROM "kefu_attachment" WHERE {where}', params)
    ]
    if ids:
        store.execute(
            f'UPDATE "kefu_attachment" SET "record_id" = NULL, "position" = 0 WHERE {where}', params
        )
    return ids


def orphans(store: Store, *, before: datetime) -> list[Attachment]:
    """Files uploaded before an instant that belong to nobody (the janitor's question)."""
    return list(
        _read(
            store,
            '"record_id" IS NULL AND "created_at" < ?',
            (store.to_db(ColumnKind.INSTANT, before),),
        ).values()
    )


def has_path(store: Store, path: str) -> bool:
    """Whether a row names this file (read through: asked only of what a crash left behind)."""
    return bool(store.rows('SELECT 1 FROM "kefu_attachment" WHERE "path" = ? LIMIT 1', (path,)))


def discard(store: Store, file_id: int) -> bool:
    """Delete the row of a file that (still) belongs to nobody; False when it was claimed."""
    cursor = store.execute(
        'DELETE FROM "kefu_attachment" WHERE "id" = ? AND "record_id" IS NULL', (file_id,)
    )
    return bool(cursor.rowcount)


def _read(store: Store, where: str, params: tuple[object, ...]) -> dict[int, Attachment]:
    rows = store.rows(
        'SELECT "id", "type", "field", "record_id", "name", "media_type", "size", "sha256",'
        f' "path", "created_at", "created_by" FROM "kefu_attachment" WHERE {where}',  # ours
        params,
    )
    return {
        row[0]: Attachment(
            id=row[0],
            type=row[1],
            field=row[2],
            record_id=row[3],
            name=row[4],
            media_type=row[5],
            size=row[6],
            sha256=row[7],
            path=row[8],
            created_at=store.from_db(ColumnKind.INSTANT, row[9]),
            created_by=row[10],
        )
        for row in rows
    }
