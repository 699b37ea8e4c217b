"""The form of an account: its controls, and what was sent with it."""

from __future__ import annotations

from flask import request

from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input
from kefu_admin.faces.admin.pages.sheets import NONE, Refused, choice, entry
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import accounts
from kefu_admin.operations.accounts import Person
from kefu_admin.operations.desk import Desk


def role_options() -> list[tuple[str, str]]:
    """Every configured role with its label."""
    locale = http.locale()
    return [(id, role.label.text(locale)) for id, role in http.runtime().project.roles.items()]


def department_options(desk: Desk) -> list[tuple[str, str]]:
    """Departments in use, each indented below the one above it."""
    return [
        (str(one.id), "　" * one.depth + one.name)
        for one in accounts.list_departments(desk, actor=http.actor())
        if one.active
    ]


def sent_values() -> dict[str, object]:
    """The fields that were sent; one that was not is left as it is."""
    form = request.form
    raw: dict[str, object] = {
        name: form[name] for name in ("login", "name", "department", "active") if name in form
    }
    if "roles" in form:
        raw["roles"] = [role for role in form.getlist("roles") if role]
    return raw


def controls(desk: Desk, person: Person | None, faults: Refused = NONE) -> list[Input]:
    """The controls: of a new account, or of this one; after a refusal as they were typed."""
    said = translator(http.locale())
    typed = request.form if faults is not NONE else None

    def text(name: str, stored: str) -> str:
        return typed.get(name, stored) if typed is not None else stored

    roles = sorted(person.roles) if person else []
    if typed is not None and "roles" in typed:
        roles = typed.getlist("roles")
    department = str(person.department_id or "") if person else ""
    made = []
    if person is None:
        made.append(
            entry(
                "login",
                "账号",
                text("login", ""),
                refused=faults,
                required=True,
                max_length=64,
                help="登录用，字母、数字、点、横线；以后不能更改。",
            )
        )
    made += [
        entry(
            "name",
            "姓名",
            text("name", person.name if person else ""),
            refused=faults,
            required=True,
            max_length=64,
        ),
        choice(
            "department",
            "部门",
            department_options(desk),
            (text("department", department),),
            refused=faults,
        ),
        choice("roles", "角色", role_options(), roles, refused=faults, kind="checks"),
    ]
    if person is not None:
        made.append(
            choice(
                "active",
                "状态",
                [("true", said("在用")), ("false", said("停用"))],
                (text("active", "true" if person.active else "false"),),
                refused=faults,
                kind="radio",
                required=True,
            )
        )
    return made
