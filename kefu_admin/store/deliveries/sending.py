"""From the outbox to the receivers: handed on, taken, sent or failed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.store import lease, outbox
from kefu_admin.store.database import Store
from kefu_admin.store.deliveries.rows import COLUMNS, OPEN, Delivery, DeliveryState, read
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.outbox import Written
from kefu_admin.store.shapes import ColumnKind

LEASE = "deliveries"  # its row keeps handing on and ending apart
LEASE_MS = 60_000  # of one event that is being sent: longer than a receiver may take
HANDING_MS = 2_000  # the row's lock keeps two apart; this is for a sender that was killed
PARKED_AFTER_MS = 3 * 24 * 3600 * 1000
_BACK_OFF_SECONDS = (1, 4, 16, 64, 256, 900, 3600)
_PORTION = 200
_NOBODYS_PORTION = 5000

Stream = tuple[str, str, int]  # receiver, type, record


def hand_on(
    store: Store,
    receivers: Mapping[str, Collection[str] | None],
    *,
    owner: str,
    now: datetime,
) -> int:
    """Make deliveries of the oldest events of the outbox, in the open transaction; returns how many
    events were handed on. Only one process does it at a time.

    Args:
        receivers: by name, the types they are told of; None: all.

    Raises:
        BusyBeforeCommit: two began at the same moment; try the whole unit again.
    """
    if not lease.claim(store, LEASE, owner=owner, milliseconds=HANDING_MS):
        return 0
    events = outbox.waiting(store, limit=_PORTION if receivers else _NOBODYS_PORTION)
    if not events:
        return 0
    outbox.handed_on(store, [one.id for one in events], now=now)
    if not receivers:
        return len(events)
    told = [
        (one, receiver)
        for one in events
        for receiver, types in receivers.items()
        if types is None or one.type in types
    ]
    streams = {(receiver, one.type, one.record_id) for one, receiver in told}
    held = _open_streams(store, streams)
    now_ms = lease.database_milliseconds(store)
    rows = []
    for one, receiver in told:
        stream = (receiver, one.type, one.record_id)
        due_ms = None if stream in held else now_ms
        held.add(stream)
        rows.append(_row(store, one, receiver, due_ms, now_ms))
    store.execute_many(
        'INSERT INTO "kefu_delivery" ("event_id", "event", "type", "record_id", "version", "at",'
        ' "receiver", "state", "due_ms", "begun_ms") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        rows,
    )
    return len(events)


def claim(store: Store, *, paused: Sequence[str] = (), lease_ms: int = LEASE_MS) -> Delivery | None:
    """Take the delivery that has been due longest, in the open transaction; None when none is.

    Args:
        paused: receivers that answered nobody just now.
    """
    now_ms = NOW_MS[store.dialect]
    tail = "" if store.dialect is Dialect.SQLITE else " FOR UPDATE SKIP LOCKED"
    others = f' AND "receiver" NOT IN ({", ".join("?" * len(paused))})' if paused else ""
    row = store.row(
        f'SELECT {COLUMNS} FROM "kefu_delivery" WHERE "due_ms" <= {now_ms}{others}'
        f' ORDER BY "due_ms", "id" LIMIT 1{tail}',
        tuple(paused),
    )
    if row is None:
        return None
    due = read(store, row)
    store.execute(
        f'UPDATE "kefu_delivery" SET "due_ms" = {now_ms} + {int(lease_ms)},'
        ' "fence" = "fence" + 1, "tries" = "tries" + 1 WHERE "id" = ?',
        (due.id,),
    )
    return replace(due, fence=due.fence + 1, tries=due.tries + 1)


def sent(store: Store, one: Delivery, *, now: datetime) -> bool:
    """Keep that the receiver took it, in the open transaction; the record's next event becomes due.
    False when somebody else has it by now: then it may have been sent twice, which a receiver
    tells by the event's id."""
    together(store)
    kept = store.execute(
        'UPDATE "kefu_delivery" SET "state" = ?, "due_ms" = NULL, "fault" = NULL, "ended_at" = ?'
        ' WHERE "id" = ? AND "fence" = ? AND "state" = ?',
        (
            DeliveryState.SENT,
            store.to_db(ColumnKind.INSTANT, now),
            one.id,
            one.fence,
            DeliveryState.WAITING,
        ),
    )
    if kept.rowcount:
        let_next(store, one)
    return bool(kept.rowcount)


