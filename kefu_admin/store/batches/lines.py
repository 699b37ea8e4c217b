"""What was read from a file to be imported: its heads, and its lines until they are done.

Cells may be personal, so they lie sealed, bound to their batch and line, and go a day after the
import has ended. Rule: reliability-security D25, D28.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.store import inserts
from kefu_admin.store.batches.rows import State
from kefu_admin.store.crypto import vault_of
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verdicts import Verdict

_TYPE = "kefu_import"
_COLUMNS = ("batch_id", "line", "cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is known of a file.

    Attributes:
        file: its name. encoding: of a text, "" of a workbook.
        first_line: where the values begin, as a spreadsheet counts.
        heads: what stands above the columns.
        mapping: fields by place of their column; empty until the person has said.
        key_field: by which a line finds the record it changes; "" when all are new.
    """

    file: str
    sha256: str
    encoding: str
    first_line: int
    heads: tuple[str, ...]
    mapping: Mapping[int, str]
    key_field: str = ""


def keep(
    store: Store, batch_id: int, sheet: Sheet, lines: Iterable[tuple[int, Sequence[str]]]
) -> None:
    """Write a file's heads and lines (number, cells) down, in the open transaction."""
    store.insert(
        'INSERT INTO "kefu_import" ("batch_id", "file", "sha256", "encoding", "first_line",'
        ' "heads", "mapping", "key_field") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        (batch_id, sheet.file, sheet.sha256, sheet.encoding, sheet.first_line,
         _json(sheet.heads), "{}", ""),
    )  # fmt: skip
    vault, field = vault_of(store), _field(batch_id)
    rows = [
        (batch_id, n, vault.seal(_json(cells), type_id=_TYPE, field=field, record_id=n))
        for n, cells in lines
    ]
    inserts.many(store, "kefu_import_row", _COLUMNS, rows)


def choose(store: Store, batch_id: int, mapping: Mapping[int, str], key_field: str) -> None:
    """The person has said which column holds which field; in the open transaction."""
    store.execute(
        'UPDATE "kefu_import" SET "mapping" = ?, "key_field" = ? WHERE "batch_id" = ?',
        (_json({str(place): name for place, name in mapping.items()}), key_field, batch_id),
    )


def sheet(store: Store, batch_id: int) -> Sheet | None:
    """What is known of a batch's file; None when it is no import."""
    row = store.row(
        'SELECT "file", "sha256", "encoding", "first_line", "heads", "mapping", "key_field"'
        ' FROM "kefu_import" WHERE "batch_id" = ?',
        (batch_id,),
    )
    if row is None:
        return None
    file, sha256, encoding, first_line, heads, mapping, key_field = row
    return Sheet(
        file=file,
        sha256=sha256,
        encoding=encoding,
        first_line=int(first_line),
        heads=tuple(json.loads(heads)),
        mapping={int(place): name for place, name in json.loads(mapping).items()},
        key_field=key_field,
    )


def cells(
    store: Store, batch_id: int, *, first: int = 0, last: int = 2**31
) -> dict[int, tuple[str, ...]]:
    """The cells of some lines that are still there, by line."""
    vault, field = vault_of(store), _field(batch_id)
    found = store.rows(
        'SELECT "line", "cells" FROM "kefu_import_row" WHERE "batch_id" = ?'
        ' AND "line" BETWEEN ? AND ? ORDER BY "line"',
        (batch_id, first, last),
    )
    return {
        int(n): tuple(json.loads(vault.open(text, type_id=_TYPE, field=field, record_id=int(n))))
        for n, text in found
    }


def numbers(store: Store, batch_id: int) -> list[int]:
    """The numbers of the lines."""
    rows = store.rows(
        'SELECT "line" FROM "kefu_import_row" WHERE "batch_id" = ? ORDER BY "line"', (batch_id,)
    )
    return [int(n) for (n,) in rows]


def aim(store: Store, batch_id: int, targets: Mapping[int, tuple[int, int]]) -> None:
    """Which record, in which version, each line changes (version 0: has made)."""
    store.execute_many(
        'UPDATE "kefu_batch_row" SET "target_id" = ?, "version" = ?'
        ' WHERE "batch_id" = ? AND "record_id" = ?',
        [(record, version, batch_id, line) for line, (record, version) in targets.items()],
    )


def aimed_at(store: Store, batch_id: int, records: Sequence[int]) -> dict[int, int]:
    """The line that changes a record, of those of the records that a line changes."""
    found: dict[int, int] = {}
    for start in range(0, len(records), 500):
        part = records[start : start + 500]
        rows = store.rows(
            'SELECT "target_id", "record_id" FROM "kefu_batch_row" WHERE "batch_id" = ?'
            f' AND "target_id" IN ({", ".join("?" * len(part))})',
            (batch_id, *part),
        )
        found |= {int(target): int(line) for target, line in rows}
    return found


def new_and_changed(store: Store, batch_id: int) -> tuple[int, int]:
    """How many lines make a record, and how many change one: of those done or to be done."""
    rows = store.rows(
        'SELECT CASE WHEN "version" = 0 THEN 0 ELSE 1 END AS "changes", COUNT(*)'
        ' FROM "kefu_batch_row" WHERE "batch_id" = ? AND "verdict" IN (?, ?)'
        ' GROUP BY CASE WHEN "version" = 0 THEN 0 ELSE 1 END',
        (batch_id, Verdict.READY, Verdict.DONE),
    )
    counted = {int(changes): int(count) for changes, count in rows}
    return counted.get(0, 0), counted.get(1, 0)


def forget_lines(store: Store, *, before: datetime) -> int:
    """Delete the lines of an import that ended before an instant; returns how many there were."""
    found = store.value(
        'SELECT MIN(b."id") FROM "kefu_batch" AS b JOIN "kefu_import_row" AS r'
        ' ON r."batch_id" = b."id" WHERE b."state" = ? AND b."finished_at" < ?',
        (State.DONE, store.to_db(ColumnKind.INSTANT, before)),
    )
    if found is None:
        return 0
    gone = store.execute('DELETE FROM "kefu_import_row" WHERE "batch_id" = ?', (int(found),))
    return int(gone.rowcount)


def _field(batch_id: int) -> str:
    return f"cells{batch_id}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
