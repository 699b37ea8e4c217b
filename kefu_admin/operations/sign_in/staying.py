"""Who is behind a session, and how it ends."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in.begun import line, must_change
from kefu_admin.operations.who import actor_of
from kefu_admin.problems import Busy, SignInRequired
from kefu_admin.store import audit, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is behind a session right now."""

    actor: Actor
    csrf: str
    must_change: bool


def session(desk: Desk, token: str, *, now: datetime, address: str = "") -> SignedIn:
    """The person behind a session token: one statement, and a write once a minute.

    Raises:
        SignInRequired: there is no such session, it has ended (30 minutes idle, 12 hours in all),
            or the person was disabled or changed since it began.
    """
    store = desk.store
    found = sessions.found(store, token, now=now)
    if found is None:
        raise SignInRequired()
    if now - found.seen_at >= sessions.SEEN_EVERY:
        with suppress(Busy), store.transaction_if_free():  # reading neither fails nor waits
            sessions.touch(store, token, now=now)
    who = found.who
    desk.hear(who, now)
    return SignedIn(
        actor=actor_of(desk.project, who, source="panel", session=found.reference, address=address),
        csrf=found.csrf,
        must_change=must_change(desk, who.must_change, who.password_changed_at, now),
    )


def sign_out(desk: Desk, token: str, *, actor: Actor, now: datetime) -> None:
    """End the session of a token; nothing happens when it has ended already."""
    store = desk.store

    def leave() -> None:
        with store.transaction():
            if sessions.end(store, token):
                audit.write(store, line(actor, "sign_out", now, actor.user_id))

    store.retrying(leave)
