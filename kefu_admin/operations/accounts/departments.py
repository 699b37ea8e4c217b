"""Departments: the tree that row rules and people refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.accounts.unit import Taker, perform
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import accounts
from kefu_admin.store.accounts import Department
from kefu_admin.store.idempotency import IdempotencyKey

_CREATED = frozenset({"name", "code", "parent", "calendar"})
_CHANGED = _CREATED | {"active"}
_MAX_CODE = 32
_MAX_CALENDAR = 40


def list_departments(desk: Desk, *, actor: Actor) -> tuple[Department, ...]:
    """All departments, each after the one above it.

    Raises:
        Forbidden: no permission USERS.
    """
    require(desk, actor, Permission.USERS)
    return accounts.departments(desk.store)


def get_department(desk: Desk, id: int, *, actor: Actor) -> Department:
    """One department.

    Raises:
        Forbidden: no permission USERS.
        NotFound: there is none.
    """
    require(desk, actor, Permission.USERS)
    return accounts.department(desk.store, id)


def create_department(
    desk: Desk,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Department:
    """A new department from `name`, `code` (in business numbers; may be blank), `parent` (id) and
    `calendar` (blank: that of the parent).

    Raises:
        Forbidden: no permission USERS.
        UnknownParameter, Invalid: on the fields of those names.
    """

    def work() -> Mapping[str, Any]:
        wanted = _taken(desk, Taker(raw, _CREATED), Department(id=0, version=0, name=""))
        made = accounts.create_department(
            desk.store,
            name=wanted.name,
            code=wanted.code,
            parent_id=wanted.parent_id,
            calendar=wanted.calendar,
            actor=actor,
            now=now,
            operation="accounts.create_department",
        )
        return {"id": made.id}

    answer, _ = perform(desk, "accounts.create_department", work, actor=actor, now=now, key=key)
    return accounts.department(desk.store, answer["id"])


def change_department(
    desk: Desk,
    id: int,
    version: int,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Department:
    """Change `name`, `code`, `parent`, `calendar` or `active`; what lies below moves along.

    Raises:
        Forbidden: no permission USERS.
        NotFound, Conflict: no such department, or changed since.
        UnknownParameter, Invalid: a bad value, a code that is taken, or a place below itself.
    """

    def work() -> Mapping[str, Any]:
        before = accounts.department(desk.store, id)
        wanted = _taken(desk, Taker(raw, _CHANGED), before)
        accounts.update_department(
            desk.store,
            replace(wanted, version=version),
            actor=actor,
            now=now,
            operation="accounts.change_department",
        )
        return {"id": id}

    perform(desk, "accounts.change_department", work, actor=actor, now=now, key=key)
    return accounts.department(desk.store, id)


def _taken(desk: Desk, taker: Taker, before: Department) -> Department:
    wanted = replace(
        before,
        name=taker.text("name", before.name, required=True),
        code=taker.text("code", before.code, limit=_MAX_CODE, required=False),
        parent_id=taker.id("parent", before.parent_id),
        calendar=taker.text("calendar", before.calendar, limit=_MAX_CALENDAR, required=False),
        active=taker.flag("active", before.active),
    )
    calendar = wanted.calendar
    if calendar and calendar != before.calendar and calendar not in desk.project.calendars:
        taker.errors.append(FieldError("calendar", "no_such_calendar"))
    if taker.errors:
        raise Invalid(taker.errors)
    return wanted