def failed(store: Store, one: Delivery, fault: Mapping[str, Any], *, final: bool = False) -> bool:
    """Keep why the receiver did not take it, in the open transaction: tried again later, after
    three days parked. Returns whether it was parked now.

    Args:
        final: trying again cannot help.
    """
    now_ms = lease.database_milliseconds(store)
    parks = final or now_ms - one.begun_ms >= PARKED_AFTER_MS
    wait = _BACK_OFF_SECONDS[min(one.tries, len(_BACK_OFF_SECONDS)) - 1] * 1000
    kept = store.execute(
        'UPDATE "kefu_delivery" SET "state" = ?, "due_ms" = ?, "fault" = ?, "fence" = "fence" + 1'
        ' WHERE "id" = ? AND "fence" = ? AND "state" = ?',
        (
            DeliveryState.PARKED if parks else DeliveryState.WAITING,
            None if parks else now_ms + wait,
            json.dumps(fault, ensure_ascii=False),
            one.id,
            one.fence,
            DeliveryState.WAITING,
        ),
    )
    return parks and bool(kept.rowcount)


def milliseconds_until_due(store: Store) -> int | None:
    """How long until there is something to hand on or to send (0: now), None while there is
    nothing: one statement, all that an idle sender asks."""
    row = store.row(
        'SELECT (SELECT MIN("id") FROM "kefu_outbox" WHERE "sent_at" IS NULL),'
        f' (SELECT MIN("due_ms") - {NOW_MS[store.dialect]} FROM "kefu_delivery"'
        ' WHERE "due_ms" IS NOT NULL)'
    )
    assert row is not None  # an aggregate answers always
    if row[0] is not None:
        return 0
    return None if row[1] is None else max(0, int(row[1]))


def together(store: Store) -> None:
    """Keep apart from handing on until the commit: else an event could be handed on as held back
    by one that is just then over, and nobody would ever let it go."""
    if store.dialect is not Dialect.SQLITE:
        store.row('SELECT 1 FROM "kefu_lease" WHERE "name" = ? FOR UPDATE', (LEASE,))


def let_next(store: Store, one: Delivery) -> None:
    """The record's next event that is not over may be taken now, in the open transaction."""
    row = store.row(
        'SELECT "id" FROM "kefu_delivery" WHERE "receiver" = ? AND "type" = ? AND "record_id" = ?'
        ' AND "state" IN (?, ?) ORDER BY "event_id" LIMIT 1',
        (one.receiver, one.type, one.record_id, *OPEN),
    )
    if row is not None:
        store.execute(
            f'UPDATE "kefu_delivery" SET "due_ms" = {NOW_MS[store.dialect]},'
            f' "begun_ms" = {NOW_MS[store.dialect]}'
            ' WHERE "id" = ? AND "due_ms" IS NULL AND "state" = ?',
            (row[0], DeliveryState.WAITING),
        )


def _open_streams(store: Store, streams: set[Stream]) -> set[Stream]:
    """Those that have an event which is not over."""
    found: set[Stream] = set()
    wanted = sorted(streams)
    for start in range(0, len(wanted), _PORTION):
        portion = wanted[start : start + _PORTION]
        tests = " OR ".join(['("receiver" = ? AND "type" = ? AND "record_id" = ?)'] * len(portion))
        rows = store.rows(
            f'SELECT DISTINCT "receiver", "type", "record_id" FROM "kefu_delivery"'
            f' WHERE "state" IN (?, ?) AND ({tests})',
            (*OPEN, *(value for stream in portion for value in stream)),
        )
        found |= {(str(receiver), str(type), int(record)) for receiver, type, record in rows}
    return found


def _row(
    store: Store, one: Written, receiver: str, due_ms: int | None, now_ms: int
) -> tuple[object, ...]:
    return (
        one.id,
        one.event,
        one.type,
        one.record_id,
        one.version,
        store.to_db(ColumnKind.INSTANT, one.at),
        receiver,
        DeliveryState.WAITING,
        due_ms,
        now_ms,
    )
