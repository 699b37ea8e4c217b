"""People: finding, creating and changing accounts, and giving first passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor, system_actor
from kefu_admin.behaviours import passwords
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.accounts.roles import check_change, role_faults
from kefu_admin.operations.accounts.unit import MAX_NAME, Taker, perform
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in import open_again, profile_of
from kefu_admin.operations.who import require
from kefu_admin.problems import Conflict, FieldError, Invalid, NotFound
from kefu_admin.store import accounts
from kefu_admin.store.accounts import Person
from kefu_admin.store.idempotency import IdempotencyKey

_CREATED = frozenset({"login", "name", "department", "roles"})
_CHANGED = frozenset({"name", "department", "roles", "active"})
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """An account with its first password, which is shown once; "" when the request was replayed."""

    id: int
    version: int
    first_password: str


def list_people(
    desk: Desk,
    *,
    actor: Actor,
    term: str = "",
    department_id: int | None = None,
    role: str = "",
    active: bool | None = None,
    after_login: str = "",
    limit: int = 50,
) -> tuple[Person, ...]:
    """People by login, `limit` (200 at most) after `after_login`.

    Args:
        term: part of login or name.
        department_id: of this department or below it.

    Raises:
        Forbidden: no permission USERS.
        NotFound: no such department.
    """
    require(desk, actor, Permission.USERS)
    store = desk.store
    ids = None
    if department_id is not None:
        path = accounts.department(store, department_id).path
        ids = [one.id for one in accounts.departments(store) if one.path.startswith(path)]
    return accounts.people(
        store,
        term=term,
        department_ids=ids,
        role=role,
        active=active,
        after_login=after_login,
        limit=min(limit, MOST),
    )


def get_person(desk: Desk, id: int, *, actor: Actor) -> Person:
    """One person.

    Raises:
        Forbidden: no permission USERS.
        NotFound: there is none.
    """
    require(desk, actor, Permission.USERS)
    return accounts.person(desk.store, id)


def create_person(
    desk: Desk,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Created:
    """A new account from `login`, `name`, `department` (id) and `roles`, with a random first
    password that must be changed.

    Raises:
        Forbidden: no permission USERS.
        UnknownParameter, Invalid: on the fields of those names.
    """
    require(desk, actor, Permission.USERS)
    taker = Taker(raw, _CREATED)
    login = _login(taker)
    name = taker.text("name", "", required=True)
    department_id = taker.id("department", None)
    roles = taker.names("roles", frozenset())
    taker.errors += role_faults(desk.project, roles, frozenset())
    _check_department(desk, taker, department_id)
    if taker.errors:
        raise Invalid(taker.errors)
    first = passwords.first_password(profile_of(desk))
    hashed = passwords.hash_password(first)

    def work() -> Mapping[str, Any]:
        made = accounts.create_person(
            desk.store,
            login=login,
            name=name,
            password_hash=hashed,
            department_id=department_id,
            roles=roles,
            actor=actor,
            now=now,
            operation="accounts.create_person",
        )
        return {"id": made.id, "version": made.version}

    answer, replayed = perform(desk, "accounts.create_person", work, actor=actor, now=now, key=key)
    return Created(
        id=answer["id"], version=answer["version"], first_password="" if replayed else first
    )


def change_person(
    desk: Desk,
    id: int,
    version: int,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> int:
    """Change `name`, `department`, `roles` or `active` of a person; returns the version now.

    Raises:
        Forbidden: no permission USERS.
        NotFound, Conflict: no such person, or changed since.
        UnknownParameter, Invalid: a bad value; exclusive roles together; his own roles or account;
            or nobody would be left to manage people.
    """
    store = desk.store

    def work() -> Mapping[str, Any]:
        before = accounts.person(store, id, lock=True)
        if before.version != version:
            raise Conflict(version=before.version, sent=version)
        taker = Taker(raw, _CHANGED)
        after = replace(
            before,
            name=taker.text("name", before.name, required=True),
            department_id=taker.id("department", before.department_id),
            roles=taker.names("roles", before.roles),
            active=taker.flag("active", before.active),
        )
        taker.errors += role_faults(desk.project, after.roles, before.roles)
        if after.department_id != before.department_id:
            _check_department(desk, taker, after.department_id)
        if taker.errors:
            raise Invalid(taker.errors)
        check_change(store, desk.project, before, after, actor)
        changed = accounts.update_person(
            store, after, actor=actor, now=now, operation="accounts.change_person"
        )
        return {"version": changed.version}

    answer, _ = perform(desk, "accounts.change_person", work, actor=actor, now=now, key=key)
    return int(answer["version"])


def reset_password(desk: Desk, id: int, version: int, *, actor: Actor, now: datetime) -> Created:
    """Give somebody a new first password; his sessions end, and an account that is locked opens.
    One's own is changed by knowing it.

    Raises:
        Forbidden: no permission USERS.
        NotFound, Conflict: no such person, or changed since.
        Invalid: his own account.
    """
    require(desk, actor, Permission.USERS)
    if actor.user_id == id:
        raise Invalid([FieldError("password", "own_password")])
    profile = profile_of(desk)
    first = passwords.first_password(profile)
    hashed = passwords.hash_password(first)

    def work() -> Mapping[str, Any]:
        before = accounts.person(desk.store, id, lock=True)
        if before.version != version:
            raise Conflict(version=before.version, sent=version)
        changed = accounts.set_password(
            desk.store,
            id,
            hashed,
            must_change=True,
            kept=profile.history,
            actor=actor,
            now=now,
            action="reset_password",
            operation="accounts.reset_password",
        )
        open_again(desk.store, changed.login, now=now)
        return {"version": changed.version}

    answer, _ = perform(desk, "accounts.reset_password", work, actor=actor, now=now, key=None)
    return Created(id=id, version=answer["version"], first_password=first)


def remove_demo_people(desk: Desk, *, now: datetime) -> int:
    """Take every demo account out of use for good, when demo mode has ended; returns how many.

    Their rows stay where records name them; their logins, passwords, roles, sessions and tokens go.
    """
    store = desk.store
    actor = system_actor("demo")

    def work() -> int:
        with store.transaction():
            ids = accounts.demo_ids(store)
            for id in ids:
                accounts.retire(
                    store,
                    accounts.person(store, id),
                    actor=actor,
                    now=now,
                    operation="accounts.remove_demo_people",
                )
            return len(ids)

    return store.retrying(work) if accounts.demo_ids(store) else 0


def _login(taker: Taker) -> str:
    given = taker.text("login", "", required=True)
    try:
        login = accounts.normal_login(given)
    except BadValue as bad:
        taker.refuse("login", bad.code, **bad.facts)
        return ""
    if given and (len(login) > MAX_NAME or not all(c.isalnum() or c in "._-@" for c in login)):
        taker.refuse("login", "bad_login")
    return login


def _check_department(desk: Desk, taker: Taker, department_id: int | None) -> None:
    if department_id is None:
        return
    try:
        found = accounts.department(desk.store, department_id)
    except NotFound:
        taker.refuse("department", "no_such_department")
        return
    if not found.active:
        taker.refuse("department", "no_such_department")
