"""API tokens: `kefu_` and 43 characters, of which only the SHA-256 is kept.

A token acts for its person, with his roles of the moment and no more than its scopes; it ends with
its date, with being revoked, and with the person's account.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.problems import NotFound
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.sessions import Who, hashed, who, who_columns
from kefu_admin.store.shapes import ColumnKind

PREFIX = "kefu_"
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as listed; the token itself is shown once, when it is issued."""

    id: int
    user_id: int
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """A token that counts, and whose it is."""

    id: int
    scopes: frozenset[str]
    last_used_at: datetime | None
    who: Who


def issue(
    store: Store,
    *,
    user_id: int,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[int, str]:
    """A new token in the open transaction: its id, and the token, which cannot be had again."""
    token = PREFIX + secrets.token_urlsafe(32)
    at, ends = (store.to_db(ColumnKind.INSTANT, when) for when in (now, expires_at))
    id = store.insert(
        'INSERT INTO "kefu_token" ("hash", "user_id", "name", "scopes", "expires_at", "created_at")'
        " VALUES (?, ?, ?, ?, ?, ?)",
        (hashed(token), user_id, name, json.dumps(sorted(scopes)), ends, at),
    )
    return id, token


def found(store: Store, token: str, *, now: datetime) -> FoundToken | None:
    """The token with its person, or None when it does not count (any more)."""
    if not token.startswith(PREFIX):
        return None
    row = store.row(_FIND[store.dialect], (hashed(token), store.to_db(ColumnKind.INSTANT, now)))
    if row is None:
        return None
    return FoundToken(
        id=int(row[0]),
        scopes=frozenset(json.loads(row[1])),
        last_used_at=store.from_db(ColumnKind.INSTANT, row[2]),
        who=who(store, row[3:]),
    )


def touch(store: Store, id: int, *, now: datetime) -> None:
    """Remember that the token was used, in the open transaction."""
    store.execute(
        'UPDATE "kefu_token" SET "last_used_at" = ? WHERE "id" = ?',
        (store.to_db(ColumnKind.INSTANT, now), id),
    )


def revoke(store: Store, id: int, *, now: datetime) -> None:
    """End a token for good, in the open transaction; one that has ended stays as it is."""
    store.execute(
        'UPDATE "kefu_token" SET "revoked_at" = ? WHERE "id" = ? AND "revoked_at" IS NULL',
        (store.to_db(ColumnKind.INSTANT, now), id),
    )


def token(store: Store, id: int) -> Token:
    """One token.

    Raises:
        NotFound: there is none.
    """
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_token" WHERE "id" = ?', (id,))
    if row is None:
        raise NotFound(type="token", id=id)
    return _token(store, row)


def tokens(store: Store, user_id: int | None = None) -> tuple[Token, ...]:
    """All tokens, newest first, or those of one person."""
    where, params = (' WHERE "user_id" = ?', (user_id,)) if user_id is not None else ("", ())
    rows = store.rows(f'SELECT {_COLUMNS} FROM "kefu_token"{where} ORDER BY "id" DESC', params)
    return tuple(_token(store, row) for row in rows)


_COLUMNS = (
    '"id", "user_id", "name", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at"'
)
_FIND = {
    dialect: f'SELECT t."id", t."scopes", t."last_used_at", {who_columns(dialect)}'
    ' FROM "kefu_token" AS t JOIN "kefu_user" AS u ON u."id" = t."user_id" AND u."active" = 1'
    ' LEFT JOIN "kefu_department" AS d ON d."id" = u."department_id"'
    ' WHERE t."hash" = ? AND t."revoked_at" IS NULL'
    ' AND (t."expires_at" IS NULL OR t."expires_at" > ?)'
    for dialect in Dialect
}


def _token(store: Store, row: tuple[object, ...]) -> Token:
    id, user_id, name, scopes, created_at, expires_at, revoked_at, last_used_at = row
    return Token(
        id=int(str(id)),
        user_id=int(str(user_id)),
        name=str(name),
        scopes=frozenset(json.loads(str(scopes))),
        created_at=store.from_db(ColumnKind.INSTANT, created_at),
        expires_at=store.from_db(ColumnKind.INSTANT, expires_at),
        revoked_at=store.from_db(ColumnKind.INSTANT, revoked_at),
        last_used_at=store.from_db(ColumnKind.INSTANT, last_used_at),
    )
