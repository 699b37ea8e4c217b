"""Taking a file in: read by a child process, its lines kept sealed until they are done.

Lines are kept portion by portion, each in a transaction of its own, so that no writer waits for a
million of them and no more than a portion is in memory. A file that was cut off cannot be mapped:
its batch stays `FREEZING` without a sheet until the worker clears it away.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.spreadsheets import Found, Unreadable, reading
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations.bulk.importing import IMPORT, check_right
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.imports.heads import Row, placed, sheet_of, top_of
from kefu_admin.operations.once import done_before, once
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import Busy, FieldError, Invalid, Refusal
from kefu_admin.store import batches
from kefu_admin.store.batches import Sheet, lines
from kefu_admin.store.idempotency import IdempotencyKey

MOST_LINES = 1_000_000  # of a text
MOST_OF_WORKBOOK = 200_000  # of each sheet: the child holds a whole one
_OPERATION = "imports.take"
_LONGEST_NAME = 120
_PIECE = 256 * 1024
_KEPT_AT_ONCE = 5_000  # lines
_KEPT_CHARACTERS = 2_000_000


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
    view = check_right(desk, type_id, actor=actor, now=now)
    called = _name(name)
    with tempfile.TemporaryFile() as file:
        digest = _copy(stream, file, most_bytes)
        batch_id, is_replayed = _begin(desk, type_id, called, actor=actor, now=now, key=key)
        if is_replayed:
            return batch_id
        try:
            with reading(file, of_text=MOST_LINES, of_workbook=MOST_OF_WORKBOOK) as found:
                counted = _keep(desk, batch_id, found)
            sheet = counted.sheet(view, called, digest, found)
            facts = _close(desk, batch_id, sheet, actor=actor, now=now, key=key)
        except Unreadable as unreadable:
            _throw_away(desk, batch_id)
            raise refused(unreadable.code, **unreadable.facts) from unreadable
        except Refusal:
            _throw_away(desk, batch_id)
            raise
    if int(facts["batch"]) != batch_id:  # the same was sent twice at the same moment
        _throw_away(desk, batch_id)
    return int(facts["batch"])


def refused(code: str, **facts: object) -> Invalid:
    """A file that is not taken."""
    return Invalid([FieldError("file", code, facts)])


@dataclass(slots=True)
class _Counted:
    """How many lines each sheet has, and the first ones of each."""

    names: tuple[str, ...]
    lines: list[int] = field(default_factory=list)
    tops: list[list[Row]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = [0] * len(self.names)
        self.tops = [[] for _ in self.names]

    def sheet(self, view: TypeView, called: str, digest: str, found: Found) -> Sheet:
        """The sheet that probably is meant: the first of those whose heads fit best.

        Raises:
            Invalid: none holds a line below heads.
        """
        full = [number for number, count in enumerate(self.lines) if count > 1]
        if not full:
            raise refused("import_no_lines")
        best = max(full, key=lambda number: placed(view, self.tops[number])[1])
        return sheet_of(
            Sheet(
                file=called,
                sha256=digest,
                encoding=found.encoding,
                sheets=tuple(zip(self.names, self.lines, strict=True)),
                number=best,
                first_line=0,
                heads=(),
                mapping={},
            ),
            self.tops[best],
            placed(view, self.tops[best])[0],
        )


def _begin(
    desk: Desk,
    type_id: str,
    called: str,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> tuple[int, bool]:
    """A batch without lines, or the one the same key made."""

    def begin() -> tuple[int, bool]:
        with desk.store.transaction():
            before = done_before(desk, _OPERATION, actor=actor, key=key)
            if before is not None:
                return int(before["batch"]), True
            made = batches.make(
                desk.store,
                type=type_id,
                action="",
                deed=IMPORT,
                asker_id=actor.user_id,
                asker=actor.login,
                asked={},
                filter=json.dumps({"file": called}, ensure_ascii=False),
                reason="",
                of_batch=None,
                now=now,
            )
            return made, False

    return desk.store.retrying(begin)


def _keep(desk: Desk, batch_id: int, found: Found) -> _Counted:
    """Write down all lines of a file.

    Raises:
        Unreadable: it is no table after all.
    """
    counted = _Counted(found.sheets)
    waiting: list[lines.Kept] = []
    many = characters = 0
    for portion in found.portions:
        if not counted.lines[portion.sheet]:
            counted.tops[portion.sheet] = top_of(portion.text)
        counted.lines[portion.sheet] += portion.many
        waiting.append(lines.Kept(portion.sheet, portion.first, portion.text))
        many, characters = many + portion.many, characters + len(portion.text)
        if many >= _KEPT_AT_ONCE or characters >= _KEPT_CHARACTERS:
            _write(desk, batch_id, waiting)
            waiting, many, characters = [], 0, 0
    _write(desk, batch_id, waiting)
    return counted


def _write(desk: Desk, batch_id: int, waiting: list[lines.Kept]) -> None:
    def write() -> None:
        with desk.store.transaction():
            lines.keep(desk.store, batch_id, waiting)

    desk.store.retrying(write)
    desk.store.let_others_in()


def _close(
    desk: Desk,
    batch_id: int,
    sheet: Sheet,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> Mapping[str, Any]:
    def close() -> Mapping[str, Any]:
        lines.describe(desk.store, batch_id, sheet)
        return {"batch": batch_id}

    facts, _ = once(desk, _OPERATION, close, actor=actor, now=now, key=key)
    return facts


def _throw_away(desk: Desk, batch_id: int) -> None:
    def forget() -> bool:
        with desk.store.transaction():
            return batches.forget(desk.store, batch_id)

    with suppress(Busy):  # the worker does it later
        while desk.store.retrying(forget):
            desk.store.let_others_in()


def _copy(stream: IO[bytes], file: IO[bytes], most_bytes: int) -> str:
    """Copy what was sent; returns its SHA-256 (hex).

    Raises:
        Invalid: it is empty or larger than `most_bytes`.
    """
    size, digest = 0, hashlib.sha256()
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > most_bytes:
            raise refused("file_too_large", most=most_bytes // (1024 * 1024))
        digest.update(piece)
        file.write(piece)
    if not size:
        raise refused("file_empty")
    file.flush()
    file.seek(0)
    return digest.hexdigest()


def _name(name: str) -> str:
    try:
        return line(name.replace("\\", "/").rpartition("/")[2])[-_LONGEST_NAME:] or "-"
    except BadValue as bad:
        raise refused(bad.code, **bad.facts) from bad
