"""Keyset cursors: where a page ended, sealed so that nobody reads or forges it.

A cursor holds the sort values of one row. They may be personal (a list by name), and cursors stand
in URLs, so they are encrypted and bound to the type and sort they belong to.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kefu_admin.problems import BadRequest
from kefu_admin.store.crypto import derive

_NONCE_BYTES = 12


def seal(secret: bytes, values: Sequence[object], *, bound: str) -> str:
    """The cursor of a row: its sort values as the driver gave them and, last, its id."""
    nonce = os.urandom(_NONCE_BYTES)
    text = json.dumps([_tagged(value) for value in values], separators=(",", ":"))
    sealed = _cipher(secret).encrypt(nonce, text.encode(), bound.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(secret: bytes, cursor: str, *, bound: str) -> tuple[object, ...]:
    """The values of a cursor made with the same `bound`.

    Raises:
        BadRequest: not one of ours, or of another list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        text = _cipher(secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound.encode())
    except (ValueError, InvalidTag) as fault:
        raise BadRequest(detail="cursor") from fault
    return tuple(_untagged(value) for value in json.loads(text))


@lru_cache(maxsize=8)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(derive(secret, "cursor"))


def _tagged(value: object) -> object:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _untagged(value: object) -> object:
    if isinstance(value, dict):
        if "t" in value:
            return datetime.fromisoformat(value["t"])
        return date.fromisoformat(value["d"])
    return value
