"""Events for the world outside, written in the transaction of the change they tell of.

An event holds references only (type, id, version), never values: a receiver reads the record
through its own rights. `store.deliveries` hands them to receivers; `sent_at` says when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from kefu_admin.store import inserts
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

MOST_COUNTED = 100_000
_COLUMNS = ("event", "type", "record_id", "version", "at", "actor_id", "operation")


class Event(NamedTuple):
    """Something happened to a record: `event` is `<type>.<created|updated|deleted>`."""

    event: str
    type: str
    record_id: int
    version: int
    at: datetime
    actor_id: int | None
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An event as it lies here."""

    id: int
    event: str
    type: str
    record_id: int
    version: int
    at: datetime


def append(store: Store, events: Sequence[Event]) -> None:
    """Write events in the open transaction, set-wise."""
    at = {one: store.to_db(ColumnKind.INSTANT, one) for one in {event.at for event in events}}
    rows = [(*one[:4], at[one.at], *one[5:]) for one in events]
    inserts.many(store, "kefu_outbox", _COLUMNS, rows)


def waiting(store: Store, *, limit: int) -> tuple[Written, ...]:
    """The oldest events nobody has been handed yet."""
    rows = store.rows(
        'SELECT "id", "event", "type", "record_id", "version", "at" FROM "kefu_outbox"'
        ' WHERE "sent_at" IS NULL ORDER BY "id" LIMIT ?',
        (limit,),
    )
    return tuple(
        Written(
            id=int(id),
            event=str(event),
            type=str(type),
            record_id=int(record_id),
            version=int(version),
            at=store.from_db(ColumnKind.INSTANT, at),
        )
        for id, event, type, record_id, version, at in rows
    )


def handed_on(store: Store, ids: Sequence[int], *, now: datetime) -> None:
    """Remember that these events were handed to every receiver, in the open transaction."""
    at = store.to_db(ColumnKind.INSTANT, now)
    for start in range(0, len(ids), 500):
        portion = ids[start : start + 500]
        marks = ", ".join("?" * len(portion))
        store.execute(
            f'UPDATE "kefu_outbox" SET "sent_at" = ? WHERE "id" IN ({marks})', (at, *portion)
        )


def forget(store: Store, *, before: datetime) -> int:
    """Delete events handed on before an instant, in the open transaction; returns how many."""
    at = store.to_db(ColumnKind.INSTANT, before)
    return int(store.execute('DELETE FROM "kefu_outbox" WHERE "sent_at" < ?', (at,)).rowcount)


def backlog(store: Store) -> tuple[int, datetime | None]:
    """How many events nobody has been handed, counted to a hundred thousand, and since when the
    oldest waits."""
    count = store.value(
        'SELECT COUNT(*) FROM (SELECT 1 AS "one" FROM "kefu_outbox" WHERE "sent_at" IS NULL'
        f" LIMIT {MOST_COUNTED}) AS x"
    )
    oldest = waiting(store, limit=1)
    return int(count), oldest[0].at if oldest else None
