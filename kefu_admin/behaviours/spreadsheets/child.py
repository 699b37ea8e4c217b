"""Reads one spreadsheet from its input and writes its rows as lines of JSON; a program of its own.

It first limits its own memory and time, and looks at what an archive says of itself before it is
opened. It imports nothing of ours. Rule: reliability-security D27.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_MEMORY = 512 * 1024 * 1024
_SECONDS = 20
_ENTRIES, _UNPACKED, _RATIO = 2_000, 200 * 1024 * 1024, 100
_COLUMNS = 200
_CHARACTERS = 10_000_000  # of all cells together
_ROUNDED = 10**15  # from here on a spreadsheet does not know the last digits
_LOST = "\ufffd"


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
    most_rows = int(sys.argv[1])
    try:
        encoding, rows = table(sys.stdin.buffer.read(), most_rows)
        for number, cells in bounded(rows, most_rows):
            say([number, cells])
        say({"end": True, "encoding": encoding})
    except Refused as refused:
        say({"refused": refused.code, "facts": refused.facts})
    except MemoryError:
        say({"refused": "import_too_much", "facts": {}})


def say(what: object) -> None:
    """One line of the answer."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")


def table(data: bytes, most_rows: int) -> tuple[str, Iterable[list[str]]]:
    """The encoding and the rows of a file.

    Raises:
        Refused: it is neither a workbook nor a text.
    """
    if not data:
        raise Refused("file_empty")
    if data.startswith(b"PK\x03\x04"):
        checked(data)
        return "", workbook(data, most_rows)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("import_old_workbook")
    encoding, text = decoded(data)
    return encoding, comma_separated(text)


def checked(data: bytes) -> None:
    """What an archive says of itself.

    Raises:
        Refused: it holds too much, or is no workbook.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise Refused("import_not_a_table") from None
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > _ENTRIES
        or unpacked > _UNPACKED
        or any(entry.file_size > _RATIO * max(entry.compress_size, 10_000) for entry in entries)
    ):
        raise Refused("import_too_much")
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise Refused("import_not_a_table")


def workbook(data: bytes, most_rows: int) -> Iterator[list[str]]:
    """The rows of a workbook's first sheet.

    Raises:
        Refused: it cannot be read, or has too many rows or columns.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, IndexError, OSError, ValueError):
        raise Refused("import_not_a_table") from None
    end = sheet.end
    if end is None:
        raise Refused("file_empty")
    if end[0] > most_rows + 10:  # heads and what stands above them
        raise Refused("import_too_long", limit=f"{most_rows:,}")
    if end[1] >= _COLUMNS:
        raise Refused("import_too_wide", limit=_COLUMNS)
    for row in sheet.to_python(skip_empty_area=False):
        yield [cell(value) for value in row]


def cell(value: object) -> str:
    """A cell as a person would type it."""
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


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding: UTF-8, UTF-16 with a mark, GB18030.

    Raises:
        Refused: it is none of these.
    """
    marked = (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if data.startswith(marked) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return encoding.removesuffix("-sig"), text
    raise Refused("import_not_a_table")


def comma_separated(text: str) -> Iterator[list[str]]:
    """The rows of a text; commas, tabs or semicolons part the cells.

    Raises:
        Refused: a quote is never closed, or a cell is too long.
    """
    first = text[:10_000].split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    except csv.Error:
        raise Refused("import_not_a_table") from None


def bounded(rows: Iterable[list[str]], most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers.

    Raises:
        Refused: there are too many, too wide ones, or too much text.
    """
    found = characters = 0
    for number, cells in enumerate(rows, start=1):
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        found += 1
        characters += sum(map(len, cells))
        if found > most_rows + 6:
            raise Refused("import_too_long", limit=f"{most_rows:,}")
        if len(cells) > _COLUMNS:
            raise Refused("import_too_wide", limit=_COLUMNS)
        if characters > _CHARACTERS:
            raise Refused("import_too_much")
        yield number, cells


if __name__ == "__main__":
    main()
