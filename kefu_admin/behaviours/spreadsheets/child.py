"""Reads one spreadsheet from its input and writes its rows as lines; a program of its own.

It first limits its own memory and time, and looks at what an archive says of itself before it is
opened. It imports nothing of ours. Rule: reliability-security D27.

What it writes: a line of JSON with the encoding and the names of the sheets; then portions of rows,
each as `sheet first last count` and the JSON of `[[number, [cell, …]], …]` on a line; at last how
it ended, as JSON.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any
from xml.etree import ElementTree

_MEMORY = 768 * 1024 * 1024
_SECONDS = 90
_ENTRIES, _UNPACKED, _RATIO = 2_000, 512 * 1024 * 1024, 100
_SHEETS = 20
_COLUMNS = 200
_CHARACTERS = 400_000_000  # of all cells together
_PORTION, _PORTION_CHARACTERS = 500, 500_000
_SPARE = 20  # lines above the heads and the heads
_PIECE = 1024 * 1024
_ROUNDED = 10**15  # from here on a spreadsheet does not know the last digits
_LOST = "\ufffd"
_ERRORS = 10_000  # cells with an error; beyond, nobody mends them by hand
_ERROR = "#ERROR"  # what a cell of a formula that failed is told as
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"[^>]*>')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


class Refused(Exception):
    """The file is not taken."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def main() -> None:
    """Read, and say rows or the refusal."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    of_text, of_workbook = int(sys.argv[1]), int(sys.argv[2])
    try:
        with open(0, "rb", closefd=False) as file:
            tell(file, of_text, of_workbook)
    except Refused as refused:
        say({"refused": refused.code, "facts": refused.facts})
    except MemoryError:
        say({"refused": "import_too_much", "facts": {}})


def say(what: object) -> None:
    """One line of the answer."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")


def tell(file: IO[bytes], of_text: int, of_workbook: int) -> None:
    """Write all of a file.

    Raises:
        Refused: it is neither a workbook nor a text, or too large.
    """
    began = file.read(8)
    file.seek(0)
    if not began:
        raise Refused("file_empty")
    if began.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("import_old_workbook")
    counted = Counted()
    if began.startswith(b"PK\x03\x04"):
        book = Workbook(file)
        say({"encoding": "", "sheets": book.names})
        for place, name in enumerate(book.names):
            portions(place, bounded(book.rows(name, of_workbook), of_workbook, counted))
    else:
        encoding = encoding_of(file)
        say({"encoding": encoding.removesuffix("-sig"), "sheets": [""]})
        portions(0, bounded(comma_separated(file, encoding), of_text, counted))
    say({"end": True})


def portions(sheet: int, rows: Iterable[tuple[int, list[str]]]) -> None:
    """Write the rows of a sheet, some at a time."""
    some: list[tuple[int, list[str]]] = []
    characters = 0
    for row in rows:
        some.append(row)
        characters += sum(map(len, row[1]))
        if len(some) == _PORTION or characters > _PORTION_CHARACTERS:
            portion(sheet, some)
            some, characters = [], 0
    if some:
        portion(sheet, some)


def portion(sheet: int, rows: list[tuple[int, list[str]]]) -> None:
    """Write some rows."""
    written = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write(f"{sheet} {rows[0][0]} {rows[-1][0]} {len(rows)} {written}\n")


class Workbook:
    """The sheets of a workbook that people see, as calamine reads them.

    Raises:
        Refused: it says of itself that it holds too much, or is none.
    """

    def __init__(self, file: IO[bytes]) -> None:
        from python_calamine import (
            CalamineError,
            CalamineWorkbook,
            SheetTypeEnum,
            SheetVisibleEnum,
        )

        self._archive = checked(file)
        file.seek(0)
        try:
            self._book = CalamineWorkbook.from_filelike(file)
        except (CalamineError, OSError, ValueError):
            raise Refused("import_not_a_table") from None
        self._faults = (CalamineError, IndexError, OSError, ValueError)
        self.names = [
            one.name
            for one in self._book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ][:_SHEETS]

    def rows(self, name: str, most_rows: int) -> Iterator[list[str]]:
        """The rows of a sheet; a cell merged over several rows stands in each of them.

        Raises:
            Refused: it cannot be read, or has too many rows or columns.
        """
        try:
            sheet = self._book.get_sheet_by_name(name)
        except self._faults:
            raise Refused("import_not_a_table") from None
        end = sheet.end
        if end is None:
            return
        if end[0] > most_rows + _SPARE:
            raise Refused("import_too_long_workbook", limit=f"{most_rows:,}")
        if end[1] >= _COLUMNS:
            raise Refused("import_too_wide", limit=_COLUMNS)
        wrong = errors(self._archive, name)
        merged = {
            (row, first[1]): first[0]
            for first, last in (sheet.merged_cell_ranges or ())
            if first[1] == last[1]
            for row in range(first[0] + 1, min(last[0], end[0]) + 1)
        }
        above: dict[int, str] = {}  # column: what the cell merged down from stood there
        first_column = 0 if sheet.start is None else sheet.start[1]
        for number, row in enumerate(sheet.iter_rows()):  # from the first row, not the first column
            cells = [""] * first_column + [cell(value) for value in row]
            for column in wrong.get(number, ()):
                if column < len(cells):
                    cells[column] = _ERROR
            if merged:
                for column, text in enumerate(cells):
                    if (number, column) in merged:
                        cells[column] = above.get(column, "")
                    else:
                        above[column] = text
            yield cells


