"""What happened to a record, newest first: its versions, files taken in for it, and what was done
with it without changing it (uncovering a value, taking it along).

Each part under its own right: versions to who may read the history, files to who sees the field,
actions to who may read the audit book. A page follows each part by its own ids, so nothing is told
twice or left out where instants are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Action, Permission
from kefu_admin.operations import audit_book, reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import HistoryEntry
from kefu_admin.store import attachments
from kefu_admin.store.attachments import Attachment
from kefu_admin.store.audit_read import AuditRequest, Entry
from kefu_admin.store.query import File, Row

_IN_HISTORY = frozenset({"create", "update", "delete", "restore"})
NEWEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a page begins: only versions, files and audit lines below these; 0 of an audit line or
    file means from the newest."""

    version: int = 0
    file: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened; `told` is a version, a file or an audit line. `by`: who, as the
    reader may name him, "" for a version, which knows it itself."""

    at: datetime
    told: HistoryEntry | Attachment | Entry
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A page; `next` is None at the end."""

    events: tuple[Event, ...]
    next: Mark | None


def timeline(
    desk: Desk, row: Row, mark: Mark, *, actor: Actor, now: datetime, limit: int
) -> Events:
    """What happened to a record the actor sees, with all its fields read.

    Costs at most one statement for the files, those of `reading.history` and of the audit book,
    and one for names.
    """
    found = [
        *_versions(desk, row, mark, actor, now, limit + 1),
        *_files(desk, row, mark, limit + 1),
        *_actions(desk, row, mark, actor, now, limit + 1),
    ]
    found.sort(key=lambda event: (event.at, _rank(event)), reverse=True)
    shown = found[:limit]
    names = _names(desk, row.type, shown, actor, now)
    events = tuple(
        Event(at=one.at, told=one.told, by=names.get(one.told.created_by or 0, ""))
        if isinstance(one.told, Attachment)
        else one
        for one in shown
    )
    return Events(events=events, next=_after(mark, shown) if len(found) > limit else None)


def _versions(
    desk: Desk, row: Row, mark: Mark, actor: Actor, now: datetime, limit: int
) -> list[Event]:
    if Action.HISTORY.value not in row.actions:
        return []
    entries = reading.history(
        desk, row.type, row.id, actor=actor, now=now, below_version=mark.version, limit=limit
    )
    return [Event(at=one.at, told=one) for one in entries if one.version < (mark.version or NEWEST)]


def _files(desk: Desk, row: Row, mark: Mark, limit: int) -> list[Event]:
    """The files that hang on it now in fields he sees."""
    ids: list[int] = []
    for name, value in row.values.items():
        several = value if isinstance(value, tuple) else (value,)
        if name not in row.masked:
            ids += [one.id for one in several if isinstance(one, File)]
    ids = sorted((id for id in ids if not mark.file or id < mark.file), reverse=True)[:limit]
    kept = attachments.by_ids(desk.store, ids)
    return [Event(at=kept[id].created_at, told=kept[id]) for id in ids if id in kept]


def _actions(
    desk: Desk, row: Row, mark: Mark, actor: Actor, now: datetime, limit: int
) -> list[Event]:
    """Lines of the audit book that changed nothing, looked for among the newest few hundred."""
    if Permission.AUDIT not in desk.grants(actor).permissions:
        return []
    request = AuditRequest(
        type=row.type,
        record_id=row.id,
        after=str(mark.line) if mark.line else "",
        limit=audit_book.MOST,
    )
    page = audit_book.list_lines(desk, request, actor=actor, now=now)
    lines = [line for line in page.entries if line.action not in _IN_HISTORY]
    return [Event(at=line.at, told=line, by=line.actor) for line in lines[:limit]]


def _rank(event: Event) -> tuple[int, int]:
    """Among things of one instant: the version above the file it took in, newer ids first."""
    match event.told:
        case HistoryEntry(version=version):
            return (2, version)
        case Attachment(id=id):
            return (1, id)
        case Entry(id=id):
            return (0, id)


def _names(
    desk: Desk, type_id: str, shown: list[Event], actor: Actor, now: datetime
) -> dict[int, str]:
    people = {
        one.told.created_by
        for one in shown
        if isinstance(one.told, Attachment) and one.told.created_by is not None
    }
    if not people:
        return {}
    wanted = {"created_by": people}
    found = reading.labels(desk, type_id, wanted, actor=actor, now=now)
    return {id: label for (_, id), label in found.items()}


def _after(mark: Mark, shown: list[Event]) -> Mark:
    version, file, line = mark.version, mark.file, mark.line
    for event in shown:
        match event.told:
            case HistoryEntry(version=one):
                version = one
            case Attachment(id=one):
                file = one
            case Entry(id=one):
                line = one
    return Mark(version=version, file=file, line=line)
