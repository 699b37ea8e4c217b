"""Who is told of events: webhooks of the server's settings and notifiers of installed packages.

A webhook gets references only (type, id, version): it reads the record with a token of its own. It
knows by `X-Kefu-Signature` (HMAC-SHA-256 of `timestamp.body`) that we sent it, and by
`X-Kefu-Event-Id` what it was sent before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kefu_admin import registry
from kefu_admin.settings import Settings, webhooks
from kefu_admin.store.crypto import derive
from kefu_admin.worker import outgoing
from kefu_admin.worker.outgoing import NotSent


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as a receiver is told it. `id` is the same at every sending."""

    id: str
    event: str
    type: str
    record_id: int
    version: int
    at: datetime


Receiver = Callable[[Told], object]


def receivers(here: Settings, secret: bytes) -> Mapping[str, Receiver]:
    """Every receiver by name: `crm` of KEFU_WEBHOOKS, a notifier by the name its package gives."""
    found: dict[str, Receiver] = dict(registry.installed().notifiers)
    for name, url in webhooks(here).items():
        found[name] = _webhook(url, signing_key(secret, name))
    return found


def signing_key(secret: bytes, name: str) -> str:
    """The key (hex) with which what a webhook gets is signed: its own, from our secret."""
    return derive(secret, f"webhook {name}").hex()


def signature(key: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA-256 (hex) of `timestamp.body` under the key's text."""
    text = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def _webhook(url: str, key: str) -> Receiver:
    def send(told: Told) -> None:
        body = json.dumps(
            {
                "id": told.id,
                "event": told.event,
                "type": told.type,
                "record_id": told.record_id,
                "version": told.version,
                "at": told.at.astimezone(UTC).isoformat(),
            }
        ).encode()
        timestamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "kefu_admin",
            "X-Kefu-Event-Id": told.id,
            "X-Kefu-Timestamp": timestamp,
            "X-Kefu-Signature": signature(key, timestamp, body),
        }
        answer = outgoing.post(url, body, headers)
        if not 200 <= answer.status < 300:
            raise NotSent("receiver_refuses", status=answer.status)

    return send
