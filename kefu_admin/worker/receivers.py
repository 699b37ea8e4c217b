"""Who is told of events: webhooks of the server's settings, and of installed packages notifiers,
told of every type, and effects, told of the types that name them.

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
from kefu_admin.definitions.project import Project
from kefu_admin.registry import BadExtension
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


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told; `types`: of the records of these types only, None: of all."""

    tell: Callable[[Told], object]
    types: frozenset[str] | None = None


def receivers(here: Settings, secret: bytes, project: Project) -> Mapping[str, Receiver]:
    """Every receiver by name: `crm` of KEFU_WEBHOOKS, a notifier or an effect by the name its
    package gives; effects that no type names are none.

    Raises:
        BadExtension: two of them have one name.
    """
    offered = registry.installed()
    named = {name for type in project.types.values() for name in type.effects}
    every: list[tuple[str, Receiver]] = [
        *((name, Receiver(tell)) for name, tell in offered.notifiers.items()),
        *((name, Receiver(offered.effects[name], _naming(project, name))) for name in named),
        *(
            (name, Receiver(_webhook(url, signing_key(secret, name))))
            for name, url in webhooks(here).items()
        ),
    ]
    found: dict[str, Receiver] = {}
    for name, receiver in every:
        if name in found:
            raise BadExtension("receiver_twice", name=name)
        found[name] = receiver
    return found


def _naming(project: Project, effect: str) -> frozenset[str]:
    return frozenset(type.id for type in project.types.values() if effect in type.effects)


def signing_key(secret: bytes, name: str) -> str:
    """The key (hex) with which what a webhook gets is signed: its own, from our secret."""
    return derive(secret, f"webhook {name}").hex()


def signature(key: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA-256 (hex) of `timestamp.body` under the key's text."""
    text = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def _webhook(url: str, key: str) -> Callable[[Told], object]:
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
