"""History: what each change of a record did, with the true values before and after.

Written by `store.change` in the change's transaction; read under the record's own access rules
(`operations.reading`). Unlike the audit book it holds personal values, so that erasing a person
reaches them; encrypted fields stay encrypted here, bound to their record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert, plain
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.store import crypto, inserts
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.telling import Telling

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_COLUMNS = (
    "type", "record_id", "version", "at", "actor_id", "actor", "action", "operation",
    "definition", "before", "after",
)  # fmt: skip
_SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change of one record; `before` and `after` hold the canonical values of the fields it
    changed (all that have one, when created or deleted). Owned rows are lists of their ids. `unfit`
    names fields whose values their type does not take any more: these are as they were written."""

    type: str
    record_id: int
    version: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    operation: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    unfit: frozenset[str] = frozenset()


def append(
    store: Store, told: Sequence[Telling], *, actor: Actor, at: datetime, operation: str
) -> None:
    """Write entries in the actor's name in the open transaction, set-wise."""
    definition = store.project.fingerprint[:16]
    instant = store.to_db(ColumnKind.INSTANT, at)
    who = (instant, actor.user_id, actor.login)
    rows = [
        (one.type, one.record_id, one.version, *who, one.action, operation, definition, one.before,
         one.after)
        for one in told
    ]  # fmt: skip
    inserts.many(store, "kefu_history", _COLUMNS, rows)


def of_record(
    store: Store, type_id: str, record_id: int, *, below_version: int = 0, limit: int = 50
) -> list[Entry]:
    """The changes of a record, newest first; `below_version` continues a page."""
    older = ' AND "version" < ?' if below_version else ""
    params: tuple[object, ...] = (type_id, record_id)
    rows = store.rows(
        f'SELECT {_NAMES} FROM "kefu_history" WHERE "type" = ? AND "record_id" = ?{older}'
        ' ORDER BY "version" DESC LIMIT ?',  # only fixed text is joined in
        (*params, below_version, limit) if below_version else (*params, limit),
    )
    return [_entry(store, row) for row in rows]


def of_versions(store: Store, type_id: str, versions: Mapping[int, int]) -> dict[int, Entry]:
    """One entry each of several records of a type (id to version), by id; those there are."""
    wanted = sorted(versions)
    found: dict[int, Entry] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        asked = [versions[id] for id in part]
        rows = store.rows(
            f'SELECT {_NAMES} FROM "kefu_history" WHERE "type" = ?'
            f' AND "record_id" IN ({", ".join("?" * len(part))})'
            ' AND "version" BETWEEN ? AND ?',
            (type_id, *part, min(asked), max(asked)),
        )
        found |= {int(r[1]): _entry(store, r) for r in rows if r[2] == versions[int(r[1])]}
    return found


def entries(store: Store, where: str, params: Sequence[object]) -> list[Entry]:
    """Entries by a condition in SQL, for what reads the book otherwise (`store.versions`)."""
    rows = store.rows(f'SELECT {_NAMES} FROM "kefu_history" WHERE {where}', tuple(params))
    return [_entry(store, row) for row in rows]


def erase(store: Store, type_id: str, record_ids: Sequence[int]) -> None:
    """Forget every version of records that are purged, in the open transaction."""
    for start in range(0, len(record_ids), 500):
        part = record_ids[start : start + 500]
        marks = ", ".join("?" * len(part))
        store.execute(
            f'DELETE FROM "kefu_history" WHERE "type" = ? AND "record_id" IN ({marks})',
            (type_id, *part),
        )


def _entry(store: Store, row: Sequence[Any]) -> Entry:
    content_type, record_id = store.project.types[row[0]], int(row[1])
    at: datetime = store.from_db(ColumnKind.INSTANT, row[3])
    unfit: set[str] = set()
    return Entry(
        type=row[0],
        record_id=record_id,
        version=row[2],
        at=at,
        actor_id=row[4],
        actor=row[5],
        action=row[6],
        operation=row[7],
        before=_values(store, content_type, record_id, row[9], at, unfit),
        after=_values(store, content_type, record_id, row[10], at, unfit),
        unfit=frozenset(unfit),
    )


_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


def sealed(store: Store, type_id: str, one: Field, record_id: int, value: object) -> object:
    """An encrypted value as it stands here: the cipher text is bound to its record."""
    keys = crypto.vault_of(store)
    text = str(plain(one, value))
    return {_SEALED: keys.seal(text, type_id=type_id, field=one.id, record_id=record_id)}


def _values(
    store: Store,
    content_type: ContentType,
    record_id: int,
    text: str | None,
    at: datetime,
    unfit: set[str],
) -> dict[str, object]:
    """Canonical values under today's names; a field the config no longer has, or whose type has
    changed (then added to `unfit`), stays as it was written."""
    read: dict[str, object] = {}
    for then, written in json.loads(text or "{}").items():
        name = store.renames.today(content_type.id, then, at)
        value = written
        one = content_type.fields.get(name)
        if isinstance(value, dict) and _SEALED in value:
            keys = crypto.vault_of(store)
            value = keys.open(
                value[_SEALED], type_id=content_type.id, field=name, record_id=record_id
            )
        if one is not None and one.type == "children":
            value = tuple(value) if isinstance(value, list) else ()
        elif one is not None:
            try:
                value = convert(one, value)
            except BadValue:
                unfit.add(name)
        read[name] = value
    return read
