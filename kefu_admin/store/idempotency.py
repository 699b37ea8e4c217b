"""Idempotency: the same request sent twice takes effect once and gets the same answer.

A row per (actor, key) is written as the last thing in the operation's transaction, with the hash of
what was asked and the answer given. Two requests racing with one key both work until that row; the
second is rolled back by the unique key and finds the first one's answer. Rule: D12.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.actor import Actor
from kefu_admin.problems import ConfigMoved, KeyReused
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

MAX_KEY_LENGTH = 128
APPLIED_KEY = "fingerprint"  # in kefu_state: the config that has been applied
KEPT_HOURS = 24  # at least; the worker forgets older ones


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What the caller chose (a UUID, a form's token) and the hash of what he asked for."""

    text: str
    body_hash: str


def idempotency_key(text: str, body: object) -> IdempotencyKey:
    """The key of a request whose body is JSON (values that are not are taken by their text)."""
    written = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    return IdempotencyKey(text, hashlib.sha256(written.encode()).hexdigest())


def principal(actor: Actor) -> str:
    """Whose keys they are: the person, however signed in, or the system actor."""
    return f"user:{actor.user_id}" if actor.user_id is not None else actor.login


def open_unit(
    store: Store, actor: Actor, operation: str, key: IdempotencyKey | None, *, state_key: str
) -> Mapping[str, Any] | None:
    """The first statement of a change: is the config still ours, and was this done before?

    Args:
        state_key: where `kefu_state` holds the applied fingerprint.

    Returns: the answer given before, or None.

    Raises:
        ConfigMoved: another config has been applied since this process started.
        KeyReused: the key was used for something else.
    """
    if key is None:
        applied = store.value('SELECT "value" FROM "kefu_state" WHERE "key" = ?', (state_key,))
        _same_config(store, applied)
        return None
    row = store.row(
        'SELECT s."value", i."body_hash", i."operation", i."result" FROM (SELECT 1 AS "one") AS o'
        ' LEFT JOIN "kefu_state" AS s ON s."key" = ?'
        ' LEFT JOIN "kefu_idempotency" AS i ON i."actor" = ? AND i."key" = ?',
        (state_key, principal(actor), key.text),
    )
    assert row is not None  # the derived table has one row
    _same_config(store, row[0])
    if row[1] is None:
        return None
    if (row[1], row[2]) != (key.body_hash, operation):
        raise KeyReused
    answer: Mapping[str, Any] = json.loads(row[3] or "{}")
    return answer


def keep(
    store: Store,
    actor: Actor,
    operation: str,
    key: IdempotencyKey,
    answer: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Keep the answer, in the open transaction. Another request's row with the key breaks the
    unique constraint: the unit must then be run again and will find it."""
    store.execute(
        'INSERT INTO "kefu_idempotency" ("actor", "key", "body_hash", "operation", "result", "at")'
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            principal(actor),
            key.text,
            key.body_hash,
            operation,
            json.dumps(answer, ensure_ascii=False, separators=(",", ":")),
            store.to_db(ColumnKind.INSTANT, now),
        ),
    )


def forget(store: Store, *, before: datetime) -> int:
    """Delete keys older than an instant (the worker: 24 hours ago); returns how many."""
    cursor = store.execute(
        'DELETE FROM "kefu_idempotency" WHERE "at" < ?', (store.to_db(ColumnKind.INSTANT, before),)
    )
    return int(cursor.rowcount)


def _same_config(store: Store, applied: object) -> None:
    if store.has_moved(applied):
        raise ConfigMoved
