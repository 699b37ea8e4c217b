"""A table as a workbook of one sheet, written while it is sent: nothing is kept but a part.

Texts are cells of type text, marked as texts, so that no spreadsheet runs them, not even after an
edit. Numbers of up to fifteen digits, days and instants are real ones; longer numbers are texts,
for a spreadsheet would round them. Above the heads stands who took the file, and when.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from io import RawIOBase
from typing import Any

from kefu_admin.operations.exports import parcel
from kefu_admin.operations.exports.cells import (
    Kind,
    Setting,
    are_plain,
    clean,
    clock,
    head,
    kind_of,
    number_text,
    texts,
)
from kefu_admin.operations.reading.tables import Column, Table
from kefu_admin.store.read import Part

MOST_ROWS = 1_048_576 - 2
"""Rows of a sheet, without mark and heads."""
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST = 61  # 1900-03-01; before it sheets count a day that never was
_DIGITS = 15
_TEXT, _NUMBER, _DATE, _INSTANT, _HEAD, _MARK = range(1, 7)  # places in `parcel.STYLES`
_WIDTHS = {Kind.TEXT: 22, Kind.NUMBER: 14, Kind.DATE: 12, Kind.INSTANT: 18}
_NOTHING = "<c/>"
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # readers take _x0041_ for A
_ESCAPED = re.compile("[&<>]|_x")
_MINUTES = tuple(f"{Decimal(minute) / 1440:.10f}"[1:] for minute in range(1440))


def pieces(table: Table, setting: Setting, *, title: str, mark: str) -> Iterator[bytes]:
    """The file, part by part.

    Args:
        title: of the sheet.
        mark: who took the file and when.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in parcel.parts(title, mark):
            book.writestr(_entry(name), text)
        with book.open(_entry(parcel.SHEET), "w") as sheet:
            sheet.write(_begin(table, setting, mark).encode())
            yield sink.taken()
            at = 3
            for part in table.parts():
                sheet.write(_rows(table, part, setting, at).encode())
                at += part.count
                yield sink.taken()
            sheet.write(_end(len(table.columns), at - 1, mark).encode())
    yield sink.taken()


class _Sink(RawIOBase):
    """A file that can only be written, and what was written taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        made, self._pieces = b"".join(self._pieces), []
        return made


def _entry(name: str) -> zipfile.ZipInfo:
    """A member of the parcel; its time tells nothing."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _begin(table: Table, setting: Setting, mark: str) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{_WIDTHS[kind_of(column.field)]}"'
        f' style="{_style(kind_of(column.field))}" customWidth="1"/>'
        for at, column in enumerate(table.columns, start=1)
    )
    heads = "".join(
        _string(clean(head(column.field, setting.locale)), _HEAD) for column in table.columns
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{parcel.MAIN}">'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
        f'<row r="1">{_string(clean(mark), _MARK)}</row><row r="2">{heads}</row>'
    )


def _end(columns: int, last: int, mark: str) -> str:
    header = escape(clean(mark).replace("&", "&&"))[:200]
    return (
        f'</sheetData><autoFilter ref="A2:{_letters(columns)}{max(2, last)}"/>'
        f"<headerFooter><oddHeader>&amp;L{header}</oddHeader>"
        "<oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def _letters(number: int) -> str:
    """A column's name: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _rows(table: Table, part: Part, setting: Setting, first: int) -> str:
    columns = [_cells(column, part, setting) for column in table.columns]
    return "".join(
        [
            f'<row r="{number}">{"".join(cells)}</row>'
            for number, cells in enumerate(zip(*columns, strict=True), start=first)
        ]
    )


def _cells(column: Column, part: Part, setting: Setting) -> Sequence[str]:
    name = column.field.id
    values, masked = part.values[name], part.masked.get(name, ())
    kind = kind_of(column.field)
    if column.field.type == "children":
        values = [len(value) if isinstance(value, tuple) else None for value in values]
    elif kind is Kind.TEXT or masked or column.mask:
        return _strings(texts(column, values, masked, setting))
    made = _writer(kind, setting)
    return [_NOTHING if value is None else made(value) for value in values]


def _writer(kind: Kind, setting: Setting) -> Callable[[Any], str]:
    if kind is Kind.NUMBER:
        return _number
    if kind is Kind.DATE:
        return _date
    moment = clock(setting.zone)
    return lambda instant: _moment(*moment(instant))


def _style(kind: Kind) -> int:
    return {Kind.NUMBER: _NUMBER, Kind.DATE: _DATE, Kind.INSTANT: _INSTANT}.get(kind, _TEXT)


def _strings(several: Sequence[str]) -> list[str]:
    """Cells of texts; those of a column in which nothing is to be escaped are put together fast."""
    if not are_plain(several) or _ESCAPED.search("".join(several)):
        return [_string(text, _TEXT) for text in several]
    return [
        f'<c t="inlineStr" s="{_TEXT}"><is><t xml:space="preserve">{text}</t></is></c>'
        if text
        else _NOTHING
        for text in several
    ]


def _string(text: str, style: int) -> str:
    if not text:
        return _NOTHING
    text = _ESCAPE.sub("_x005F_", escape(clean(text), quote=False)).replace("\r", "")
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _number(value: object) -> str:
    text = number_text(value)
    if len(text.lstrip("-").replace(".", "")) > _DIGITS:
        return _string(text, _TEXT)
    return f'<c s="{_NUMBER}"><v>{text}</v></c>'


def _date(value: date) -> str:
    days = value.toordinal() - _EPOCH
    if days < _FIRST:
        return _string(value.isoformat(), _TEXT)
    return f'<c s="{_DATE}"><v>{days}</v></c>'


def _moment(day: int, minute: int) -> str:
    days = day - _EPOCH
    if days < _FIRST:
        text = f"{date.fromordinal(day).isoformat()} {minute // 60:02}:{minute % 60:02}"
        return _string(text, _TEXT)
    return f'<c s="{_INSTANT}"><v>{days}{_MINUTES[minute]}</v></c>'
