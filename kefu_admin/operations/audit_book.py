"""Reading the audit book: for who holds the permission AUDIT.

Everybody who reads it is told who changed which fields of which record, and when. The values stand
there only as far as he may see them in the record itself, today: an auditor without rights on a
type, or without the clearance, reads names of fields. Personal values were masked or hashed when
the lines were written.

Pages go by id, newest first; a time is found among the ids by halving, since an index on it would
be paid by every change of every record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.masks import HIDDEN
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading.sights import sight
from kefu_admin.operations.who import require
from kefu_admin.problems import BadRequest
from kefu_admin.store import read
from kefu_admin.store.accounts import normal_login
from kefu_admin.store.audit import record_chain
from kefu_admin.store.database import Store
from kefu_admin.store.seal import latest, oldest_unsealed
from kefu_admin.store.shapes import ColumnKind

MOST = 200
_SLACK = timedelta(minutes=15)  # clocks of several servers, and transactions that took long
_LONGEST_ID = 18  # digits
_COLUMNS = (
    "id", "at", "actor_id", "actor", "source", "address", "session", "action", "type", "record_id",
    "version", "changes", "reason", "operation",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `changes` maps a field to (before, after), as kept: masked or hashed if personal;
    both are `HIDDEN` where the reader may not see the field in that record.
    `actor` is the login as it was; "#…" stands for an unknown login somebody tried."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    source: str
    address: str
    session: str
    action: str
    type: str
    record_id: int | None
    version: int | None
    changes: Mapping[str, tuple[object, object]]
    reason: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Lines, newest first; `next` is the cursor of the older ones, "" at the end."""

    entries: tuple[Entry, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What to show. Blank means everything; `since` inclusive, `until` exclusive (aware)."""

    who: str = ""  # login
    since: datetime | None = None
    until: datetime | None = None
    type: str = ""
    record_id: int | None = None
    action: str = ""
    address: str = ""
    after: str = ""  # cursor
    limit: int = 50


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
    store = desk.store
    tests, params = _tests(store, request)
    limit = max(1, min(request.limit, MOST))
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    rows = store.rows(
        f'SELECT {names} FROM "kefu_audit"{where} ORDER BY "id" DESC LIMIT ?',  # noqa: S608
        (*params, limit + 1),
    )
    entries = _as_seen(desk, [_entry(store, row) for row in rows[:limit]], actor, now)
    return AuditPage(entries=entries, next=str(entries[-1].id) if len(rows) > limit else "")


def actions(desk: Desk, *, actor: Actor) -> tuple[str, ...]:
    """Every action among the newest ten thousand lines, for a filter's choices.

    Raises:
        Forbidden: no permission AUDIT.
    """
    require(desk, actor, Permission.AUDIT)
    rows = desk.store.rows(
        'SELECT DISTINCT "action" FROM (SELECT "action" FROM "kefu_audit"'
        ' ORDER BY "id" DESC LIMIT 10000) AS newest ORDER BY "action"'
    )
    return tuple(str(action) for (action,) in rows)


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


def _tests(store: Store, request: AuditRequest) -> tuple[list[str], list[object]]:
    tests: list[str] = []
    params: list[object] = []

    def test(sql: str, *values: object) -> None:
        tests.append(sql)
        params.extend(values)

    if request.who:
        test('"actor" = ?', _login(request.who))
    if request.since:
        test('"at" >= ?', store.to_db(ColumnKind.INSTANT, request.since))
        test('"id" >= ?', _first_id(store, request.since - _SLACK))
    if request.until:
        test('"at" < ?', store.to_db(ColumnKind.INSTANT, request.until))
        test('"id" < ?', _first_id(store, request.until + _SLACK))
    if request.type and request.record_id is not None:
        test('"chain" = ?', record_chain(request.type, request.record_id))
    elif request.type:
        test('"type" = ?', request.type)
    elif request.record_id is not None:
        test('"record_id" = ?', request.record_id)
    if request.action:
        test('"action" = ?', request.action)
    if request.address:
        test('"address" = ?', request.address)
    if request.after:
        if not request.after.isdecimal() or len(request.after) > _LONGEST_ID:
            raise BadRequest(detail="cursor")
        test('"id" < ?', int(request.after))
    return tests, params


def _first_id(store: Store, at: datetime) -> int:
    """The id at which lines of an instant begin, give or take what ids and times are apart."""
    low, high = 1, int(store.value('SELECT MAX("id") FROM "kefu_audit"') or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = store.row(
            'SELECT "id", "at" FROM "kefu_audit" WHERE "id" >= ? ORDER BY "id" LIMIT 1', (middle,)
        )
        assert found is not None  # middle is not above the largest id
        if store.from_db(ColumnKind.INSTANT, found[1]) < at:
            low = int(found[0]) + 1
        else:
            high = middle
    return low


def _login(who: str) -> str:
    if who.startswith("#"):
        return who
    try:
        return normal_login(who)
    except BadValue:
        return "#"  # nobody's


def _entry(store: Store, row: tuple[object, ...]) -> Entry:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["at"] = store.from_db(ColumnKind.INSTANT, values["at"])
    values["changes"] = {
        name: (before, after)
        for name, (before, after) in json.loads(str(values["changes"])).items()
    }
    return Entry(**values)  # type: ignore[arg-type]  # columns and fields carry the same names
