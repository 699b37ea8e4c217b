"""Accounts locked after too many wrong passwords, as those who manage people see and open them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations import sign_in
from kefu_admin.operations.accounts.unit import perform
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.store import accounts, audit


def locked_until(desk: Desk, *, actor: Actor, now: datetime) -> Mapping[str, datetime]:
    """Logins that are locked just now, with the instant each opens by itself.

    Raises:
        Forbidden: no permission USERS.
    """
    require(desk, actor, Permission.USERS)
    return sign_in.locked_until(desk.store, now=now)


def unlock_person(desk: Desk, id: int, *, actor: Actor, now: datetime) -> None:
    """Let somebody who mistyped his password try again at once; one who is not locked stays as he
    is, without a line in the audit book.

    Raises:
        Forbidden: no permission USERS.
        NotFound: no such person.
    """
    store = desk.store

    def work() -> Mapping[str, object]:
        person = accounts.person(store, id, lock=True)
        if sign_in.open_again(store, person.login, now=now):
            line = audit.Line(
                actor=actor,
                action="unlock_person",
                at=now,
                type="person",
                record_id=id,
                operation="accounts.unlock_person",
            )
            audit.write(store, line)
        return {}

    perform(desk, "accounts.unlock_person", work, actor=actor, now=now, key=None)
