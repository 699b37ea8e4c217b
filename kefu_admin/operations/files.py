"""Uploaded files: taken in, handed out under the record's rules, swept away when nobody wants them.

A file lies under a random name in the data directory, never under the name it came with; what it is
is said by its content, from a short list, and its name must agree. It is written and synced first
and its row last, so that a row never points at nothing; while it has no row an empty mark (a dot
and its name) lies beside, by which the janitor finds what a crash left. Rule: D26, S17, S18.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from kefu_admin.actor import Actor
from kefu_admin.behaviours.media import Unfit, media_type
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import BadValue, Storage
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import (
    FieldError,
    Forbidden,
    Invalid,
    NoSpace,
    NotFound,
    UnknownParameter,
)
from kefu_admin.store import attachments, lease
from kefu_admin.store.attachments import Attachment
from kefu_admin.store.backup.making import FILES_LEASE
from kefu_admin.store.faults import DISK_FULL, CommitUnknown
from kefu_admin.store.query import File

DIRECTORY = "files"
ORPHANS_KEPT = timedelta(hours=24)
LONGEST_NAME = 120
_PIECE = 256 * 1024
_SWEEPER = f"sweep:{secrets.token_hex(8)}"
_SWEEP_MS = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to hand out, and where it lies."""

    file: File
    path: Path


def upload(
    desk: Desk,
    type_id: str,
    field_id: str,
    name: str,
    stream: IO[bytes],
    *,
    most_bytes: int,
    actor: Actor,
    now: datetime,
) -> File:
    """Take a file in for a field; saving a record then claims it.

    Args:
        name: as the client calls it; a directory before it is cut off.
        most_bytes: the largest file taken.

    Raises:
        NotFound, UnknownParameter: no such type or field, or none for him.
        Forbidden: he may write the field in no record.
        Invalid: on `file`: empty, too large, of a kind not taken, or a name that says otherwise.
        NoSpace: the disk is full or read-only.
    """
    view = reading.type_view(desk, type_id, actor, now=now).fields.get(field_id)
    if view is None or storage(view.field) is not Storage.FILES:
        raise UnknownParameter(name=field_id)
    if not (view.edit or view.create):
        raise Forbidden
    called = _name(name)
    name = secrets.token_hex(16)
    mark = desk.store.data_directory / DIRECTORY / f".{name}"
    path = _place(mark)
    with _without_row(mark, path):
        size, digest = _write(path, stream, most_bytes)
        row = Attachment(
            id=0,
            type=type_id,
            field=field_id,
            record_id=None,
            name=called,
            media_type=_kind(path, called, images_only=view.field.type in ("image", "images")),
            size=size,
            sha256=digest,
            path=str(path.relative_to(desk.store.data_directory)),
            created_at=now,
            created_by=actor.user_id,
        )

        def keep() -> int:
            with desk.store.transaction():
                return attachments.add(desk.store, row)

        id = desk.store.retrying(keep)
    return File(id, called, size, row.media_type)


def download(
    desk: Desk, type_id: str, record_id: int, file_id: int, *, actor: Actor, now: datetime
) -> Download:
    """A file of a record, for one who sees the field it stands in.

    Raises:
        NotFound: no such file in a field of the record he sees, or its content is gone.
    """
    found = attachments.by_ids(desk.store, (file_id,)).get(file_id)
    if found is None or (found.type, found.record_id) != (type_id, record_id):
        raise NotFound
    try:
        row = reading.get(desk, type_id, record_id, actor=actor, now=now, columns=(found.field,))
    except UnknownParameter:
        raise NotFound from None
    shown = row.values.get(found.field)
    files = shown if isinstance(shown, tuple) else (shown,)
    if found.field in row.masked or not any(
        isinstance(file, File) and file.id == file_id for file in files
    ):
        raise NotFound
    path = desk.store.data_directory / found.path
    if not path.is_file():
        raise NotFound
    return Download(file=File(found.id, found.name, found.size, found.media_type), path=path)


def sweep(desk: Desk, *, now: datetime) -> int:
    """Delete files of no record that were uploaded more than a day ago; returns how many.

    The row goes first, so that nobody claims a file that is gone; a mark leads the next round to a
    file a crash left without its row, here or while it was taken in. None goes while a backup is
    being made, which still wants them all.
    """
    store = desk.store
    with store.transaction():
        if not lease.claim(store, FILES_LEASE, owner=_SWEEPER, milliseconds=_SWEEP_MS):
            return 0
    try:
        return _swept(desk, now)
    finally:
        with store.transaction():
            lease.give_up(store, FILES_LEASE, owner=_SWEEPER)


def _swept(desk: Desk, now: datetime) -> int:
    store, swept = desk.store, 0
    for orphan in attachments.orphans(store, before=now - ORPHANS_KEPT):
        swept += _discard(desk, orphan)
    for mark in (store.data_directory / DIRECTORY).glob(".*"):
        with suppress(FileNotFoundError):
            if mark.stat().st_mtime < (now - ORPHANS_KEPT).timestamp():
                path = _place(mark)
                named = str(path.relative_to(store.data_directory))
                if not attachments.has_path(store, named):
                    path.unlink(missing_ok=True)
                mark.unlink()
    return swept


def discard(desk: Desk, file_ids: Sequence[int]) -> None:
    """Delete files that purged records have just let go of, without waiting for the janitor."""
    for orphan in attachments.by_ids(desk.store, file_ids).values():
        _discard(desk, orphan)


def _discard(desk: Desk, orphan: Attachment) -> bool:
    """Delete a file of no record; False when it was claimed meanwhile."""
    store = desk.store
    path = store.data_directory / orphan.path
    mark = store.data_directory / DIRECTORY / f".{path.name}"
    mark.touch(mode=0o600)
    with store.transaction():
        gone = attachments.discard(store, orphan.id)
    if gone:
        path.unlink(missing_ok=True)
    mark.unlink()
    return gone


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid([FieldError("file", code, facts)])


def _name(raw: str) -> str:
    try:
        name = line(raw.replace("\\", "/").rpartition("/")[2])
    except BadValue as bad:
        raise _refused(bad.code, **bad.facts) from bad
    if not name.strip(". ") or len(name) > LONGEST_NAME:
        raise _refused("file_name", limit=LONGEST_NAME)
    return name


def _write(path: Path, stream: IO[bytes], most_bytes: int) -> tuple[int, str]:
    """Copy and sync; returns size and SHA-256 (hex)."""
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most_bytes:
                raise _refused("file_too_large", most=most_bytes // (1024 * 1024))
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)
    if not size:
        raise _refused("file_empty")
    return size, digest.hexdigest()


def _kind(path: Path, name: str, *, images_only: bool) -> str:
    try:
        kind = media_type(path, name)
    except Unfit as unfit:
        raise _refused(unfit.code, **unfit.facts) from unfit
    if images_only and not kind.startswith("image/"):
        raise _refused("file_not_image")
    return kind


def _place(mark: Path) -> Path:
    """Where the file of a mark lies."""
    name = mark.name.removeprefix(".")
    return mark.parent / name[:2] / name


@contextmanager
def _without_row(mark: Path, path: Path) -> Iterator[None]:
    """Mark a file whose row is not yet kept; whatever fails takes the file along.

    When the commit is unknown the row may be there, so file and mark stay for the janitor.

    Raises:
        NoSpace: the disk is full or read-only.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(mode=0o600, exist_ok=False)
        _sync(mark.parent)
        yield
    except CommitUnknown:
        raise
    except BaseException as error:
        path.unlink(missing_ok=True)
        mark.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise NoSpace from error
        raise
    mark.unlink()


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
