"""What was read from a file to be imported: its heads, and its lines until they are done.

Lines are kept some hundred together. Cells may be personal, and so may what was taken for heads, so
they lie sealed, bound to their batch, sheet and first line, and go a day after the import has
ended. Rule: reliability-security D25, D28.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from kefu_admin.store import inserts
from kefu_admin.store.batches.rows import State
from kefu_admin.store.crypto import vault_of
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verdicts import Verdict

_TYPE = "kefu_import"
_COLUMNS = ("batch_id", "sheet", "line", "cells")
_TOLD = 500  # lines told at once
_FORGOTTEN = 200  # rows of many lines each, deleted at once

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is known of a file, and of the sheet of it that is imported.

    Attributes:
        file: its name. encoding: of a text, "" of a workbook.
        sheets: (name, how many lines) of each sheet; one without a name of a text.
        number: which of them is imported.
        first_line: where the values begin, as a spreadsheet counts; the heads stand before.
        heads: what stands above the columns.
        mapping: fields by place of their column; empty until the person has said.
        key_field: by which a line finds the record it changes; "" when all are new.
    """

    file: str
    sha256: str
    encoding: str
    sheets: tuple[tuple[str, int], ...]
    number: int
    first_line: int
    heads: Cells
    mapping: Mapping[int, str]
    key_field: str = ""


class Kept(NamedTuple):
    """Lines that follow each other, as they are kept: `[[number, [cell, …]], …]` as JSON."""

    sheet: int
    first: int
    text: str


def keep(store: Store, batch_id: int, some: Sequence[Kept]) -> None:
    """Write lines of a file down, in the open transaction."""
    vault = vault_of(store)
    rows = []
    for sheet, first, text in some:
        packed = base64.b64encode(zlib.compress(text.encode(), 1)).decode()
        field = _field(batch_id, sheet)
        sealed = vault.seal(packed, type_id=_TYPE, field=field, record_id=first)
        rows.append((batch_id, sheet, first, sealed))
    inserts.many(store, "kefu_import_row", _COLUMNS, rows)


def describe(store: Store, batch_id: int, sheet: Sheet) -> None:
    """All lines of a file are kept: write down what is known of it, in the open transaction."""
    store.insert(
        'INSERT INTO "kefu_import" ("batch_id", "file", "sha256", "encoding", "first_line",'
        ' "heads", "mapping", "key_field", "sheet", "sheets") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,'
        " ?)",
        (batch_id, sheet.file, sheet.sha256, sheet.encoding, sheet.first_line,
         _heads(store, batch_id, sheet.heads), "{}", "", sheet.number, _json(sheet.sheets)),
    )  # fmt: skip


def choose(store: Store, batch_id: int, sheet: Sheet) -> None:
    """The person has said which sheet, where it begins, and which column holds which field; in the
    open transaction."""
    mapping = _json({str(place): name for place, name in sheet.mapping.items()})
    store.execute(
        'UPDATE "kefu_import" SET "sheet" = ?, "first_line" = ?, "heads" = ?, "mapping" = ?,'
        ' "key_field" = ? WHERE "batch_id" = ?',
        (sheet.number, sheet.first_line, _heads(store, batch_id, sheet.heads), mapping,
         sheet.key_field, batch_id),
    )  # fmt: skip


def sheet(store: Store, batch_id: int) -> Sheet | None:
    """What is known of a batch's file; None when it is no import, or not all of it is kept yet."""
    row = store.row(
        'SELECT "file", "sha256", "encoding", "first_line", "heads", "mapping", "key_field",'
        ' "sheet", "sheets" FROM "kefu_import" WHERE "batch_id" = ?',
        (batch_id,),
    )
    if row is None:
        return None
    file, sha256, encoding, first_line, heads, mapping, key_field, number, sheets = row
    field = f"heads{batch_id}"
    told = heads or "[]"
    if not told.startswith("["):  # as they were kept before they were sealed
        told = vault_of(store).open(told, type_id=_TYPE, field=field, record_id=0)
    return Sheet(
        file=file,
        sha256=sha256,
        encoding=encoding,
        sheets=tuple((str(name), int(count)) for name, count in json.loads(sheets or "[]")),
        number=int(number),
        first_line=int(first_line),
        heads=tuple(json.loads(told)),
        mapping={int(place): name for place, name in json.loads(mapping).items()},
        key_field=key_field,
    )


def after(
    store: Store, batch_id: int, number: int, line: int, *, limit: int
) -> list[tuple[int, Cells]]:
    """The next lines of a sheet behind one of them: (number, cells)."""
    found: list[tuple[int, Cells]] = []
    for lines in _portions(store, batch_id, number, line + 1):
        found += [one for one in lines if one[0] > line]
        if len(found) >= limit:
            break
    return found[:limit]