def checked(file: IO[bytes]) -> zipfile.ZipFile:
    """An archive that may be opened, by what it says of itself.

    Raises:
        Refused: it holds too much, or is no workbook.
    """
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise Refused("import_not_a_table") from None
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > _ENTRIES
        or unpacked > _UNPACKED
        or any(entry.file_size > _RATIO * max(entry.compress_size, 10_000) for entry in entries)
    ):
        raise Refused("import_too_much")
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise Refused("import_not_a_table")
    return archive


def errors(archive: zipfile.ZipFile, name: str) -> dict[int, list[int]]:
    """The columns of cells whose formula failed, by row: calamine tells them as blank.

    Raises:
        Refused: there are very many.
    """
    found: dict[int, list[int]] = {}
    count = 0
    part = part_of(archive, name)
    if part not in archive.namelist():
        return found
    with archive.open(part) as sheet:
        rest = b""
        while piece := sheet.read(_PIECE):
            text = rest + piece
            cut = text.rfind(b"<")
            text, rest = text[:cut], text[cut:]
            for match in _CELL.finditer(text):
                place = _PLACE.search(match.group())
                count += 1
                if count > _ERRORS:
                    raise Refused("import_many_errors", limit=f"{_ERRORS:,}")
                if place is not None:
                    column = 0
                    for letter in place[1]:
                        column = column * 26 + letter - 64
                    found.setdefault(int(place[2]) - 1, []).append(column - 1)
    return found


def part_of(archive: zipfile.ZipFile, name: str) -> str:
    """Where in the archive a sheet lies; "" when that is not told."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - limited
        ties = ElementTree.fromstring(  # noqa: S314 - as above
            archive.read("xl/_rels/workbook.xml.rels")
        )
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile):
        return ""
    targets = {tie.get("Id"): tie.get("Target") or "" for tie in ties}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == name:
            tie = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            return posixpath.normpath(posixpath.join("/xl", targets.get(tie, ""))).lstrip("/")
    return ""


def cell(value: Any) -> str:  # of any kind calamine knows
    """A cell as a person would type it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = format(Decimal(repr(value)).normalize(), "f")
        return f"{_LOST}{text}" if abs(value) >= _ROUNDED else text
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)


def encoding_of(file: IO[bytes]) -> str:
    """The encoding of a text, which is read through: UTF-8, UTF-16 with a mark, GB18030.

    Raises:
        Refused: it is none of these.
    """
    began = file.read(2)
    for encoding in ("utf-16",) if began in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := file.read(_PIECE):
                if "\x00" in decoder.decode(piece):
                    raise Refused("import_not_a_table")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if encoding == "utf-8" else encoding
    raise Refused("import_not_a_table")


def comma_separated(file: IO[bytes], encoding: str) -> Iterator[list[str]]:
    """The rows of a text; commas, tabs or semicolons part the cells.

    Raises:
        Refused: a quote is never closed, or a cell is too long.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    first = text.read(10_000).split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    text.seek(0)
    try:
        yield from csv.reader(text, delimiter=mark, strict=True)
    except csv.Error:
        raise Refused("import_not_a_table") from None
    finally:
        text.detach()


class Counted:
    """The characters of all cells so far."""

    characters = 0


def bounded(
    rows: Iterable[list[str]], most_rows: int, counted: Counted
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers.

    Raises:
        Refused: there are too many, too wide ones, or too much text.
    """
    found = 0
    for number, cells in enumerate(rows, start=1):
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        found += 1
        counted.characters += sum(map(len, cells))
        if found > most_rows + _SPARE:
            raise Refused("import_too_long", limit=f"{most_rows:,}")
        if len(cells) > _COLUMNS:
            raise Refused("import_too_wide", limit=_COLUMNS)
        if counted.characters > _CHARACTERS:
            raise Refused("import_too_much")
        yield number, cells


if __name__ == "__main__":
    main()
