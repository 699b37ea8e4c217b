"""What every way in has in common: a session, its audit line, and what the password asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.behaviours import passwords
from kefu_admin.behaviours.passwords import PROFILES, PasswordProfile
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import actor_of
from kefu_admin.store import accounts, audit, sessions
from kefu_admin.store.accounts import Person

OPERATION = "sign_in"
PASSWORD = "password"  # noqa: S105 -- how somebody got in, as the audit book names it
CHANGED = "password_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session just begun: `token` is for the cookie, `csrf` for its forms. `must_change`: nothing
    but changing the password is open to the person yet."""

    token: str
    csrf: str
    actor: Actor
    must_change: bool


def begin(
    desk: Desk, person: Person, method: str, *, address: str, agent: str, now: datetime
) -> Session:
    """Begin a session in the open transaction.

    Somebody a back end vouches for need not change a password of ours: one that would have to be
    changed is void from then on.
    """
    store = desk.store
    forced = must_change(desk, person.must_change, person.password_changed_at, now)
    if forced and method not in (PASSWORD, CHANGED):
        person, forced = accounts.void_password(store, person, now=now), False
    made = sessions.begin(
        store,
        user_id=person.id,
        auth_epoch=person.auth_epoch,
        address=address,
        agent=agent,
        now=now,
    )
    found = sessions.found(store, made.token, now=now)
    assert found is not None  # begun in this transaction
    actor = actor_of(
        desk.project, found.who, source="panel", session=made.reference, address=address
    )
    accounts.signed_in(store, person.id, now=now)
    audit.write(store, line(actor, "sign_in", now, person.id, after={"method": method}))
    return Session(
        token=made.token,
        csrf=made.csrf,
        actor=actor,
        must_change=forced,
    )


def profile_of(desk: Desk) -> PasswordProfile:
    """What the project asks of passwords."""
    return PROFILES[desk.project.password_profile]


def must_change(desk: Desk, first: bool, changed_at: datetime | None, now: datetime) -> bool:
    """Whether nothing else is open to the person until the password is changed: it is a first one
    somebody else chose, or older than the profile allows."""
    if first or changed_at is None:
        return first
    return passwords.is_expired(profile_of(desk), changed_at, now=now)


def line(
    actor: Actor,
    action: str,
    now: datetime,
    person_id: int | None,
    *,
    chain: str = "",
    after: dict[str, object] | None = None,
) -> audit.Line:
    """An audit line about a person's signing in or out."""
    return audit.Line(
        actor=actor,
        action=action,
        at=now,
        type="person",
        record_id=person_id,
        after=after or {},
        operation=OPERATION,
        chain=chain,
    )
