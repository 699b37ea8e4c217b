"""Reading the audit book: for who holds the permission AUDIT, whatever rows he may see elsewhere.

Values of personal fields were masked or hashed when the lines were written, so there is nothing to
hide here. Reading is paged by time, newest first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.problems import BadRequest
from kefu_admin.store.accounts import normal_login
from kefu_admin.store.database import Store
from kefu_admin.store.seal import latest, oldest_unsealed
from kefu_admin.store.shapes import ColumnKind

MOST = 200
_COLUMNS = (
    "id", "at", "actor_id", "actor", "source", "address", "session", "action", "type", "record_id",
    "version", "changes", "reason", "operation",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `changes` maps a field to (before, after), as kept: masked or hashed if personal.
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


def list_lines(desk: Desk, request: AuditRequest, *, actor: Actor) -> AuditPage:
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
        f'SELECT {names} FROM "kefu_audit"{where} ORDER BY "at" DESC, "id" DESC LIMIT ?',  # noqa: S608
        (*params, limit + 1),
    )
    entries = tuple(_entry(store, row) for row in rows[:limit])
    last = entries[-1] if len(rows) > limit else None
    return AuditPage(entries=entries, next=f"{last.at.isoformat()}~{last.id}" if last else "")


def actions(desk: Desk, *, actor: Actor) -> tuple[str, ...]:
    """Every action that occurs in the book, for a filter's choices.

    Raises:
        Forbidden: no permission AUDIT.
    """
    require(desk, actor, Permission.AUDIT)
    rows = desk.store.rows('SELECT DISTINCT "action" FROM "kefu_audit" ORDER BY "action"')
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
    if request.until:
        test('"at" < ?', store.to_db(ColumnKind.INSTANT, request.until))
    if request.type:
        test('"type" = ?', request.type)
    if request.record_id is not None:
        test('"record_id" = ?', request.record_id)
    if request.action:
        test('"action" = ?', request.action)
    if request.address:
        test('"address" = ?', request.address)
    if request.after:
        at, id = _cursor(request.after)
        instant = store.to_db(ColumnKind.INSTANT, at)
        test('("at" < ? OR ("at" = ? AND "id" < ?))', instant, instant, id)
    return tests, params


def _cursor(text: str) -> tuple[datetime, int]:
    at, _, id = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(at)
        return instant, int(id)
    except ValueError:
        raise BadRequest(detail="cursor") from None


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
