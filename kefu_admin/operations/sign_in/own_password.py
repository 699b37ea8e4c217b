"""Changing one's own password."""

from __future__ import annotations

from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.behaviours import passwords
from kefu_admin.behaviours.passwords import PasswordProfile
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in.begun import CHANGED, Session, begin, line, profile_of
from kefu_admin.operations.sign_in.locked import PER_ACCOUNT
from kefu_admin.problems import FieldError, Forbidden, Invalid, SignInRequired
from kefu_admin.store import accounts, audit, sessions, throttle
from kefu_admin.store.accounts import Person
from kefu_admin.store.database import Store


def change_password(
    desk: Desk,
    old: str,
    new: str,
    *,
    actor: Actor,
    address: str,
    agent: str,
    now: datetime,
) -> Session:
    """Give oneself another password; all one's sessions end and a new one begins.

    Raises:
        Forbidden: a token, or no person at all.
        Invalid: `old_password` is wrong, or the profile refuses the new `password`.
        TooMany: ten wrong old passwords within 15 minutes.
    """
    store = desk.store
    if actor.user_id is None or actor.scopes is not None:
        raise Forbidden()
    person_id = actor.user_id
    key = f"password:{person_id}"

    def count() -> tuple[Person, str]:
        with store.transaction():
            throttle.spend(store, key, PER_ACCOUNT, now=now)
            return accounts.person(store, person_id), accounts.password_hash(store, person_id)

    person, stored = store.retrying(count)
    if not passwords.is_right(stored, old):
        with store.transaction():
            audit.write(store, line(actor, "change_password_failed", now, person_id))
        raise Invalid([FieldError("old_password", "password_wrong")])
    profile = profile_of(desk)
    check_new_password(store, profile, person, new)
    fresh = passwords.hash_password(new)

    def change() -> Session:
        with store.transaction():
            if accounts.password_hash(store, person_id) != stored:
                raise SignInRequired()  # reset by an administrator in between
            throttle.reset(store, key)
            changed = accounts.set_password(
                store,
                person_id,
                fresh,
                must_change=False,
                kept=profile.history,
                actor=actor,
                now=now,
                action="change_password",
                operation="sign_in.change_password",
            )
            sessions.end_all(store, person_id)
            return begin(desk, changed, CHANGED, address=address, agent=agent, now=now)

    return store.retrying(change)


def check_new_password(
    store: Store, profile: PasswordProfile, person: Person, password: str
) -> None:
    """Refuse a password the profile does not allow for this person.

    Raises:
        Invalid: every reason, on `password`.
    """
    errors = passwords.faults(profile, password, login=person.login)
    if errors:
        raise Invalid(errors)
    former = accounts.former_passwords(store, person.id, count=profile.history)
    if passwords.reused(profile, password, former):
        raise Invalid([FieldError("password", "password_reused", {"history": profile.history})])
