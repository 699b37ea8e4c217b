"""People: who has an account, in which department, with which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.text_rules import identifier
from kefu_admin.problems import NotFound
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


def names(store: Store, logins: Iterable[str]) -> dict[str, str]:
    """What people are called, by login; logins of processes are left out."""
    wanted = tuple(dict.fromkeys(logins))
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = store.rows(f'SELECT "login", "name" FROM "kefu_user" WHERE "login" IN ({marks})', wanted)
    return {str(login): str(name) for login, name in rows}


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
