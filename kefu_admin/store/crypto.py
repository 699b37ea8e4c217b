"""Encryption of single field values, and the keyed hash by which they can still be looked up.

AES-256-GCM with a random nonce; type, field and record id are bound in as associated data, so a
cipher text copied to another row or column does not open. All keys are derived from the secret
file (HKDF-SHA-256), never stored beside the data. Rule: D25 of the design rules.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kefu_admin.store.renames import NO_RENAMES, Renames

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_NONCE_BYTES = 12


class CannotOpen(Exception):
    """A cipher text was altered, moved to another row, or sealed with a key that is not at hand."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The keys of one installation. `current` is the id of the key that seals; all may open."""

    current: str
    ciphers: Mapping[str, AESGCM]
    look_up_key: bytes
    renames: Renames = NO_RENAMES

    def seal(self, text: str, *, type_id: str, field: str, record_id: int) -> str:
        """The cipher text: `v1.<key id>.<base64 of nonce and sealed bytes>`."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bound(type_id, field, record_id)
        sealed = self.ciphers[self.current].encrypt(nonce, text.encode(), bound)
        return f"v1.{self.current}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, type_id: str, field: str, record_id: int) -> str:
        """The text behind a cipher text of this very row and field.

        Raises:
            CannotOpen: altered, moved, or the key is missing.
        """
        try:
            version, key_id, body = sealed.split(".")
            raw = base64.b64decode(body, validate=True)
            if version != "v1":
                raise CannotOpen(f"unknown form {version!r}")
            bound = self._bound(type_id, field, record_id)
            return (
                self.ciphers[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound).decode()
            )
        except (ValueError, KeyError, InvalidTag) as fault:
            raise CannotOpen(f"{type_id}.{field} of record {record_id}") from fault

    def look_up(self, text: str, *, type_id: str, field: str) -> str:
        """64 hex digits, equal for equal texts of one field; they say nothing without the key."""
        first_type, first_field = self.renames.origin(type_id, field)
        message = f"{first_type}\x1f{first_field}\x1f{text}".encode()
        return keyed(self.look_up_key).hex(message)

    def _bound(self, type_id: str, field: str, record_id: int) -> bytes:
        """A field keeps its first name here, so that renaming it leaves its cipher texts alone."""
        first_type, first_field = self.renames.origin(type_id, field)
        return f"{first_type}\x1f{first_field}\x1f{record_id}".encode()


def vault_of(store: Store) -> Vault:
    """The vault of an open store, which knows what its fields were called before."""
    own = vault(store.secret)
    return replace(own, renames=store.renames) if store.renames.entries else own


@lru_cache(maxsize=8)
def vault(secret: bytes, previous: Sequence[bytes] = ()) -> Vault:
    """The vault of a secret; values sealed under `previous` secrets (a tuple) still open."""
    ciphers: dict[str, AESGCM] = {}
    for one in (secret, *previous):
        key = derive(one, "field encryption")
        ciphers[hashlib.sha256(key).hexdigest()[:8]] = AESGCM(key)
    return Vault(next(iter(ciphers)), ciphers, derive(secret, "field look-up"))


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; keys of different purposes say nothing about each other."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"kefu {purpose} 1".encode()).derive(
        secret
    )


class Hmac:
    """HMAC-SHA-256 (RFC 2104) under one key whose two blocks are hashed beforehand, so that a
    message costs its own hashing and little more."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(one ^ 0x36 for one in block))
        self._outer = hashlib.sha256(bytes(one ^ 0x5C for one in block))

    def hex(self, message: bytes) -> str:
        """The 64 hex digits of a message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()


@lru_cache(maxsize=16)
def keyed(key: bytes) -> Hmac:
    """The prepared HMAC of a key."""
    return Hmac(key)
