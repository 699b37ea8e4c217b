"""A desk with a few people, for tests of accounts and signing in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from kefu_admin.actor import Actor, system_actor
from kefu_admin.behaviours import passwords
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project, SecrecyLevel
from kefu_admin.definitions.role import Permission, Role
from kefu_admin.operations import sign_in
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in import Session
from kefu_admin.store import accounts
from kefu_admin.store.database import Store
from tests import factories

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSWORD = "Yu7-kmbrt"
OTHER = "Tw9-qpxcd"
BOOT = system_actor("tests")


def project(**options: object) -> Project:
    """Roles: admin may manage people; clerk reads up to secret; sys, sec and aud exclude each
    other."""
    roles = {
        "admin": Role(id="admin", label=Label("管理员"), may=frozenset({Permission.USERS})),
        "clerk": Role(
            id="clerk",
            label=Label("专员"),
            clearance="secret",
            may=frozenset({Permission.TOKENS}),
        ),
        "sys": Role(id="sys", label=Label("系统员"), exclusive="three"),
        "sec": Role(
            id="sec", label=Label("安全员"), exclusive="three", may=frozenset({Permission.USERS})
        ),
        "aud": Role(
            id="aud", label=Label("审计员"), exclusive="three", may=frozenset({Permission.AUDIT})
        ),
    }
    levels = (
        SecrecyLevel(id="internal", label=Label("内部"), rank=1),
        SecrecyLevel(id="secret", label=Label("秘密"), rank=2),
    )
    return factories.project(
        factories.content_type("customer", factories.field("name")),
        roles=roles,
        secrecy_levels=levels,
        **options,
    )


@cache
def hash_of(password: str) -> str:
    """Worked out once for all tests."""
    return passwords.hash_password(password)


def person(
    store: Store, login: str, *roles: str, department_id: int | None = None, **options: object
) -> int:
    """An account with PASSWORD that need not be changed."""
    given: dict[str, object] = {"must_change": False, **options}
    with store.transaction():
        made = accounts.create_person(
            store,
            login=login,
            name=f"{login}名",
            password_hash=hash_of(PASSWORD),
            department_id=department_id,
            roles=frozenset(roles),
            actor=BOOT,
            now=NOW,
            operation="tests",
            **given,  # type: ignore[arg-type]  # overrides by name
        )
    return made.id


def department(store: Store, name: str, parent_id: int | None = None) -> int:
    """A department."""
    with store.transaction():
        made = accounts.create_department(
            store, name=name, parent_id=parent_id, actor=BOOT, now=NOW, operation="tests"
        )
    return made.id


def enter(desk: Desk, login: str, password: str = PASSWORD, **options: object) -> Session:
    """Signed in from 10.0.0.9 at NOW."""
    given: dict[str, object] = {"address": "10.0.0.9", "agent": "Firefox", "now": NOW, **options}
    return sign_in.sign_in(desk, login, password, **given)  # type: ignore[arg-type]


def actor(desk: Desk, login: str) -> Actor:
    """The actor of a session of that person."""
    return enter(desk, login).actor


def lines(store: Store, *columns: str) -> list[tuple[object, ...]]:
    """Columns of every audit line, in order."""
    names = ", ".join(f'"{name}"' for name in columns)
    return store.rows(f'SELECT {names} FROM "kefu_audit" ORDER BY "id"')
