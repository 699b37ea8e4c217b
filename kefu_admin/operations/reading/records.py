"""One record: shown, its history, and a masked value uncovered for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.role import Action
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.exact import spend
from kefu_admin.operations.reading.owned import listed
from kefu_admin.operations.reading.requests import Difference, FieldView, HistoryEntry
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound, UnknownParameter
from kefu_admin.store import audit, read, versions
from kefu_admin.store import history as book
from kefu_admin.store.history import Entry
from kefu_admin.store.query import Ref, Row
from kefu_admin.store.read import Sight
from kefu_admin.store.rules import RowRights

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

SHORTEST_REASON = 2
LONGEST_REASON = 500


def get(
    desk: Desk,
    type_id: str,
    record_id: int,
    *,
    actor: Actor,
    now: datetime,
    columns: Sequence[str] | None = None,
) -> Row:
    """A record as the actor may see it, with the given fields or all in sight.

    Raises:
        NotFound: there is none, or none he may see.
        UnknownParameter: a column that does not exist or is closed to him everywhere.
    """
    look = sight(desk, actor, now)
    fields = _fields(look, type_id)
    for name in columns or ():
        if name not in fields or not fields[name].seen:
            raise UnknownParameter(name=name)
    seen = [name for name, one in fields.items() if one.seen] if columns is None else columns
    row = read.get(look, type_id, record_id, seen)
    if row is None:
        raise NotFound
    # a reference to a type that is not his is no field to him, whatever his role says of it
    return (
        row
        if row.editable <= fields.keys()
        else replace(row, editable=row.editable.intersection(fields))
    )


def history(
    desk: Desk,
    type_id: str,
    record_id: int,
    *,
    actor: Actor,
    now: datetime,
    below_version: int = 0,
    limit: int = 50,
) -> tuple[HistoryEntry, ...]:
    """The versions of a record, newest first, under the rights he has in it today.

    Raises:
        NotFound: he may not see the record, or there is none.
        Forbidden: he sees it but not its history.
    """
    look = sight(desk, actor, now)
    rights = _rights(look, type_id, record_id)
    if Action.HISTORY not in rights.actions:
        raise Forbidden
    content_type = desk.project.types[type_id]
    entries = book.of_record(
        desk.store, type_id, record_id, below_version=below_version, limit=limit
    )
    return told(look, content_type, rights, entries)


def told(
    look: Sight, content_type: ContentType, rights: RowRights, entries: Sequence[Entry]
) -> tuple[HistoryEntry, ...]:
    """Versions of a record as these rights show them."""
    shown = read.Shown(look, content_type, rights)
    for entry in entries:
        shown.want(entry.before)
        shown.want(entry.after)
        shown.want_person(entry.actor_id)
    return tuple(
        HistoryEntry(
            version=entry.version,
            action=entry.action,
            by=shown.person(entry.actor_id) or Ref(0, entry.actor),
            at=entry.at,
            before=shown.values(entry.before, entry.unfit),
            after=shown.values(entry.after, entry.unfit),
            unfit=entry.unfit,
            operation=entry.operation,
            masked=rights.masked & (entry.before.keys() | entry.after.keys()),
        )
        for entry in entries
    )


def difference(
    desk: Desk,
    type_id: str,
    record_id: int,
    older: int,
    newer: int,
    *,
    actor: Actor,
    now: datetime,
) -> Difference:
    """What differs between two versions of a record, under the rights he has in it today, and in
    the rows it owns under the rights he has in these (`reading.owned`).

    Raises:
        NotFound: he may not see the record, or there is none.
        Forbidden: he sees it but not its history.
        Invalid: there is no such version, or the older one is not older.
    """
    look = sight(desk, actor, now)
    rights = _rights(look, type_id, record_id)
    if Action.HISTORY not in rights.actions:
        raise Forbidden
    first, last = (versions.mark(desk.store, type_id, record_id, one) for one in (older, newer))
    if first is None or last is None or older >= newer:
        raise Invalid([FieldError("version", "no_such_version")])
    content_type = desk.project.types[type_id]
    moved = versions.between(desk.store, type_id, record_id, older, newer)
    owned = versions.owned_between(desk.store, type_id, (record_id,), first, last)[record_id]
    seen = {name: rows for name, rows in owned.items() if name in rights.see}
    lists = listed(look, content_type, seen)
    plain = {name: values for name, values in moved.values.items() if name not in owned}
    before, after = ({name: one[place] for name, one in plain.items()} for place in (0, 1))
    shown = read.Shown(look, content_type, rights)
    shown.want(before)
    shown.want(after)
    return Difference(
        older=older,
        newer=newer,
        before=shown.values(before, moved.unfit)
        | {name: one.before for name, one in lists.items()},
        after=shown.values(after, moved.unfit) | {name: one.after for name, one in lists.items()},
        masked=rights.masked & plain.keys(),
        unfit=moved.unfit,
        rows={name: one.rows for name, one in lists.items()},
    )


def unmask(
    desk: Desk,
    type_id: str,
    record_id: int,
    field: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> object:
    """The true value of a field he sees masked: as plain JSON, told once, with one audit line.

    Raises:
        NotFound: he may not see the record, or there is none.
        UnknownParameter: no such field, or one closed to him in this record.
        Forbidden: he may not uncover it.
        Invalid: no reason of at least two characters.
        TooMany: more than `unmask_per_hour` this hour.
    """
    look = sight(desk, actor, now)
    rights = _rights(look, type_id, record_id)
    if field not in rights.see | rights.masked:
        raise UnknownParameter(name=field)
    if field not in rights.unmask:
        raise Forbidden
    said = reason.strip()
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise Invalid([FieldError("reason", "reason_needed", {"shortest": SHORTEST_REASON})])
    one = desk.project.types[type_id].fields[field]

    def uncover() -> object:
        with desk.store.transaction():
            spend(desk, "unmask", desk.project.unmask_per_hour, actor=actor, now=now)
            values = read.raw(desk.store, type_id, record_id)
            if values is None:
                raise NotFound
            value = values.get(field)
            shown = None if value is None else plain(one, value)
            masked = None if shown is None else MASKS[one.mask or "all"](str(shown))
            audit.write(
                desk.store,
                audit.Line(
                    actor=actor,
                    action="unmask",
                    at=now,
                    type=type_id,
                    record_id=record_id,
                    after={field: masked},
                    reason=said,
                    operation="reading.unmask",
                ),
            )
            return shown

    return desk.store.retrying(uncover)


def _rights(look: Sight, type_id: str, record_id: int) -> RowRights:
    rights = read.rights(look, type_id, record_id)
    if rights is None:
        raise NotFound
    return rights


def _fields(look: Sight, type_id: str) -> Mapping[str, FieldView]:
    """The fields of a type as the actor meets them.

    Raises:
        NotFound: no such type, or none for him.
    """
    view = next((view for view in type_views(look) if view.id == type_id), None)
    if view is None:
        raise NotFound
    return view.fields
