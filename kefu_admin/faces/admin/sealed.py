"""Text that travels through the address bar without being readable there.

Search terms, values of personal fields and list cursors may be personal, and addresses end up in
histories, logs and screenshots. They are encrypted for the asking person and expire, so an address
copied by somebody else opens nothing.

Rule: S06 (personal values never stand in a URL).
"""

from __future__ import annotations

import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kefu_admin.problems import BadRequest
from kefu_admin.store.crypto import derive

LIFETIME = timedelta(hours=12)
_NONCE_BYTES = 12


def seal(secret: bytes, value: object, *, owner: str, now: datetime) -> str:
    """A JSON value as an opaque text only `owner` can open again, for twelve hours."""
    ends = int((now + LIFETIME).timestamp())
    clear = zlib.compress(json.dumps([ends, value], ensure_ascii=False).encode(), 9)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    shut = _cipher(secret).encrypt(nonce, clear, owner.encode())
    return urlsafe_b64encode(nonce + shut).decode().rstrip("=")


def unseal(secret: bytes, text: str, *, owner: str, now: datetime) -> object:
    """The value behind an opaque text.

    Raises:
        BadRequest: not ours, another person's, or expired.
    """
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        clear = _cipher(secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode())
    except (ValueError, InvalidTag):
        raise BadRequest(detail="q") from None
    ends, value = json.loads(zlib.decompress(clear))
    if now.timestamp() > ends:
        raise BadRequest(detail="q")
    found: object = value
    return found


@lru_cache(maxsize=4)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(derive(secret, "panel address"))
