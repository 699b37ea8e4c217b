"""Rows put straight into a store's tables, and somebody to look at them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.secrecy import compile_grants
from kefu_admin.definitions.binding import Binding
from kefu_admin.store import columns, crypto, search
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.grants import Grants
from kefu_admin.store.read import Sight
from tests.databases import NOW

ZONE = ZoneInfo("Asia/Shanghai")


def put(store: Store, type_id: str, **values: object) -> int:
    """One record, by canonical values; no rule is asked. Encrypted values are sealed."""
    type = store.project.types[type_id]
    at = values.pop("created_at", NOW)
    assert isinstance(at, datetime)
    instant = store.to_db(columns.ColumnKind.INSTANT, at)
    row: dict[str, object] = {"version": 1, "created_at": instant, "updated_at": instant}
    sealed: dict[str, object] = {}
    for name, value in values.items():
        field = type.fields[name]
        if field.encrypted:
            sealed[name] = value
            continue
        row[name] = store.to_db(columns.kind(field), columns.to_column(field, value))
    names = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" * len(row))
    sql = f"INSERT INTO {quoted(type_id)} ({names}) VALUES ({marks})"
    id = store.insert(sql, tuple(row.values()))
    keys = crypto.vault(store.secret)
    for name, value in sealed.items():
        text = keys.seal(str(value), type_id=type_id, field=name, record_id=id)
        hashed = keys.look_up(str(value), type_id=type_id, field=name)
        store.execute(
            f"UPDATE {quoted(type_id)} SET {quoted(name)} = ?, {quoted(name + '_hash')} = ?"
            ' WHERE "id" = ?',
            (text, hashed, id),
        )
    search.change(store, type_id, [search.Indexed(id, None, values)])
    return id


def department(store: Store, name: str, parent: int | None = None) -> int:
    """A department; its path is its name, which nothing here reads."""
    at = store.to_db(columns.ColumnKind.INSTANT, NOW)
    return store.insert(
        'INSERT INTO "kefu_department" ("version", "name", "parent_id", "path", "active",'
        ' "created_at", "updated_at") VALUES (1, ?, ?, ?, 1, ?, ?)',
        (name, parent, f"/{name}/", at, at),
    )


def person(store: Store, login: str, department_id: int | None = None) -> int:
    """An active person named like his login."""
    at = store.to_db(columns.ColumnKind.INSTANT, NOW)
    return store.insert(
        'INSERT INTO "kefu_user" ("version", "login", "name", "password_hash", "department_id",'
        ' "active", "must_change", "demo", "auth_epoch", "created_at", "updated_at")'
        " VALUES (1, ?, ?, 'x', ?, 1, 0, 0, 1, ?, ?)",
        (login, login, department_id, at, at),
    )


def sight(
    store: Store,
    *roles: str,
    me: int | None = None,
    departments: tuple[int, ...] = (),
    grants: Grants | None = None,
) -> Sight:
    """Somebody with these roles; the first of his departments is his own."""
    return Sight(
        store,
        grants or compile_grants(store.project, frozenset(roles)),
        Binding(
            user_id=me,
            department_id=departments[0] if departments else None,
            departments_below=frozenset(departments),
            now=NOW,
            zone=ZONE,
        ),
    )
