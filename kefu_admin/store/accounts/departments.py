"""Departments: a tree kept by parent and, for questions about whole branches, by path.

A path lists the ids from the root down to the department itself: `/1/5/`. Everything below it lies
between `/1/5/` and `/1/50` by code point, so a branch is one range of the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.problems import Conflict, FieldError, Invalid, NotFound
from kefu_admin.store import audit
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind

MAX_DEPTH = 12  # paths are at most 255 characters
_COLUMNS = '"id", "version", "name", "code", "parent_id", "path", "calendar", "active"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """One department. `code` stands in business numbers; "" when it has none. `calendar` is the id
    of the calendar it works by; "" for that of the department above."""

    id: int
    version: int
    name: str
    code: str = ""
    parent_id: int | None = None
    path: str = ""
    calendar: str = ""
    active: bool = True

    @property
    def depth(self) -> int:
        """0 for a root."""
        return self.path.count("/") - 2


def departments(store: Store) -> tuple[Department, ...]:
    """All of them, each after the one above it."""
    rows = store.rows(f'SELECT {_COLUMNS} FROM "kefu_department" ORDER BY "path", "id"')
    found = [_department(row) for row in rows]
    children: dict[int | None, list[Department]] = {}
    for one in found:
        children.setdefault(one.parent_id, []).append(one)
    ordered: list[Department] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        one = waiting.pop()
        ordered.append(one)
        waiting.extend(reversed(children.get(one.id, [])))
    return tuple(ordered)


def placed_people(store: Store) -> tuple[tuple[int, int], ...]:
    """Active people who have a department, as (id, department id), in the order they came."""
    rows = store.rows(
        'SELECT "id", "department_id" FROM "kefu_user"'
        ' WHERE "active" = 1 AND "department_id" IS NOT NULL ORDER BY "id"'
    )
    return tuple((int(id), int(department)) for id, department in rows)


def placed_holders(store: Store) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Per role, those of `placed_people` who hold it."""
    held: dict[str, list[tuple[int, int]]] = {}
    for role, id, department in store.rows(
        'SELECT r."role", u."id", u."department_id" FROM "kefu_user" u'
        ' JOIN "kefu_user_role" r ON r."user_id" = u."id"'
        ' WHERE u."active" = 1 AND u."department_id" IS NOT NULL ORDER BY u."id"'
    ):
        held.setdefault(str(role), []).append((int(id), int(department)))
    return held


def department(store: Store, id: int) -> Department:
    """One department.

    Raises:
        NotFound: there is none.
    """
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_department" WHERE "id" = ?', (id,))
    if row is None:
        raise NotFound(type="department", id=id)
    return _department(row)


def create_department(
    store: Store,
    *,
    name: str,
    code: str = "",
    parent_id: int | None = None,
    calendar: str = "",
    actor: Actor,
    now: datetime,
    operation: str,
) -> Department:
    """A new department.

    Raises:
        Invalid: the code is taken, no such department above, or the tree gets too deep.
    """
    _lock_tree(store)
    above = _above(store, parent_id)
    _check_code(store, code, own_id=None)
    at = store.to_db(ColumnKind.INSTANT, now)
    id = store.insert(
        'INSERT INTO "kefu_department" ("version", "name", "code", "parent_id", "path",'
        ' "calendar", "active", "created_at", "updated_at") VALUES (1, ?, ?, ?, ?, ?, 1, ?, ?)',
        (name, code or None, parent_id, "", calendar or None, at, at),
    )
    path = f"{above.path if above else '/'}{id}/"
    store.execute('UPDATE "kefu_department" SET "path" = ? WHERE "id" = ?', (path, id))
    made = Department(
        id=id, version=1, name=name, code=code, parent_id=parent_id, path=path, calendar=calendar
    )
    _write_line(store, None, made, "create", actor=actor, now=now, operation=operation)
    return made


