"""Login and password, and what may come instead: how somebody gets in, and how often he may try.

A sign-in back end of an extension is a function of login (in its normal form) and password that
says whether it vouches for the person; it is asked when our own password does not fit. Only people
with an account here get in. Back ends that work by redirect call `admit` from a view of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from kefu_admin import registry
from kefu_admin.actor import Actor
from kefu_admin.behaviours import passwords
from kefu_admin.definitions.fields import BadValue
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in.begun import PASSWORD, Session, begin, line
from kefu_admin.operations.sign_in.locked import PER_ACCOUNT, account_key, failed
from kefu_admin.problems import TooMany
from kefu_admin.store import accounts, audit, sessions, throttle
from kefu_admin.store.accounts import Person
from kefu_admin.store.audit_read import has_signed_in_from
from kefu_admin.store.database import Store
from kefu_admin.store.throttle import Hits, Limit

PER_SOURCE = Limit(count=50, seconds=15 * 60)
KNOWN_FOR = timedelta(days=30)
BackEnd = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class _Try:
    """One try, counted: for whom, by which key, and how many there have been."""

    person: Person | None
    name: str  # the login, or a keyed hash of what was typed instead (people type passwords there)
    stored: str
    key: str
    source_key: str
    account: Hits
    source: Hits


def sign_in(
    desk: Desk,
    login: str,
    password: str,
    *,
    address: str,
    agent: str,
    now: datetime,
    previous: str = "",
    back_ends: Mapping[str, BackEnd] | None = None,
) -> Session:
    """Begin a session with login and password.

    Args:
        address: where the request comes from, by the socket or a trusted proxy.
        agent: the browser's name for itself.
        previous: a session token the browser still holds; that session ends.
        back_ends: who else may vouch, by name; what the installed extensions offer when not given.

    Raises:
        SignInFailed: unknown, wrong, locked (10 wrong within 15 minutes) or disabled.
        TooMany: 50 failures within 15 minutes from one address.
        Busy: too many passwords are being checked just now.
    """
    store = desk.store
    attempt = store.retrying(lambda: _count(store, login, address, now))
    if attempt.source.count > PER_SOURCE.count:
        raise TooMany(
            limit=PER_SOURCE.count,
            per=PER_SOURCE.seconds,
            retry_after=throttle.seconds_until(attempt.source.ends_at, now=now),
        )
    method = _vouched(attempt, login, password, _back_ends() if back_ends is None else back_ends)
    if not method:
        store.retrying(lambda: _note_failure(store, attempt, address, now))
        raise failed()
    assert attempt.person is not None  # nobody is vouched for where there is none
    person_id, epoch = attempt.person.id, attempt.person.auth_epoch
    if method == PASSWORD and passwords.needs_rehash(attempt.stored):
        fresh = passwords.hash_password(password)
        with store.transaction():
            accounts.upgrade_hash(store, person_id, attempt.stored, fresh)

    def enter() -> Session:
        with store.transaction():
            present = accounts.person(store, person_id, lock=True)
            if not present.active or present.auth_epoch != epoch:
                raise failed()  # disabled or changed while the password was checked
            throttle.reset(store, attempt.key)
            throttle.give_back(store, attempt.source_key)
            if previous:
                sessions.end(store, previous)
            return begin(desk, present, method, address=address, agent=agent, now=now)

    return store.retrying(enter)


def admit(
    desk: Desk, person_id: int, *, method: str, address: str, agent: str, now: datetime
) -> Session:
    """Begin a session for somebody another sign-in back end has vouched for.

    Args:
        method: the back end's name, for the audit book.

    Raises:
        SignInFailed: no such person, or disabled.
    """
    store = desk.store

    def enter() -> Session:
        with store.transaction():
            person = accounts.person(store, person_id, lock=True)
            if not person.active:
                raise failed()
            return begin(desk, person, method, address=address, agent=agent, now=now)

    return store.retrying(enter)


def _count(store: Store, login: str, address: str, now: datetime) -> _Try:
    with store.transaction():
        person = accounts.person_by_login(store, login)
        name = person.login if person else audit.keyed_hash(store, _normal(login))
        since = now - KNOWN_FOR
        is_known = person and has_signed_in_from(store, person.id, address, since=since)
        key = account_key(name, known_address=address if is_known else "")
        source_key = f"sign_in_from:{address}"
        attempt = _Try(
            person=person,
            name=name,
            stored=accounts.password_hash(store, person.id) if person else "",
            key=key,
            source_key=source_key,
            source=throttle.hit(store, source_key, PER_SOURCE, now=now),
            account=throttle.hit(store, key, PER_ACCOUNT, now=now),
        )
        for hits, limit, action in (
            (attempt.account, PER_ACCOUNT, "locked_out"),
            (attempt.source, PER_SOURCE, "source_blocked"),
        ):
            if hits.count == limit.count + 1:
                audit.write(store, _failure(attempt, action, address, now))
        return attempt


def _vouched(attempt: _Try, login: str, password: str, back_ends: Mapping[str, BackEnd]) -> str:
    """How the person may enter, "" when not; takes as long for somebody who does not exist, is
    locked or disabled."""
    person = attempt.person
    may = person is not None and person.active and attempt.account.count <= PER_ACCOUNT.count
    if not may or attempt.stored == accounts.NO_PASSWORD:
        passwords.refuse_in_equal_time(password)
    elif passwords.is_right(attempt.stored, password):
        return PASSWORD
    if attempt.account.count > PER_ACCOUNT.count:
        return ""  # a back end may lock accounts of its own
    name = person.login if person else _normal(login)
    by = next((id for id, vouches in back_ends.items() if vouches(name, password)), "")
    return by if may else ""


def _back_ends() -> Mapping[str, BackEnd]:
    return cast(Mapping[str, BackEnd], registry.installed().sign_in)


def _note_failure(store: Store, attempt: _Try, address: str, now: datetime) -> None:
    """One line per counted failure; tries beyond the limit are told once, by the lock-out."""
    if attempt.account.count > PER_ACCOUNT.count:
        return
    with store.transaction():
        audit.write(store, _failure(attempt, "sign_in_failed", address, now))


def _failure(attempt: _Try, action: str, address: str, now: datetime) -> audit.Line:
    """Nobody has proved to be that person: the actor has the login, but not the id."""
    actor = Actor(user_id=None, login=attempt.name, name="", roles=frozenset(), address=address)
    person_id = attempt.person.id if attempt.person else None
    chain = "" if attempt.person else f"sign_in:{attempt.name}"
    return line(actor, action, now, person_id, chain=chain)


def _normal(login: str) -> str:
    try:
        return accounts.normal_login(login)
    except BadValue:
        return login
