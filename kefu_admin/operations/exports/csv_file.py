"""A table as CSV: UTF-8 with a mark spreadsheets know it by, lines ending as Windows wants them.

CSV knows no types, so a text a spreadsheet would take for a formula is led by an apostrophe, which
import takes off again. Numbers are numbers, with their minus. Rule: reliability-security D28, S12.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from kefu_admin.operations.exports.cells import (
    STARTS,
    Kind,
    Setting,
    are_harmless,
    are_plain,
    clean,
    head,
    kind_of,
    texts,
)
from kefu_admin.operations.reading.tables import Table
from kefu_admin.store.read import Part

MARK = b"\xef\xbb\xbf"


def pieces(table: Table, setting: Setting) -> Iterator[bytes]:
    """The file, part by part."""
    heads = [head(column.field, setting.locale) for column in table.columns]
    yield MARK + _lines([guarded(heads)])
    for part in table.parts():
        yield _lines(zip(*_columns(table, part, setting), strict=True))


def guarded(texts: list[str]) -> list[str]:
    """Texts no spreadsheet runs."""
    if not are_plain(texts):
        texts = [clean(text) for text in texts]
    if are_harmless(texts):
        return texts
    return [f"'{text}" if text.startswith(STARTS) else text for text in texts]


def _columns(table: Table, part: Part, setting: Setting) -> list[list[str]]:
    made = []
    for column in table.columns:
        name = column.field.id
        masked = part.masked.get(name, ())
        written = texts(column, part.values[name], masked, setting)
        if kind_of(column.field) is Kind.TEXT or masked:
            written = guarded(written)
        made.append(written)
    return made


def _lines(rows: Iterator[tuple[str, ...]] | Sequence[Sequence[str]]) -> bytes:
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")
