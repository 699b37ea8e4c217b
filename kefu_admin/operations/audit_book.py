"""Reading the audit book: for who holds the permission AUDIT.

Everybody who reads it is told who changed which fields of which record, and when. The values stand
there only as far as he may see them in the record itself, today: an auditor without rights on a
type, or without the clearance, reads names of fields. Personal values were masked or hashed when
the lines were written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.masks import HIDDEN
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading.sights import sight
from kefu_admin.operations.who import require
from kefu_admin.store import read
from kefu_admin.store.audit_read import AuditRequest, Entry, lines, newest_actions
from kefu_admin.store.seal import latest, oldest_unsealed

__all__ = ["AuditPage", "AuditRequest", "Entry", "SealState", "actions", "list_lines", "seal_state"]

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Lines, newest first, their values `HIDDEN` where the reader may not see the field in that
    record; `next` is the cursor of the older ones, "" at the end."""

    entries: tuple[Entry, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How far the sealer is: blocks so far, when the last was made, since when a line waits."""

    blocks: int
    sealed_at: datetime | None
    oldest_unsealed_at: datetime | None


def list_lines(desk: Desk, request: AuditRequest, *, actor: Actor, now: datetime) -> AuditPage:
    """A page of the audit book.

    Raises:
        Forbidden: no permission AUDIT.
        BadRequest: a cursor nobody gave out.
    """
    require(desk, actor, Permission.AUDIT)
    limit = max(1, min(request.limit, MOST))
    found = lines(desk.store, request, limit=limit + 1)
    entries = _as_seen(desk, found[:limit], actor, now)
    return AuditPage(entries=entries, next=str(entries[-1].id) if len(found) > limit else "")


def actions(desk: Desk, *, actor: Actor) -> tuple[str, ...]:
    """Every action among the newest ten thousand lines, for a filter's choices.

    Raises:
        Forbidden: no permission AUDIT.
    """
    require(desk, actor, Permission.AUDIT)
    return newest_actions(desk.store)


def seal_state(desk: Desk, *, actor: Actor) -> SealState:
    """How far the sealer is.

    Raises:
        Forbidden: no permission AUDIT.
    """
    require(desk, actor, Permission.AUDIT)
    last = latest(desk.store)
    return SealState(
        blocks=last.number if last else 0,
        sealed_at=last.sealed_at if last else None,
        oldest_unsealed_at=oldest_unsealed(desk.store),
    )


def _as_seen(desk: Desk, entries: list[Entry], actor: Actor, now: datetime) -> tuple[Entry, ...]:
    """The lines without values of records and fields that the reader may not see.

    Lines about people, departments and tokens stay whole. Costs one statement per type.
    """
    types = desk.project.types
    asked: dict[str, set[int]] = {}
    for entry in entries:
        if entry.type in types and entry.record_id is not None:
            asked.setdefault(entry.type, set()).add(entry.record_id)
    look = sight(desk, actor, now)
    rights = {type_id: read.rights_in(look, type_id, sorted(asked[type_id])) for type_id in asked}

    def seen(entry: Entry) -> Entry:
        held = rights.get(entry.type, {}).get(entry.record_id or 0)
        shown = held.see | held.masked if held is not None else frozenset()
        changes = {
            name: told if name in shown else (HIDDEN, HIDDEN)
            for name, told in entry.changes.items()
        }
        return replace(entry, changes=changes)

    return tuple(seen(entry) if entry.type in types else entry for entry in entries)
