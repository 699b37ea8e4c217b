"""Writing people: new accounts and changed ones, each with its audit line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.masks import MASKS
from kefu_admin.problems import Conflict, FieldError, Invalid
from kefu_admin.store import audit
from kefu_admin.store.accounts.people import Person, normal_login, person
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind


def create_person(
    store: Store,
    *,
    login: str,
    name: str,
    password_hash: str,
    department_id: int | None = None,
    roles: frozenset[str] = frozenset(),
    must_change: bool = True,
    demo: bool = False,
    actor: Actor,
    now: datetime,
    operation: str,
) -> Person:
    """A new account with a password somebody else has chosen (hence `must_change`).

    Raises:
        Invalid: the login is taken.
    """
    login = normal_login(login)
    if store.value('SELECT 1 FROM "kefu_user" WHERE "login" = ?', (login,)):
        raise Invalid([FieldError("login", "login_taken")])
    at = store.to_db(ColumnKind.INSTANT, now)
    id = store.insert(
        'INSERT INTO "kefu_user" ("version", "login", "name", "password_hash", "department_id",'
        ' "active", "must_change", "demo", "auth_epoch", "password_changed_at", "created_at",'
        ' "updated_at") VALUES (1, ?, ?, ?, ?, 1, ?, ?, 1, ?, ?, ?)',
        (login, name, password_hash, department_id, int(must_change), int(demo), at, at, at),
    )
    _set_roles(store, id, frozenset(), roles)
    made = Person(
        id=id,
        version=1,
        login=login,
        name=name,
        department_id=department_id,
        must_change=must_change,
        demo=demo,
        password_changed_at=now,
        roles=roles,
    )
    write_line(store, None, made, "create", actor=actor, now=now, operation=operation)
    return made


def update_person(
    store: Store, wanted: Person, *, actor: Actor, now: datetime, operation: str
) -> Person:
    """Change name, department, roles or activity; `wanted.version` is the one that was read.

    Other roles, another department or being disabled end the person's sessions.

    Raises:
        NotFound, Conflict: no such person, or changed since.
    """
    before = person(store, wanted.id, lock=True)
    if before.version != wanted.version:
        raise Conflict(version=before.version, sent=wanted.version)
    cut = (before.roles, before.department_id, before.active) != (
        wanted.roles,
        wanted.department_id,
        wanted.active,
    )
    after = replace(
        before,
        version=before.version + 1,
        name=wanted.name,
        department_id=wanted.department_id,
        active=wanted.active,
        roles=wanted.roles,
        auth_epoch=before.auth_epoch + cut,
    )
    store.execute(
        'UPDATE "kefu_user" SET "version" = ?, "name" = ?, "department_id" = ?, "active" = ?,'
        ' "auth_epoch" = ?, "updated_at" = ? WHERE "id" = ?',
        (
            after.version, after.name, after.department_id, int(after.active), after.auth_epoch,
            store.to_db(ColumnKind.INSTANT, now), after.id,
        ),
    )  # fmt: skip
    _set_roles(store, after.id, before.roles, after.roles)
    action = "update" if after.active or not before.active else "disable"
    write_line(store, before, after, action, actor=actor, now=now, operation=operation)
    return after


def write_line(
    store: Store,
    before: Person | None,
    after: Person,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    operation: str,
) -> None:
    """The audit line of one version of a person: the login in clear, the name masked."""
    old, new = _plain(before) if before else {}, _plain(after)
    changed = {key for key in new if old.get(key, new) != new[key]}
    audit.write(
        store,
        audit.Line(
            actor=actor,
            action=action,
            at=now,
            type="person",
            record_id=after.id,
            version=after.version,
            before={key: old[key] for key in old if key in changed},
            after={key: new[key] for key in new if key in changed},
            operation=operation,
        ),
    )


def _plain(one: Person) -> dict[str, object]:
    return {
        "login": one.login,
        "name": MASKS["name"](one.name),
        "department": one.department_id,
        "active": one.active,
        "must_change": one.must_change,
        "roles": sorted(one.roles),
    }


def _set_roles(store: Store, id: int, before: frozenset[str], after: frozenset[str]) -> None:
    store.execute_many(
        'DELETE FROM "kefu_user_role" WHERE "user_id" = ? AND "role" = ?',
        [(id, role) for role in sorted(before - after)],
    )
    store.execute_many(
        'INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, ?)',
        [(id, role) for role in sorted(after - before)],
    )
