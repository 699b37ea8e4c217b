"""Everything that is referred to is there: rows by foreign keys, and files by their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.store.database import Store
from kefu_admin.store.verify.report import Finding

_PORTION = 2000


def references(store: Store, now: datetime) -> Iterator[Finding]:
    """Every reference leads to a row that is there, in every table."""
    for table in store.layout.values():
        for column in table.columns:
            if not column.references:
                continue
            orphans = store.value(
                f'SELECT COUNT(*) FROM "{table.name}" AS t WHERE t."{column.name}" IS NOT NULL'
                f' AND NOT EXISTS (SELECT 1 FROM "{column.references}" AS r'
                f' WHERE r."id" = t."{column.name}")'
            )
            if orphans:
                yield Finding.of(
                    "orphans",
                    table=table.name,
                    column=column.name,
                    target=column.references,
                    count=int(orphans),
                )


def attachments(store: Store, now: datetime) -> Iterator[Finding]:
    """Every attachment belongs to a record that is there or in the bin (or to none yet), and its
    file has the size it had."""
    for type_id in store.project.types:
        orphans = store.value(
            'SELECT COUNT(*) FROM "kefu_attachment" AS a WHERE a."type" = ?'
            ' AND a."record_id" IS NOT NULL AND NOT EXISTS'
            f' (SELECT 1 FROM "{type_id}" AS r WHERE r."id" = a."record_id") AND NOT EXISTS'
            ' (SELECT 1 FROM "kefu_bin" AS b WHERE b."type" = ? AND b."record_id" = a."record_id")',
            (type_id, type_id),
        )
        if orphans:
            yield Finding.of(
                "orphans",
                table="kefu_attachment",
                column="record_id",
                target=type_id,
                count=int(orphans),
            )
    last = 0
    while True:
        rows = store.rows(
            'SELECT "id", "path", "size" FROM "kefu_attachment" WHERE "id" > ?'
            ' ORDER BY "id" LIMIT ?',
            (last, _PORTION),
        )
        for id, path, size in rows:
            last = int(id)
            file = store.data_directory / str(path)
            if not file.is_file():
                yield Finding.of("attachment_missing", id=last)
            elif file.stat().st_size != int(size):
                yield Finding.of("attachment_changed", id=last)
        if len(rows) < _PORTION:
            return
