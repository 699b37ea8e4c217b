"""The lines of an uploaded CSV or workbook, read by a child process with little memory and time.

Nothing of a file is looked at in this process: the child has the file as its input, no secrets in
its environment, and answers in portions of lines, which are handed on as they come: no more than
one is in memory. Rule: reliability-security D27.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

LOST = "\ufffd"
"""What begins a cell whose number a spreadsheet has rounded: its last digits are not known."""
_CHILD = Path(__file__).with_name("child.py")
_SECONDS = 180
_LONGEST = 64 * 1024 * 1024  # bytes of a portion


class Unreadable(Exception):
    """No table can be read from the file. `code` picks the sentence; `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


class Portion(NamedTuple):
    """Some lines of a sheet that follow each other: numbers of the first and the last as a
    spreadsheet counts, how many, and `[[number, [cell, …]], …]` as JSON. Blank lines are left
    out."""

    sheet: int
    first: int
    last: int
    many: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that is being read.

    Attributes:
        encoding: of a text; "" of a workbook.
        sheets: what the sheets are called; "" of a text.
        portions: the lines, sheet after sheet; taking one raises `Unreadable`.
    """

    encoding: str
    sheets: tuple[str, ...]
    portions: Iterator[Portion]


@contextmanager
def reading(
    file: IO[bytes], *, of_text: int, of_workbook: int, seconds: float = _SECONDS
) -> Iterator[Found]:
    """The table of a file.

    Args:
        file: with a descriptor of its own; read from where it stands.
        of_text: the most lines a text may have. of_workbook: the most of a sheet.
        seconds: how long the child may take.

    Raises:
        Unreadable: it is no table, too large, or too much for the child.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(  # noqa: S603 - our own program, no shell, nothing of the request
        [sys.executable, str(_CHILD), str(of_text), str(of_workbook)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
        cwd="/",
    ) as child:
        ends = threading.Timer(seconds, child.kill)
        ends.daemon = True
        ends.start()
        try:
            assert child.stdout is not None
            told = _json(child.stdout)
            yield Found(
                encoding=str(told["encoding"]),
                sheets=tuple(map(str, told["sheets"])),
                portions=_portions(child.stdout),
            )
        finally:
            ends.cancel()
            child.kill()


def _portions(stream: IO[bytes]) -> Iterator[Portion]:
    while not (line := _line(stream)).startswith(b"{"):
        try:
            sheet, first, last, many, text = line.decode().rstrip("\n").split(" ", 4)
            yield Portion(int(sheet), int(first), int(last), int(many), text)
        except ValueError:
            raise Unreadable("import_too_much") from None
    _told(line)


def _json(stream: IO[bytes]) -> dict[str, Any]:
    return _told(_line(stream))


def _told(line: bytes) -> dict[str, Any]:
    """What the child says; what it refuses is raised."""
    try:
        told = json.loads(line)
    except ValueError:  # it broke while it said so
        raise Unreadable("import_too_much") from None
    if "refused" in told:
        raise Unreadable(told["refused"], **told["facts"])
    return dict(told)


def _line(stream: IO[bytes]) -> bytes:
    line = stream.readline(_LONGEST)
    if not line.endswith(b"\n"):  # it was ended, or it says more than it should
        raise Unreadable("import_too_much")
    return line