def update_department(
    store: Store,
    wanted: Department,
    *,
    actor: Actor,
    now: datetime,
    operation: str,
) -> Department:
    """Change name, code, place in the tree or activity; `wanted.version` is the one that was read.

    Moving it takes everything below along.

    Raises:
        NotFound, Conflict: no such department, or changed since.
        Invalid: the code is taken, or it would come to lie below itself.
    """
    _lock_tree(store)
    before = department(store, wanted.id)
    if before.version != wanted.version:
        raise Conflict(version=before.version, sent=wanted.version)
    above = _above(store, wanted.parent_id, moving=before)
    _check_code(store, wanted.code, own_id=wanted.id)
    path = f"{above.path if above else '/'}{wanted.id}/"
    after = replace(wanted, version=before.version + 1, path=path)
    store.execute(
        'UPDATE "kefu_department" SET "version" = ?, "name" = ?, "code" = ?, "parent_id" = ?,'
        ' "calendar" = ?, "active" = ?, "updated_at" = ? WHERE "id" = ?',
        (
            after.version, after.name, after.code or None, after.parent_id,
            after.calendar or None, int(after.active), store.to_db(ColumnKind.INSTANT, now),
            after.id,
        ),
    )  # fmt: skip
    if path != before.path:
        _move(store, before.path, path)
    _write_line(store, before, after, "update", actor=actor, now=now, operation=operation)
    return after


def _lock_tree(store: Store) -> None:
    """Two moves at once could close a ring: changes of the tree queue on its rows."""
    if store.dialect != "sqlite":
        store.rows('SELECT "id" FROM "kefu_department" ORDER BY "id" FOR UPDATE')


def _above(
    store: Store, parent_id: int | None, *, moving: Department | None = None
) -> Department | None:
    if parent_id is None:
        return None
    try:
        above = department(store, parent_id)
    except NotFound:
        raise Invalid([FieldError("parent", "no_such_department")]) from None
    if moving and above.path.startswith(moving.path):
        raise Invalid([FieldError("parent", "department_below_itself")])
    if above.depth + 2 > MAX_DEPTH:
        raise Invalid([FieldError("parent", "departments_too_deep", {"limit": MAX_DEPTH})])
    return above


def _check_code(store: Store, code: str, *, own_id: int | None) -> None:
    if not code:
        return
    other = store.value('SELECT "id" FROM "kefu_department" WHERE "code" = ?', (code,))
    if other is not None and other != own_id:
        raise Invalid([FieldError("code", "department_code_taken")])


def _move(store: Store, old: str, new: str) -> None:
    """Give the branch its new paths; a department alone above 255 characters would be refused."""
    rows = store.rows(
        'SELECT "id", "path" FROM "kefu_department" WHERE "path" >= ? AND "path" < ?',
        (old, old[:-1] + "0"),  # "0" follows "/"
    )
    deepest = max(path.count("/") for _, path in rows) - old.count("/") + new.count("/")
    if deepest - 2 >= MAX_DEPTH:
        raise Invalid([FieldError("parent", "departments_too_deep", {"limit": MAX_DEPTH})])
    store.execute_many(
        'UPDATE "kefu_department" SET "path" = ? WHERE "id" = ?',
        [(new + path[len(old) :], id) for id, path in rows],
    )


def _write_line(
    store: Store,
    before: Department | None,
    after: Department,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    operation: str,
) -> None:
    audit.write(
        store,
        audit.Line(
            actor=actor,
            action=action,
            at=now,
            type="department",
            record_id=after.id,
            version=after.version,
            before=_plain(before) if before else {},
            after=_plain(after),
            operation=operation,
        ),
    )


def _plain(one: Department) -> dict[str, object]:
    told: dict[str, object] = {
        "name": one.name, "code": one.code, "parent": one.parent_id, "active": one.active,
    }  # fmt: skip
    return {**told, "calendar": one.calendar} if one.calendar else told


def _department(row: tuple[object, ...]) -> Department:
    id, version, name, code, parent_id, path, calendar, active = row
    return Department(
        id=int(str(id)),
        version=int(str(version)),
        name=str(name),
        code=str(code or ""),
        parent_id=int(str(parent_id)) if parent_id is not None else None,
        path=str(path),
        calendar=str(calendar or ""),
        active=bool(active),
    )
