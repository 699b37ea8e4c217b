"""Anchors: block heads appended to a file outside the database; cutting the book short shows.

One JSON object per line: when, block number, head, lines sealed so far in that block. Whoever can
write the database but not this file cannot shorten the book further back than the last anchor; send
the file elsewhere (syslog, another machine) to widen that to whoever owns this machine.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kefu_admin.store.audit import instant_text
from kefu_admin.store.database import Store
from kefu_admin.store.seal.blocks import latest

FILE = "audit-anchors.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One line of the file."""

    at: str
    block: int
    head: str
    last_id: int


def anchor(store: Store, *, now: datetime) -> Anchor | None:
    """Append the head of the last block and sync the file; None when it stands there already."""
    last = latest(store)
    path = store.data_directory / FILE
    if last is None or _last_line(path) == last.head:
        return None
    made = Anchor(at=instant_text(now), block=last.number, head=last.head, last_id=last.last_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    _append(path, (json.dumps(asdict(made)) + "\n").encode())
    return made


def anchors(store: Store) -> Iterator[Anchor | str]:
    """The anchors in order; a line that cannot be read is given as its text."""
    path = store.data_directory / FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield Anchor(**json.loads(line))
            except (ValueError, TypeError):
                yield line.rstrip("\n")


def _append(path: Path, line: bytes) -> None:
    """A whole line or nothing: on a full disk half a line would be unreadable for ever."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _last_line(path: Path) -> str:
    """The head in the last line of the file, "" when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1024))
        tail = file.read().decode("utf-8", "replace").splitlines()
    try:
        return str(json.loads(tail[-1])["head"]) if tail else ""
    except (ValueError, KeyError, TypeError):
        return ""
