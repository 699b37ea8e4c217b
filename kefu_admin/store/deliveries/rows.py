"""A delivery as a value, and reading deliveries."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from kefu_admin.store.crypto import derive
from kefu_admin.store.database import Store
from kefu_admin.store.narrowing import narrowed
from kefu_admin.store.shapes import ColumnKind

_REFERENCE_LENGTH = 32


class DeliveryState(StrEnum):
    """Where a delivery is. Parked: tried for days, left to a person; skipped: he passed it over."""

    WAITING = "waiting"
    PARKED = "parked"
    SENT = "sent"
    SKIPPED = "skipped"


OPEN = (DeliveryState.WAITING, DeliveryState.PARKED)  # hold back what follows on the same record


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event to one receiver. `due_ms` is None while an earlier one of the record is open.
    `begun_ms`: since when it counts towards being parked, by the database's clock."""

    id: int
    event_id: int
    event: str
    type: str
    record_id: int
    version: int
    at: datetime
    receiver: str
    state: DeliveryState
    due_ms: int | None
    begun_ms: int
    fence: int
    tries: int
    fault: Mapping[str, Any] | None
    ended_at: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether an earlier event of the record must go first."""
        return self.state is DeliveryState.WAITING and self.due_ms is None


_NAMES = tuple(Delivery.__slots__)
COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)


def event_reference(store: Store, delivery: Delivery) -> str:
    """The event's id as a receiver knows it: the same at every sending, and another one for
    another event even after a backup was restored and numbers were given out again."""
    at = delivery.at.astimezone(UTC).isoformat()
    facts = (delivery.event_id, delivery.event, delivery.record_id, delivery.version, at)
    key = derive(store.secret, "event-reference")
    text = "|".join(map(str, facts)).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:_REFERENCE_LENGTH]


def delivery(store: Store, id: int) -> Delivery | None:
    """One delivery, or None."""
    row = store.row(f'SELECT {COLUMNS} FROM "kefu_delivery" WHERE "id" = ?', (id,))
    return read(store, row) if row is not None else None


def deliveries(
    store: Store,
    *,
    states: Collection[DeliveryState] = (),
    receiver: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """Deliveries, newest first."""
    where, params = narrowed(states=states, receiver=receiver, before_id=before_id)
    found = store.rows(
        f'SELECT {COLUMNS} FROM "kefu_delivery"{where} ORDER BY "id" DESC LIMIT ?',
        (*params, limit),
    )
    return tuple(read(store, row) for row in found)


def counts(store: Store) -> Mapping[DeliveryState, int]:
    """How many deliveries wait and are parked."""
    rows = store.rows(
        'SELECT "state", COUNT(*) FROM "kefu_delivery" WHERE "state" IN (?, ?) GROUP BY "state"',
        OPEN,
    )
    found = {DeliveryState(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in OPEN}


def read(store: Store, row: tuple[Any, ...]) -> Delivery:
    """A delivery from the columns of `COLUMNS`."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["fault"] = json.loads(values["fault"]) if values["fault"] is not None else None
    values["state"] = DeliveryState(values["state"])
    for name in ("at", "ended_at"):
        values[name] = store.from_db(ColumnKind.INSTANT, values[name])
    return Delivery(**values)