def cells(store: Store, batch_id: int, number: int, *, first: int, last: int) -> dict[int, Cells]:
    """The cells of some lines of a sheet that are still there, by line."""
    found: dict[int, Cells] = {}
    for lines in _portions(store, batch_id, number, first):
        found.update(one for one in lines if first <= one[0] <= last)
        if lines[-1][0] >= last:
            break
    return found


def _portions(
    store: Store, batch_id: int, number: int, first: int
) -> Iterator[list[tuple[int, Cells]]]:
    """What is kept together, from where a line stands on."""
    vault, field = vault_of(store), _field(batch_id, number)
    begin = store.value(
        'SELECT MAX("line") FROM "kefu_import_row" WHERE "batch_id" = ? AND "sheet" = ?'
        ' AND "line" <= ?',
        (batch_id, number, first),
    )
    at = int(begin) if begin is not None else first
    while (
        row := store.row(
            'SELECT "line", "cells" FROM "kefu_import_row" WHERE "batch_id" = ? AND "sheet" = ?'
            ' AND "line" >= ? ORDER BY "line" LIMIT 1',
            (batch_id, number, at),
        )
    ) is not None:
        line, sealed = int(row[0]), row[1]
        packed = vault.open(sealed, type_id=_TYPE, field=field, record_id=line)
        yield _unpacked(packed)
        at = line + 1


@lru_cache(maxsize=2)
def _unpacked(packed: str) -> list[tuple[int, Cells]]:
    """Lines kept together; chunk after chunk begins amid the same ones."""
    told = json.loads(zlib.decompress(base64.b64decode(packed)))
    return [(int(n), tuple(texts)) for n, texts in told]


def tell_made(store: Store, batch_id: int, made: Mapping[int, int]) -> None:
    """Write down which record each line has made: that is its verdict, too."""
    if store.dialect is Dialect.POSTGRESQL:
        given = [{"line": line, "record": record} for line, record in made.items()]
        store.execute(
            'UPDATE "kefu_batch_row" AS r SET "verdict" = ?, "version_after" = 1,'
            ' "target_id" = j."record"'
            ' FROM json_to_recordset(CAST(? AS json)) AS j("line" bigint, "record" bigint)'
            ' WHERE r."batch_id" = ? AND r."record_id" = j."line"',
            (Verdict.DONE, _json(given), batch_id),
        )
        return
    if store.dialect is Dialect.MARIADB:  # it has no updating of many rows but over their key
        told = list(made.items())
        for start in range(0, len(told), _TOLD):
            part = told[start : start + _TOLD]
            rows = ", ".join(["(?, ?, 0, ?, 1, ?)"] * len(part))
            store.execute(
                'INSERT INTO "kefu_batch_row" ("batch_id", "record_id", "version", "verdict",'
                f' "version_after", "target_id") VALUES {rows} ON DUPLICATE KEY UPDATE'
                ' "verdict" = VALUES("verdict"), "version_after" = VALUES("version_after"),'
                ' "target_id" = VALUES("target_id")',
                [v for line, record in part for v in (batch_id, line, Verdict.DONE, record)],
            )
        return
    store.execute_many(
        'UPDATE "kefu_batch_row" SET "verdict" = ?, "version_after" = 1, "target_id" = ?'
        ' WHERE "batch_id" = ? AND "record_id" = ?',
        [(Verdict.DONE, record, batch_id, line) for line, record in made.items()],
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
    """Delete lines of an import that ended before an instant; returns how many portions there
    were."""
    found = store.value(
        'SELECT MIN(b."id") FROM "kefu_batch" AS b JOIN "kefu_import_row" AS r'
        ' ON r."batch_id" = b."id" WHERE b."state" = ? AND b."finished_at" < ?',
        (State.DONE, store.to_db(ColumnKind.INSTANT, before)),
    )
    if found is None:
        return 0
    store.execute("""UPDATE "kefu_import" SET "heads" = '' WHERE "batch_id" = ?""", (int(found),))
    return forget_some(store, int(found))


def forget_some(store: Store, batch_id: int) -> int:
    """Delete a portion of a file's lines; returns how many rows that was."""
    rows = store.rows(
        f'SELECT "id" FROM "kefu_import_row" WHERE "batch_id" = ? ORDER BY "id" LIMIT {_FORGOTTEN}',
        (batch_id,),
    )
    if rows:
        store.execute(
            'DELETE FROM "kefu_import_row" WHERE "batch_id" = ? AND "id" <= ?',
            (batch_id, rows[-1][0]),
        )
    return len(rows)


def _heads(store: Store, batch_id: int, heads: Sequence[str]) -> str:
    field = f"heads{batch_id}"
    return vault_of(store).seal(_json(heads), type_id=_TYPE, field=field, record_id=0)


def _field(batch_id: int, sheet: int) -> str:
    return f"cells{batch_id}.{sheet}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
