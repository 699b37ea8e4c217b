"""The file of a backup: a ZIP under one signature, or the same sealed with a key.

The last 80 bytes are the signature: SHA-256 of all bytes before them, the id of the signing key, an
HMAC over both, and a mark. In a plain archive they stand in the place of the ZIP's comment, so that
any tool opens it; a sealed one shows nothing but its size. `opened` reads the whole file once and
believes nothing before the signature holds.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from kefu_admin.store.backup.refusals import (
    BackupDamaged,
    BackupForeign,
    BackupKeyWrong,
    BackupLocked,
    BackupUnwritable,
    NoBackup,
)
from kefu_admin.store.backup.streams import (
    CHUNK,
    Digesting,
    Key,
    Sealing,
    Unsealed,
    WrongKey,
    kind_of,
)
from kefu_admin.store.crypto import derive

Lock = Key
"""The key a backup is locked with."""

_MARK = b"KEFUBAK1"
_SIGNATURE = 32 + 8 + 32 + len(_MARK)
_QUICK = 1  # deflate level: the rows shrink to a fifth, at the speed of a disk


class Writer:
    """An archive being written."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A member to write to; files that are packed already are stored as they are."""
        stored: str | zipfile.ZipInfo = name if packed else zipfile.ZipInfo(name)
        with self._zip.open(stored, "w", force_zip64=True) as member:
            yield member

    def put(self, name: str, content: bytes) -> None:
        """A whole member."""
        with self.member(name) as member:
            member.write(content)


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup whose signature holds, open for reading."""

    path: Path
    size: int
    sealed: bool
    _zip: zipfile.ZipFile

    def read(self, name: str) -> bytes:
        """A whole member."""
        return self._zip.read(name)

    def open(self, name: str) -> IO[bytes]:
        """A member to read from."""
        return self._zip.open(name)

    def names(self, start: str) -> list[str]:
        """The members whose names begin so."""
        return [name for name in self._zip.namelist() if name.startswith(start)]


@contextmanager
def written(path: Path, *, secret: bytes, lock: Lock | None) -> Iterator[Writer]:
    """Write an archive; it appears under its name only when it is whole and on the disk.

    Raises:
        BackupUnwritable: no room, no right, no such directory.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb", opener=_private) as file:
            digesting = Digesting(file, held_back=0 if lock else _SIGNATURE)
            sealing = Sealing(digesting, lock) if lock else None
            buffered = io.BufferedWriter(sealing or digesting, CHUNK)
            with zipfile.ZipFile(
                buffered, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK
            ) as zipped:
                if lock is None:
                    zipped.comment = bytes(_SIGNATURE)
                yield Writer(zipped)
            buffered.flush()
            if sealing is not None:
                sealing.finish()
            file.write(_signature(digesting.digest.digest(), secret))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise BackupUnwritable(path=path, why=error.strerror or str(error)) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def opened(path: Path, *, secret: bytes, lock: Lock | None = None) -> Iterator[Archive]:
    """An archive, after all of it has been checked.

    Raises:
        NoBackup, BackupDamaged, BackupForeign, BackupLocked, BackupKeyWrong: it cannot be used.
    """
    try:
        file: BinaryIO = path.open("rb")
    except OSError as error:
        raise NoBackup(path=path) from error
    with file:
        size = _checked(file, path, secret)
        file.seek(0)
        kind = kind_of(file.read(64))
        if kind and (lock is None or lock.kind != kind):
            raise BackupLocked(path=path, kind=kind)
        plain = file
        if kind and lock is not None:
            plain = cast("BinaryIO", io.BufferedReader(Unsealed(file, size, lock), CHUNK))
        try:
            zipped = zipfile.ZipFile(plain)
        except WrongKey as error:
            raise BackupKeyWrong(path=path) from error
        except zipfile.BadZipFile as error:
            raise BackupDamaged(path=path) from error
        with zipped:
            yield Archive(path, size, bool(kind), zipped)


def _checked(file: BinaryIO, path: Path, secret: bytes) -> int:
    """The size of the signed part of a file whose signature holds."""
    size = file.seek(0, os.SEEK_END) - _SIGNATURE
    if size <= 0:
        raise NoBackup(path=path)
    file.seek(size)
    signature = file.read(_SIGNATURE)
    if not signature.endswith(_MARK):
        raise NoBackup(path=path)
    file.seek(0)
    digest, left = hashlib.sha256(), size
    while left:
        piece = file.read(min(CHUNK, left))
        if not piece:
            raise BackupDamaged(path=path)
        digest.update(piece)
        left -= len(piece)
    if digest.digest() != signature[:32]:
        raise BackupDamaged(path=path)
    wanted = _signature(digest.digest(), secret)
    if signature[32:40] != wanted[32:40]:
        raise BackupForeign(path=path)
    if not hmac.compare_digest(signature, wanted):
        raise BackupDamaged(path=path)
    return size


def _signature(digest: bytes, secret: bytes) -> bytes:
    key = derive(secret, "backup signature")
    own = hashlib.sha256(key).digest()[:8]
    return digest + own + hmac.digest(key, digest + own + _MARK, "sha256") + _MARK


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
