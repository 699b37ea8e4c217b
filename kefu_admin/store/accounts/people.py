"""People: who has an account, in which department, with which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.text_rules import identifier
from kefu_admin.problems import Conflict, FieldError, Invalid, NotFound
from kefu_admin.store import audit
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind

_COLUMNS = (
    '"id", "version", "login", "name", "department_id", "active", "must_change", "demo",'
    ' "auth_epoch", "password_changed_at", "last_sign_in_at"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account, without its password.

    `must_change`: the password was given by somebody else. `auth_epoch` rises with everything that
    ends sessions. `demo` accounts go when demo mode ends.
    """

    id: int
    version: int
    login: str
    name: str
    department_id: int | None = None
    active: bool = True
    must_change: bool = False
    demo: bool = False
    auth_epoch: int = 1
    password_changed_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    roles: frozenset[str] = frozenset()


def normal_login(login: str) -> str:
    """The one form of a login: NFKC, width folded, lower case.

    Raises:
        BadValue: control characters.
    """
    return identifier(login).casefold()


def person(store: Store, id: int, *, lock: bool = False) -> Person:
    """One person; `lock` keeps others from changing him until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    tail = " FOR UPDATE" if lock and store.dialect != "sqlite" else ""
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_user" WHERE "id" = ?{tail}', (id,))
    if row is None:
        raise NotFound(type="person", id=id)
    return _with_roles(store, [row])[0]


def person_by_login(store: Store, login: str) -> Person | None:
    """The person with this login (any spelling of it), or None."""
    try:
        wanted = normal_login(login)
    except BadValue:
        return None
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_user" WHERE "login" = ?', (wanted,))
    return _with_roles(store, [row])[0] if row else None


def people(
    store: Store,
    *,
    term: str = "",
    department_ids: Iterable[int] | None = None,
    role: str = "",
    active: bool | None = None,
    after_login: str = "",
    limit: int = 50,
) -> tuple[Person, ...]:
    """People by login; `term` is part of login or name."""
    tests, params = ['"login" > ?'], [after_login]  # type: tuple[list[str], list[object]]
    if term:
        escaped = term.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        tests.append("(\"login\" LIKE ? ESCAPE '!' OR \"name\" LIKE ? ESCAPE '!')")
        params += [f"%{escaped.casefold()}%", f"%{escaped}%"]
    if department_ids is not None:
        ids = tuple(department_ids) or (0,)
        tests.append(f'"department_id" IN ({", ".join("?" * len(ids))})')
        params += ids
    if role:
        tests.append('"id" IN (SELECT "user_id" FROM "kefu_user_role" WHERE "role" = ?)')
        params.append(role)
    if active is not None:
        tests.append('"active" = ?')
        params.append(int(active))
    sql = f'SELECT {_COLUMNS} FROM "kefu_user" WHERE {" AND ".join(tests)}'
    return tuple(
        _with_roles(store, store.rows(f'{sql} ORDER BY "login" LIMIT ?', [*params, limit]))
    )


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


def active_holders(store: Store, roles: Iterable[str], *, lock: bool = False) -> frozenset[int]:
    """The active people who hold one of the roles; `lock` keeps them so until the end."""
    wanted = tuple(roles) or ("",)
    tail = " FOR UPDATE" if lock and store.dialect != "sqlite" else ""
    rows = store.rows(
        'SELECT u."id" FROM "kefu_user" AS u JOIN "kefu_user_role" AS r'
        f' ON r."user_id" = u."id" WHERE u."active" = 1'
        f' AND r."role" IN ({", ".join("?" * len(wanted))})'
        f' ORDER BY u."id"{tail}',
        wanted,
    )
    return frozenset(int(id) for (id,) in rows)


def holders_by_role(store: Store) -> dict[str, int]:
    """How many active people hold each role."""
    rows = store.rows(
        'SELECT r."role", COUNT(*) FROM "kefu_user_role" AS r JOIN "kefu_user" AS u'
        ' ON u."id" = r."user_id" WHERE u."active" = 1 GROUP BY r."role"'
    )
    return {str(role): int(count) for role, count in rows}


def demo_ids(store: Store) -> tuple[int, ...]:
    """The accounts of the demo."""
    rows = store.rows('SELECT "id" FROM "kefu_user" WHERE "demo" = 1 ORDER BY "id"')
    return tuple(int(id) for (id,) in rows)


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


def _with_roles(store: Store, rows: list[tuple[object, ...]]) -> list[Person]:
    if not rows:
        return []
    ids = tuple(row[0] for row in rows)
    held: dict[object, set[str]] = {}
    for user_id, role in store.rows(
        'SELECT "user_id", "role" FROM "kefu_user_role"'
        f' WHERE "user_id" IN ({", ".join("?" * len(ids))})',
        ids,
    ):
        held.setdefault(user_id, set()).add(role)
    return [_person(store, row, frozenset(held.get(row[0], ()))) for row in rows]


def _person(store: Store, row: tuple[object, ...], roles: frozenset[str]) -> Person:
    (
        id, version, login, name, department_id, active, must_change, demo, auth_epoch,
        password_changed_at, last_sign_in_at,
    ) = row  # fmt: skip
    return Person(
        id=int(str(id)),
        version=int(str(version)),
        login=str(login),
        name=str(name),
        department_id=int(str(department_id)) if department_id is not None else None,
        active=bool(active),
        must_change=bool(must_change),
        demo=bool(demo),
        auth_epoch=int(str(auth_epoch)),
        password_changed_at=store.from_db(ColumnKind.INSTANT, password_changed_at),
        last_sign_in_at=store.from_db(ColumnKind.INSTANT, last_sign_in_at),
        roles=roles,
    )
