"""API tokens: issue, list, revoke; and the actor behind a bearer token.

Scopes name what a token may do of what its person may: `customer:read`, `customer:write`
(create, update, delete), single actions (`customer:export`), `*` for every type, and
`may:audit` for a permission. A token can neither manage people nor issue tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.role import Action, Permission
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.operations.who import actor_of, require
from kefu_admin.problems import (
    Busy,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    SignInRequired,
)
from kefu_admin.store import audit
from kefu_admin.store import tokens as store_tokens
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.tokens import Token

WRITE = "write"
WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE, Action.RESTORE})
LONGEST = timedelta(days=366)
_NO_TOKEN_MAY = frozenset({Permission.USERS, Permission.TOKENS})


@dataclass(frozen=True, slots=True)
class Issued:
    """A token just issued. `token` is shown once; nobody can look it up again: it is "" when the
    request was replayed."""

    id: int
    token: str


def issue(
    desk: Desk,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Issued:
    """Issue a token to oneself.

    Args:
        name: what it is for.
        days: how long it holds, 1 to 366.

    Raises:
        Forbidden: no permission TOKENS, or asked with a token.
        Invalid: on `name`, `scopes` or `days`.
        KeyReused: the key was used for another request.
    """
    require(desk, actor, Permission.TOKENS)
    if actor.user_id is None or actor.scopes is not None:
        raise Forbidden(permission=Permission.TOKENS.value)
    named, wanted = _checked(desk, name, scopes, days)
    store, user_id = desk.store, actor.user_id

    secret = ""

    def work() -> Mapping[str, Any]:
        nonlocal secret
        ends = now + timedelta(days=days)
        id, secret = store_tokens.issue(
            store, user_id=user_id, name=named, scopes=wanted, expires_at=ends, now=now
        )
        after = {
            "token": id,
            "name": named,
            "scopes": sorted(wanted),
            "until": str(ends.date()),
        }
        audit.write(store, _line(actor, "issue_token", id, now, after=after))
        return {"id": id}

    answer, replayed = once(desk, "tokens.issue", work, actor=actor, now=now, key=key)
    return Issued(answer["id"], "" if replayed else secret)


def revoke(desk: Desk, id: int, *, actor: Actor, now: datetime) -> None:
    """End a token: one's own, or anybody's with the permission USERS.

    Raises:
        NotFound: no such token, or somebody else's.
    """
    store = desk.store

    def work() -> None:
        with store.transaction():
            found = store_tokens.token(store, id)
            if found.user_id != actor.user_id:
                try:
                    require(desk, actor, Permission.USERS)
                except Forbidden:
                    raise NotFound(type="token", id=id) from None
            store_tokens.revoke(store, id, now=now)
            audit.write(store, _line(actor, "revoke_token", id, now, after={"token": id}))

    store.retrying(work)


def own(desk: Desk, *, actor: Actor) -> tuple[Token, ...]:
    """One's tokens, newest first.

    Raises:
        Forbidden: no permission TOKENS.
    """
    require(desk, actor, Permission.TOKENS)
    if actor.user_id is None:
        return ()
    return store_tokens.tokens(desk.store, actor.user_id)


def of_person(desk: Desk, person_id: int, *, actor: Actor) -> tuple[Token, ...]:
    """A person's tokens, for who manages people.

    Raises:
        Forbidden: no permission USERS.
    """
    require(desk, actor, Permission.USERS)
    return store_tokens.tokens(desk.store, person_id)


def authenticate(desk: Desk, bearer: str, *, now: datetime, address: str = "") -> Actor:
    """The actor behind a bearer token: one statement, and a write once a minute.

    Raises:
        SignInRequired: unknown, expired or revoked, or its person is disabled or has still to
            change the first password.
    """
    store = desk.store
    found = store_tokens.found(store, bearer, now=now)
    if found is None or found.who.must_change:
        raise SignInRequired()
    if found.last_used_at is None or now - found.last_used_at >= store_tokens.USED_EVERY:
        with suppress(Busy), store.transaction_if_free():  # reading neither fails nor waits
            store_tokens.touch(store, found.id, now=now)
    desk.hear(found.who, now)
    return actor_of(
        desk.project,
        found.who,
        source="api",
        session=f"token:{found.id}",
        address=address,
        scopes=granted(found.scopes),
    )


@lru_cache(maxsize=1024)
def granted(scopes: frozenset[str]) -> frozenset[str]:
    """Scopes with `write` spelled out as the actions it stands for."""
    spelled: set[str] = set()
    for scope in scopes:
        subject, _, verb = scope.partition(":")
        spelled |= {f"{subject}:{action}" for action in WRITES} if verb == WRITE else {scope}
    return frozenset(spelled)


def choices(desk: Desk) -> tuple[str, ...]:
    """Every scope a token may have, most general first."""
    verbs = ("read", WRITE, *(action for action in Action if action not in WRITES | {Action.READ}))
    of_types = [f"{subject}:{verb}" for subject in ("*", *desk.project.types) for verb in verbs]
    may = [f"may:{one}" for one in Permission if one not in _NO_TOKEN_MAY]
    return (*of_types, *may)


def _checked(desk: Desk, name: str, scopes: Iterable[str], days: int) -> tuple[str, frozenset[str]]:
    errors: list[FieldError] = []
    try:
        named = line(name)
    except BadValue as bad:
        named = "-"
        errors.append(FieldError("name", bad.code, bad.facts))
    if not named:
        errors.append(FieldError("name", "required"))
    if len(named) > 64:
        errors.append(FieldError("name", "too_long", {"limit": 64}))
    wanted = frozenset(scopes)
    if not wanted:
        errors.append(FieldError("scopes", "required"))
    known = {*choices(desk), *(f"{s}:{a}" for s in ("*", *desk.project.types) for a in Action)}
    errors += [
        FieldError("scopes", "no_such_scope", {"scope": scope}) for scope in sorted(wanted - known)
    ]
    if not 1 <= days <= LONGEST.days:
        errors.append(FieldError("days", "token_days", {"max": LONGEST.days}))
    if errors:
        raise Invalid(errors)
    return named, wanted


def _line(
    actor: Actor, action: str, id: int, now: datetime, *, after: dict[str, object]
) -> audit.Line:
    return audit.Line(
        actor=actor,
        action=action,
        at=now,
        type="token",
        record_id=id,
        after=after,
        operation=f"tokens.{action.partition('_')[0]}",
    )
