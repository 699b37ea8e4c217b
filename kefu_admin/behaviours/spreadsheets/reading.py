"""The lines of an uploaded CSV or workbook, read by a child process with little memory and time.

Nothing of a file is looked at in this process: the child has the file as its input, no secrets in
its environment, and answers in lines of JSON. Rule: reliability-security D27.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LOST = "\ufffd"
"""What begins a cell whose number a spreadsheet has rounded: its last digits are not known."""
_CHILD = Path(__file__).with_name("child.py")
_SECONDS = 30


class Unreadable(Exception):
    """No table can be read from the file. `code` picks the sentence; `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table as it stands in a file.

    Attributes:
        encoding: of a text; "" of a workbook.
        rows: (number as a spreadsheet counts, texts of its cells); empty ones are left out.
    """

    encoding: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(file: IO[bytes], *, most_rows: int, seconds: float = _SECONDS) -> Found:
    """The table of a file, of a workbook its first sheet.

    Args:
        file: with a descriptor of its own; read from where it stands.
        most_rows: the most lines a file may have.
        seconds: how long the child may take.

    Raises:
        Unreadable: it is no table, too large, or too much for the child.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        child = subprocess.run(  # noqa: S603 - our own program, no shell, nothing of the request
            [sys.executable, str(_CHILD), str(most_rows)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("import_too_much") from None
    told = [json.loads(line) for line in child.stdout.splitlines()]
    if told and "refused" in told[-1]:
        raise Unreadable(told[-1]["refused"], **told[-1]["facts"])
    if child.returncode != 0 or not told or "end" not in told[-1]:
        raise Unreadable("import_too_much")
    rows = tuple((int(number), tuple(cells)) for number, cells in told[:-1])
    return Found(encoding=told[-1]["encoding"], rows=rows)
