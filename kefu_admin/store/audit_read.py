"""Finding lines in the audit book. What a reader may see of them is for `operations.audit_book`.

Pages go by id, newest first; a time is found among the ids by halving, since an index on it would
be paid by every change of every record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.definitions.fields import BadValue
from kefu_admin.problems import BadRequest
from kefu_admin.store.accounts import normal_login
from kefu_admin.store.audit import record_chain
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind

_SLACK = timedelta(minutes=15)  # clocks of several servers, and transactions that took long
_LONGEST_ID = 18  # digits
_NEWEST = 10_000  # lines looked through for the actions there are
_LATELY = 5_000  # lines of a person looked through for an address
_COLUMNS = (
    "id", "at", "actor_id", "actor", "source", "address", "session", "action", "type", "record_id",
    "version", "changes", "reason", "operation",
)  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `changes` maps a field to (before, after), as kept: masked or hashed if personal;
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


def lines(store: Store, request: AuditRequest, *, limit: int) -> list[Entry]:
    """The newest lines that meet the request, at most `limit`.

    Raises:
        BadRequest: a cursor nobody gave out.
    """
    tests, params = _tests(store, request)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    rows = store.rows(
        f'SELECT {_NAMES} FROM "kefu_audit"{where} ORDER BY "id" DESC LIMIT ?', (*params, limit)
    )
    return [_entry(store, row) for row in rows]


def newest_actions(store: Store) -> tuple[str, ...]:
    """Every action among the newest ten thousand lines."""
    rows = store.rows(
        'SELECT DISTINCT "action" FROM (SELECT "action" FROM "kefu_audit"'
        ' ORDER BY "id" DESC LIMIT ?) AS newest ORDER BY "action"',
        (_NEWEST,),
    )
    return tuple(str(action) for (action,) in rows)


def has_signed_in_from(store: Store, person_id: int, address: str, *, since: datetime) -> bool:
    """Whether the person's lines tell of a sign-in from this address since then."""
    found = store.row(
        'SELECT 1 FROM (SELECT "action", "address", "at" FROM "kefu_audit" WHERE "chain" = ?'
        ' ORDER BY "seq" DESC LIMIT ?) AS lately'
        ' WHERE "action" = ? AND "address" = ? AND "at" > ? LIMIT 1',
        (
            record_chain("person", person_id),
            _LATELY,
            "sign_in",
            address,
            store.to_db(ColumnKind.INSTANT, since),
        ),
    )
    return found is not None


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
