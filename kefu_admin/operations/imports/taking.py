"""Taking a file in: read by a child process, its lines kept sealed until they are done."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.spreadsheets import Unreadable, read
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations.bulk.importing import IMPORT, check_right
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import batches
from kefu_admin.store.idempotency import IdempotencyKey

MOST_LINES = 20_000
_LONGEST_NAME = 120
_HEADS_WITHIN = 5  # lines: above the heads may stand a title, and who made the file
_LONGEST_HEAD = 100
_PIECE = 256 * 1024

Row = tuple[int, tuple[str, ...]]


def take(
    desk: Desk,
    type_id: str,
    name: str,
    stream: IO[bytes],
    *,
    most_bytes: int,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> int:
    """Keep the lines of a file to be imported; returns the id of its batch.

    Args:
        name: as the client calls it.
        most_bytes: the largest file taken.

    Raises:
        NotFound: he may not import into the type.
        Invalid: on `file`: it is no table, too large, or holds nothing.
    """
    check_right(desk, type_id, actor=actor, now=now)
    called = _name(name)
    with tempfile.TemporaryFile() as file:
        digest = _copy(stream, file, most_bytes)
        try:
            found = read(file, most_rows=MOST_LINES)
        except Unreadable as unreadable:
            raise _refused(unreadable.code, **unreadable.facts) from unreadable
    place, heads = _heads(found.rows)
    values = found.rows[place + 1 :]
    if not values:
        raise _refused("import_no_lines")
    if len(values) > MOST_LINES:
        raise _refused("import_too_long", limit=f"{MOST_LINES:,}")
    sheet = batches.Sheet(
        file=called,
        sha256=digest,
        encoding=found.encoding,
        first_line=values[0][0],
        heads=heads,
        mapping={},
    )

    def work() -> Mapping[str, Any]:
        batch_id = batches.make(
            desk.store,
            type=type_id,
            action="",
            deed=IMPORT,
            asker_id=actor.user_id,
            asker=actor.login,
            asked={},
            filter=json.dumps({"file": called, "lines": len(values)}, ensure_ascii=False),
            reason="",
            of_batch=None,
            now=now,
        )
        batches.lines.keep(desk.store, batch_id, sheet, values)
        return {"batch": batch_id}

    facts, _ = once(desk, "imports.take", work, actor=actor, now=now, key=key)
    return int(facts["batch"])


def _heads(rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Which row holds the heads, and they: of the first ones the fullest.

    Raises:
        Invalid: there is none.
    """
    first = rows[:_HEADS_WITHIN]
    if not first:
        raise _refused("import_no_lines")
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in first]
    place = filled.index(max(filled))
    return place, tuple(cell.strip()[:_LONGEST_HEAD] for cell in first[place][1])


def _copy(stream: IO[bytes], file: IO[bytes], most_bytes: int) -> str:
    """Copy what was sent; returns its SHA-256 (hex).

    Raises:
        Invalid: it is empty or larger than `most_bytes`.
    """
    size, digest = 0, hashlib.sha256()
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > most_bytes:
            raise _refused("file_too_large", most=most_bytes // (1024 * 1024))
        digest.update(piece)
        file.write(piece)
    if not size:
        raise _refused("file_empty")
    file.flush()
    file.seek(0)
    return digest.hexdigest()


def _name(name: str) -> str:
    try:
        return line(name.replace("\\", "/").rpartition("/")[2])[-_LONGEST_NAME:] or "-"
    except BadValue as bad:
        raise _refused(bad.code, **bad.facts) from bad


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid([FieldError("file", code, facts)])
