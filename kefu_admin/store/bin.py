"""The recycle bin: which deleted records can come back, and as what.

A deleted record leaves its table, so that its unique values are free and no list, sum or index has
to leave it out; what it was stands in its last history entry. This table only says that it may come
back: a row per record, written and taken out by `store.change` in the transaction that deletes,
restores or purges. Rows a record owned and lost together with it wait for it (`with_owner`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_WRITTEN = (
    "type", "record_id", "version", "owner_id", "with_owner", "at", "actor_id", "actor",
    "created_at", "created_by", "updated_at", "updated_by",
)  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in _WRITTEN)
_MARKS = "(" + ", ".join("?" * len(_WRITTEN)) + ")"
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """One record in the bin.

    Attributes:
        id: of the row in the bin; later deletions have higher ones.
        version: of the deletion, the last in the record's history.
        owner_id: the record that owned it; None for a type that is not owned.
        with_owner: it went because its owner was deleted, and comes back with it.
        at, actor_id, actor: of the deletion.
        created_at … updated_by: as they stood in the record.
    """

    type: str
    record_id: int
    version: int
    owner_id: int | None
    with_owner: bool
    at: datetime
    actor_id: int | None
    actor: str
    created_at: datetime
    created_by: int | None
    updated_at: datetime
    updated_by: int | None
    id: int = 0


def put(store: Store, entries: Sequence[Binned]) -> None:
    """Records have just been deleted."""
    for start in range(0, len(entries), _CHUNK):
        part = entries[start : start + _CHUNK]
        params = [
            value
            for one in part
            for value in (
                one.type,
                one.record_id,
                one.version,
                one.owner_id,
                int(one.with_owner),
                store.to_db(ColumnKind.INSTANT, one.at),
                one.actor_id,
                one.actor,
                store.to_db(ColumnKind.INSTANT, one.created_at),
                one.created_by,
                store.to_db(ColumnKind.INSTANT, one.updated_at),
                one.updated_by,
            )
        ]
        marks = ", ".join([_MARKS] * len(part))
        store.execute(f'INSERT INTO "kefu_bin" ({_NAMES}) VALUES {marks}', params)


def take(store: Store, type_id: str, record_ids: Sequence[int]) -> None:
    """Records have come back, or are gone for good."""
    for start in range(0, len(record_ids), _CHUNK):
        part = record_ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(part))
        store.execute(
            f'DELETE FROM "kefu_bin" WHERE "type" = ? AND "record_id" IN ({marks})',
            (type_id, *part),
        )


def of_records(
    store: Store, type_id: str, record_ids: Sequence[int], *, lock: bool = False
) -> dict[int, Binned]:
    """Those of the records that are in the bin, by id."""
    return {one.record_id: one for one in _among(store, type_id, "record_id", record_ids, lock)}


def of_owners(
    store: Store, type_id: str, owner_ids: Sequence[int], *, lock: bool = False
) -> list[Binned]:
    """Everything of an owned type in the bin that belonged to these owners, by record id."""
    return _among(store, type_id, "owner_id", owner_ids, lock)


def page(store: Store, type_ids: Sequence[str], *, below: int = 0, limit: int) -> list[Binned]:
    """What of some types was deleted on its own, the latest first; `below` continues after the id
    of a row."""
    if not type_ids:
        return []
    marks = ", ".join("?" * len(type_ids))
    older, params = (
        (' AND "id" < ?', (*type_ids, below, limit)) if below else ("", (*type_ids, limit))
    )
    return _read(
        store,
        f'"type" IN ({marks}) AND "with_owner" = 0{older} ORDER BY "id" DESC LIMIT ?',
        params,
    )


def oldest(store: Store, type_id: str, *, before: datetime, limit: int) -> list[Binned]:
    """The first of what was deleted on its own before an instant; for engines."""
    where = '"type" = ? AND "with_owner" = 0 AND "at" < ? ORDER BY "id" LIMIT ?'
    return _read(store, where, (type_id, store.to_db(ColumnKind.INSTANT, before), limit))


def every(store: Store, type_id: str, *, above: int, limit: int) -> list[Binned]:
    """The whole bin of a type in portions, by the bin's ids; for engines."""
    where = '"type" = ? AND "id" > ? ORDER BY "id" LIMIT ?'
    return _read(store, where, (type_id, above, limit))


def _among(store: Store, type_id: str, column: str, ids: Sequence[int], lock: bool) -> list[Binned]:
    tail = " FOR UPDATE" if lock and store.dialect is not Dialect.SQLITE else ""
    wanted = sorted(set(ids))
    found: list[Binned] = []
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(part))
        found += _read(
            store,
            f'"type" = ? AND "{column}" IN ({marks}) ORDER BY "record_id"{tail}',
            (type_id, *part),
        )
    return found


def _read(store: Store, where: str, params: Sequence[object]) -> list[Binned]:
    def instant(raw: object) -> datetime:
        at: datetime = store.from_db(ColumnKind.INSTANT, raw)
        return at

    rows = store.rows(f'SELECT "id", {_NAMES} FROM "kefu_bin" WHERE {where}', tuple(params))
    return [
        Binned(
            id=row[0],
            type=row[1],
            record_id=row[2],
            version=row[3],
            owner_id=row[4],
            with_owner=bool(row[5]),
            at=instant(row[6]),
            actor_id=row[7],
            actor=row[8],
            created_at=instant(row[9]),
            created_by=row[10],
            updated_at=instant(row[11]),
            updated_by=row[12],
        )
        for row in rows
    ]
