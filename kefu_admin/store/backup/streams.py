"""Streams a backup is written and read through: a digest over every byte, and a cipher in chunks.

The cipher is AES-256-GCM over chunks of 1 MiB. A chunk's nonce is a random prefix, its number and a
mark on the last one (the STREAM construction), so that chunks cannot be dropped, repeated, moved or
cut off. The key comes from a passphrase by scrypt, or from a key file by HKDF, with a fresh salt.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kefu_admin.store.backup.refusals import BackupKeyShort

CHUNK = 1024 * 1024
MAGIC = b"KEFUSEAL1\n"
PASSPHRASE, KEY_FILE = "passphrase", "file"
LEAST_PASSPHRASE = 12
LEAST_KEY_BYTES = 32
_HEADER = struct.Struct(">10sB16s7s")  # magic, kind, salt, nonce prefix
_TAG = 16
_SCRYPT_COST = 2**17  # 128 MiB, about half a second


class WrongKey(Exception):
    """A chunk does not open: another key, or the bytes were changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a backup, before it is stretched: its kind and its bytes."""

    kind: str
    secret: bytes

    def stretched(self, salt: bytes) -> bytes:
        """32 bytes for the cipher."""
        if self.kind == PASSPHRASE:
            return Scrypt(salt=salt, length=32, n=_SCRYPT_COST, r=8, p=1).derive(self.secret)
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"kefu backup cipher 1").derive(
            self.secret
        )


def key_of_passphrase(text: str) -> Key:
    """The key of a passphrase.

    Raises:
        BackupKeyShort: fewer than twelve characters.
    """
    if len(text) < LEAST_PASSPHRASE:
        raise BackupKeyShort
    return Key(PASSPHRASE, text.encode())


def key_of_file(path: Path) -> Key:
    """The key in a file of at least 32 random bytes.

    Raises:
        BackupKeyShort: it is shorter.
        OSError: it cannot be read.
    """
    content = path.read_bytes().strip()
    if len(content) < LEAST_KEY_BYTES:
        raise BackupKeyShort
    return Key(KEY_FILE, content)


def kind_of(header: bytes) -> str:
    """The kind of key a sealed file asks for, "" for a file that is not sealed."""
    if not header.startswith(MAGIC):
        return ""
    return PASSPHRASE if header[len(MAGIC)] == 1 else KEY_FILE


class Digesting(io.RawIOBase):
    """Writes through to a file and hashes what goes by.

    The last `held_back` bytes are neither written nor hashed: a ZIP ends with a comment whose place
    is then taken by the signature over all that stands before it.
    """

    def __init__(self, file: BinaryIO, *, held_back: int = 0) -> None:
        self._file, self._held_back, self._tail = file, held_back, b""
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer, as io asks
        whole = self._tail + piece
        cut = max(0, len(whole) - self._held_back)
        self._tail = whole[cut:]
        self.digest.update(whole[:cut])
        self._file.write(whole[:cut])
        return len(piece)


class Sealing(io.RawIOBase):
    """Encrypts what is written; `finish` writes the last chunk."""

    def __init__(self, below: io.RawIOBase, key: Key) -> None:
        salt, self._prefix = os.urandom(16), os.urandom(7)
        self._header = _HEADER.pack(MAGIC, 1 if key.kind == PASSPHRASE else 2, salt, self._prefix)
        self._cipher = AESGCM(key.stretched(salt))
        self._below, self._number, self._waiting = below, 0, bytearray()
        below.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer, as io asks
        self._waiting += piece
        while len(self._waiting) > CHUNK:  # the last chunk is known only at the end
            self._write(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(piece)

    def finish(self) -> None:
        """Write what waits as the last chunk."""
        self._write(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _write(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._below.write(self._cipher.encrypt(nonce, plain, self._header))
        self._number += 1


class Unsealed(io.RawIOBase):
    """The plain bytes of a sealed file, at any position; one chunk is kept.

    Raises:
        WrongKey: on reading a chunk the key does not open.
    """

    def __init__(self, file: BinaryIO, size: int, key: Key) -> None:
        file.seek(0)
        self._header = file.read(_HEADER.size)
        _, _, salt, self._prefix = _HEADER.unpack(self._header)
        self._file, self._cipher = file, AESGCM(key.stretched(salt))
        body = size - _HEADER.size
        self._chunks = max(1, -(-body // (CHUNK + _TAG)))
        self._size = body - self._chunks * _TAG
        self._at, self._kept, self._plain = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start: Callable[[], int] = {
            os.SEEK_SET: lambda: 0,
            os.SEEK_CUR: lambda: self._at,
            os.SEEK_END: lambda: self._size,
        }[whence]
        self._at = start() + offset
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # any buffer, as io asks
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK)
        piece = self._chunk(number)[start : start + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        if number != self._kept:
            self._file.seek(_HEADER.size + number * (CHUNK + _TAG))
            nonce = _nonce(self._prefix, number, last=number == self._chunks - 1)
            left = self._size + self._chunks * _TAG - number * (CHUNK + _TAG)
            sealed = self._file.read(min(CHUNK + _TAG, left))
            try:
                self._plain = self._cipher.decrypt(nonce, sealed, self._header)
            except InvalidTag as error:
                raise WrongKey from error
            self._kept = number
        return self._plain


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\1" if last else b"\0")
