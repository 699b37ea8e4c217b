"""Values kept in rows, the only writer of `kefu_dated_value`.

Every write first takes a new token in `kefu_state`: whoever writes next waits there until the
commit, so the dates of one key never overlap, and every process sees by one indexed read that what
it has read is no longer what stands there. Each write has its line in the audit book, which is also
its history.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.dated import Dated, DatedKind, DatedValue
from kefu_admin.definitions.field_types import convert, plain
from kefu_admin.definitions.fields import BadValue
from kefu_admin.problems import Conflict, NotFound
from kefu_admin.store import audit
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.state import read_state, write_state

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

TABLE = "kefu_dated_value"
TOKEN = "dated_values"  # noqa: S105 -- the key in kefu_state of what is new with every write
_OPEN = date(1000, 1, 1)  # the earliest day all three databases hold: no beginning
_COLUMNS = '"id", "version", "key", "from_on", "until_on", "position", "parts", "edited"'


def token(store: Store) -> str:
    """What is another after every write; "" before the first."""
    return read_state(store, TOKEN) or ""


def lock(store: Store) -> None:
    """Take the right to write, until the open transaction ends.

    Raises:
        BusyBeforeCommit: somebody else makes the very first write; the unit is to be run again.
    """
    try:
        write_state(store, TOKEN, secrets.token_hex(8))
    except ConstraintBroken as broken:
        if broken.kind is Constraint.UNIQUE:
            raise BusyBeforeCommit from broken
        raise


def values(store: Store, some: Iterable[Dated]) -> dict[str, tuple[DatedValue, ...]]:
    """The rows of some definitions by their names, without defaults no row speaks for."""
    kinds = {one.name: one.kind for one in some}
    found: dict[str, list[DatedValue]] = {name: [] for name in kinds}
    if kinds:
        marks = ", ".join("?" * len(kinds))
        for name, *row in store.rows(
            f'SELECT "definition", {_COLUMNS} FROM "kefu_dated_value"'
            f' WHERE "definition" IN ({marks}) ORDER BY "id"',
            tuple(kinds),
        ):
            found[name].append(_value(store, kinds[name], row))
    return {name: tuple(rows) for name, rows in found.items()}


def value(store: Store, dated: Dated, id: int) -> DatedValue:
    """One row of a definition.

    Raises:
        NotFound: there is none.
    """
    row = store.row(
        f'SELECT {_COLUMNS} FROM "kefu_dated_value" WHERE "definition" = ? AND "id" = ?',
        (dated.name, id),
    )
    if row is None:
        raise NotFound(type=dated.name, id=id)
    return _value(store, dated.kind, row)


def insert(
    store: Store, dated: Dated, wanted: DatedValue, *, actor: Actor, now: datetime, operation: str
) -> DatedValue:
    """A new row, after `lock`."""
    id = store.insert(
        'INSERT INTO "kefu_dated_value" ("version", "definition", "key", "from_on", "until_on",'
        ' "position", "parts", "edited", "changed_at", "changed_by")'
        " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (dated.name, wanted.key, *_written(store, dated.kind, wanted, actor, now)),
    )
    made = replace(wanted, id=id, version=1)
    _line(store, dated, None, made, "create", actor=actor, now=now, operation=operation)
    return made


def update(
    store: Store, dated: Dated, wanted: DatedValue, *, actor: Actor, now: datetime, operation: str
) -> DatedValue:
    """Another content for the row `wanted.id`, after `lock`; `wanted.version` is the one read.

    Raises:
        NotFound, Conflict: no such row, or changed since.
    """
    before = value(store, dated, wanted.id)
    if before.version != wanted.version:
        raise Conflict(version=before.version, sent=wanted.version)
    after = replace(wanted, key=before.key, version=before.version + 1)
    store.execute(
        'UPDATE "kefu_dated_value" SET "version" = ?, "from_on" = ?, "until_on" = ?,'
        ' "position" = ?, "parts" = ?, "edited" = ?, "changed_at" = ?, "changed_by" = ?'
        ' WHERE "id" = ?',
        (after.version, *_written(store, dated.kind, after, actor, now), after.id),
    )
    _line(store, dated, before, after, "update", actor=actor, now=now, operation=operation)
    return after


def written_by(store: Store, dated: Dated) -> Mapping[int, tuple[str, datetime]]:
    """Who last wrote each row, and when."""
    return {
        int(id): (str(login), store.from_db(ColumnKind.INSTANT, at))
        for id, login, at in store.rows(
            'SELECT "id", "changed_by", "changed_at" FROM "kefu_dated_value"'
            ' WHERE "definition" = ?',
            (dated.name,),
        )
    }


def history(store: Store, id: int) -> list[tuple[datetime, str, str, Mapping[str, Any]]]:
    """What was done to a row, newest first: when, by whom, what, part -> (before, after)."""
    return [
        (store.from_db(ColumnKind.INSTANT, at), str(login), str(action), json.loads(changes))
        for at, login, action, changes in store.rows(
            'SELECT "at", "actor", "action", "changes" FROM "kefu_audit" WHERE "chain" = ?'
            ' ORDER BY "seq" DESC',
            (audit.record_chain(TABLE, id),),
        )
    ]


def as_plain(kind: DatedKind, value: DatedValue) -> dict[str, object]:
    """A value as JSON knows it, its parts and its dates."""
    parts = {
        part.id: None if (canonical := value.parts.get(part.id)) is None else plain(part, canonical)
        for part in kind.parts
    }
    dates = {"from_on": value.from_on, "until_on": value.until_on}
    return {**parts, **{name: day.isoformat() if day else None for name, day in dates.items()}}


def _value(store: Store, kind: DatedKind, row: Sequence[Any]) -> DatedValue:
    id, version, key, from_on, until_on, position, parts, edited = row
    begins = store.from_db(ColumnKind.DATE, from_on)
    return DatedValue(
        id=int(id),
        version=int(version),
        key=str(key),
        from_on=None if begins == _OPEN else begins,
        until_on=store.from_db(ColumnKind.DATE, until_on),
        position=int(position),
        parts=_canonical(kind, json.loads(parts)),
        edited=bool(edited),
    )


def _canonical(kind: DatedKind, parts: Mapping[str, object]) -> dict[str, object]:
    """Kept parts; what their field takes no more (the kind has changed) is left out."""
    found: dict[str, object] = {}
    for part in kind.parts:
        try:
            found[part.id] = convert(part, parts.get(part.id))
        except BadValue:
            found[part.id] = None
    return found


def _written(
    store: Store, kind: DatedKind, value: DatedValue, actor: Actor, now: datetime
) -> tuple[object, ...]:
    parts = as_plain(kind, value)
    kept = {part.id: parts[part.id] for part in kind.parts}
    return (
        store.to_db(ColumnKind.DATE, value.from_on or _OPEN),
        store.to_db(ColumnKind.DATE, value.until_on),
        value.position,
        json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        int(value.edited),
        store.to_db(ColumnKind.INSTANT, now),
        actor.login,
    )


def _line(
    store: Store,
    dated: Dated,
    before: DatedValue | None,
    after: DatedValue,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    operation: str,
) -> None:
    old = as_plain(dated.kind, before) if before else {}
    named = dated.kind.key.id
    new = {named: after.key, **as_plain(dated.kind, after)}
    old = {named: before.key, **old} if before else {}
    changed = [name for name in new if old.get(name) != new[name]]
    audit.write(
        store,
        audit.Line(
            actor=actor,
            action=action,
            at=now,
            type=TABLE,
            record_id=after.id,
            version=after.version,
            before={name: old[name] for name in changed if name in old},
            after={"values_of": dated.name, **{name: new[name] for name in changed}},
            operation=operation,
        ),
    )
