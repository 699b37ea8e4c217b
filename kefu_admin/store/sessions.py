"""Sessions: kept here, so that they end when we say so.

The browser holds 256 random bits; the table holds their SHA-256. A session counts only while its
`auth_epoch` is the person's: disabling, other roles or a new password end it with the next request.
`found` answers everything about the asker in one statement. Rule: D21, S14.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.store import dated, views
from kefu_admin.store.database import FINGERPRINT, Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.state import state_column

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session just begun. `token` goes to the browser and nowhere else; `reference` names the
    session in the audit book; `csrf` stands in its forms."""

    token: str
    csrf: str
    reference: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The person behind a session or token, as the database says it now; and what every request
    has to know besides.

    Attributes:
        dated_token: of `store.dated`.
        applied: fingerprint of the config that is applied.
    """

    user_id: int
    login: str
    name: str
    department_id: int | None
    departments_below: frozenset[int]
    roles: frozenset[str]
    must_change: bool
    password_changed_at: datetime | None
    lists: str  # another text whenever his views or his taste in lists were changed
    dated_token: str
    applied: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSession:
    """A session that counts, and whose it is."""

    who: Who
    reference: str
    csrf: str
    seen_at: datetime


def begin(
    store: Store, *, user_id: int, auth_epoch: int, address: str, agent: str, now: datetime
) -> NewSession:
    """A new session, in the open transaction; its id has never been used before."""
    token = secrets.token_urlsafe(32)
    csrf = secrets.token_urlsafe(32)
    id_hash = hashed(token)
    at, ends = (store.to_db(ColumnKind.INSTANT, when) for when in (now, now + ABSOLUTE))
    store.execute(
        'INSERT INTO "kefu_session" ("id_hash", "user_id", "created_at", "seen_at", "expires_at",'
        ' "auth_epoch", "csrf", "address", "agent") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (id_hash, user_id, at, at, ends, auth_epoch, csrf, address[:64], agent[:255]),
    )
    return NewSession(
        token=token, csrf=csrf, reference=reference(id_hash), expires_at=now + ABSOLUTE
    )


def found(store: Store, token: str, *, now: datetime) -> FoundSession | None:
    """The session of a token with its person, or None when there is none that counts."""
    id_hash = hashed(token)
    row = store.row(_FIND[store.dialect], (id_hash,))
    if row is None:
        return None
    seen_at: datetime = store.from_db(ColumnKind.INSTANT, row[1])
    expires_at: datetime = store.from_db(ColumnKind.INSTANT, row[2])
    if now >= expires_at or now - seen_at > IDLE:
        return None
    return FoundSession(
        who=who(store, row[3:]), reference=reference(id_hash), csrf=str(row[0]), seen_at=seen_at
    )


def who_of(store: Store, user_id: int) -> Who | None:
    """A person whose account is in use, as `found` tells of him; None when there is none."""
    row = store.row(_PERSON[store.dialect], (user_id,))
    return who(store, row) if row is not None else None


def touch(store: Store, token: str, *, now: datetime) -> None:
    """Remember that the session was used, in the open transaction."""
    store.execute(
        'UPDATE "kefu_session" SET "seen_at" = ? WHERE "id_hash" = ?',
        (store.to_db(ColumnKind.INSTANT, now), hashed(token)),
    )


def end(store: Store, token: str) -> bool:
    """End one session; False when it was not there."""
    gone = store.execute('DELETE FROM "kefu_session" WHERE "id_hash" = ?', (hashed(token),))
    return bool(gone.rowcount)


def end_all(store: Store, user_id: int) -> int:
    """End every session of a person; returns how many."""
    gone = store.execute('DELETE FROM "kefu_session" WHERE "user_id" = ?', (user_id,))
    return int(gone.rowcount)


def forget(store: Store, *, now: datetime) -> int:
    """Delete sessions that no longer count by time; returns how many."""
    at, idle = (store.to_db(ColumnKind.INSTANT, when) for when in (now, now - IDLE))
    gone = store.execute(
        'DELETE FROM "kefu_session" WHERE "expires_at" <= ? OR "seen_at" < ?', (at, idle)
    )
    return int(gone.rowcount)


def hashed(token: str) -> str:
    """What the table holds of a token: SHA-256 (hex); 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def reference(id_hash: str) -> str:
    """How the audit book names a session: enough to tell them apart, of no use for signing in."""
    return id_hash[:20]


def who(store: Store, columns: tuple[object, ...]) -> Who:
    """The person from the columns of `who_columns`."""
    user_id, login, name, department_id, must_change, changed_at, roles, below, *rest = columns
    taste, shared, dated_token, applied = rest
    return Who(
        user_id=int(str(user_id)),
        login=str(login),
        name=str(name),
        department_id=int(str(department_id)) if department_id is not None else None,
        departments_below=frozenset(map(int, str(below).split(","))) if below else frozenset(),
        roles=frozenset(str(roles).split(",")) if roles else frozenset(),
        must_change=bool(must_change),
        password_changed_at=store.from_db(ColumnKind.INSTANT, changed_at),
        lists=f"{taste or 0}.{shared or 0}",
        dated_token=str(dated_token or ""),
        applied=str(applied) if applied is not None else None,
    )


def who_columns(dialect: Dialect) -> str:
    """Columns for `who`, of a statement that joins the person as u and his department as d."""
    roles, below, end_of_branch = _LISTED[dialect]
    return (
        'u."id", u."login", u."name", u."department_id", u."must_change",'
        ' u."password_changed_at",'
        f' (SELECT {roles} FROM "kefu_user_role" AS r WHERE r."user_id" = u."id"),'
        f' (SELECT {below} FROM "kefu_department" AS b'
        f' WHERE b."path" >= d."path" AND b."path" < {end_of_branch}),'
        ' (SELECT l."version" FROM "kefu_taste" AS l WHERE l."user_id" = u."id"),'
        f" {state_column(views.TOKEN)}, {state_column(dated.TOKEN)}, {state_column(FINGERPRINT)}"
    )


_LISTED = {
    Dialect.SQLITE: ('GROUP_CONCAT(r."role")', 'GROUP_CONCAT(b."id")', "d.\"path\" || ':'"),
    Dialect.POSTGRESQL: (
        "STRING_AGG(r.\"role\", ',')",
        "STRING_AGG(CAST(b.\"id\" AS text), ',')",
        "d.\"path\" || ':'",
    ),
    Dialect.MARIADB: (
        'GROUP_CONCAT(r."role")',
        'GROUP_CONCAT(b."id")',
        "CONCAT(d.\"path\", ':')",  # ":" follows the digits, so it ends the branch
    ),
}
_FIND = {
    dialect: f'SELECT s."csrf", s."seen_at", s."expires_at", {who_columns(dialect)}'
    ' FROM "kefu_session" AS s'
    ' JOIN "kefu_user" AS u ON u."id" = s."user_id" AND u."auth_epoch" = s."auth_epoch"'
    ' LEFT JOIN "kefu_department" AS d ON d."id" = u."department_id"'
    ' WHERE s."id_hash" = ? AND u."active" = 1'
    for dialect in Dialect
}
_PERSON = {
    dialect: f'SELECT {who_columns(dialect)} FROM "kefu_user" AS u'
    ' LEFT JOIN "kefu_department" AS d ON d."id" = u."department_id"'
    ' WHERE u."id" = ? AND u."active" = 1'
    for dialect in Dialect
}
