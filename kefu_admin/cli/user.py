"""`kefu user`: accounts from the command line, for the first one and for emergencies."""

from __future__ import annotations

import argparse

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations import accounts
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError, Invalid, NotFound
from kefu_admin.settings import Settings
from kefu_admin.store.accounts import Person
from kefu_admin.store.readiness import assert_ready

CLERK = system_actor("cli")


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """One sub-command each."""
    doings = parser.add_subparsers(dest="doing", required=True, metavar=output.text("动作"))
    doings.add_parser("list", help=output.text("列出账号"))
    add = doings.add_parser("add", help=output.text("新建账号，打印初始密码"))
    add.add_argument("login")
    add.add_argument("--name", required=True, help=output.text("姓名"))
    add.add_argument("--department", default="", help=output.text("部门，如 总部/客服一部"))
    add.add_argument("--roles", default="", help=output.text("角色，逗号分隔"))
    for name, about in (
        ("password", "重置密码，打印新的初始密码"),
        ("unlock", "解开因输错密码锁定的账号"),
        ("disable", "停用账号"),
        ("enable", "启用账号"),
    ):
        doings.add_parser(name, help=output.text(about)).add_argument("login")
    roles = doings.add_parser("roles", help=output.text("改角色"))
    roles.add_argument("login")
    roles.add_argument("roles", help=output.text("角色，逗号分隔"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Do one thing to accounts, audited as the command line's doing."""
    desk = open_desk(here)
    assert_ready(desk.store)
    with desk.store.connection():
        if given.doing == "list":
            _list(desk, output)
        elif given.doing == "add":
            _add(desk, given, output)
        else:
            _change(desk, given, output)
    return DONE


def _list(desk: Desk, output: Output) -> None:
    names = {one.id: one.name for one in accounts.list_departments(desk, actor=CLERK)}
    after = ""
    while people := accounts.list_people(desk, actor=CLERK, after_login=after, limit=200):
        output.table(
            (
                one.login,
                one.name,
                names.get(one.department_id or 0, "-"),
                ",".join(sorted(one.roles)) or "-",
                output.text("启用") if one.active else output.text("停用"),
            )
            for one in people
        )
        after = people[-1].login


def _add(desk: Desk, given: argparse.Namespace, output: Output) -> None:
    raw: dict[str, object] = {
        "login": given.login,
        "name": given.name,
        "department": _department(desk, given.department),
        "roles": _names(given.roles),
    }
    made = accounts.create_person(desk, raw, actor=CLERK, now=clock.now())
    _show_password(given.login, made.first_password, output)


def _change(desk: Desk, given: argparse.Namespace, output: Output) -> None:
    one = _person(desk, given.login)
    now = clock.now()
    if given.doing == "password":
        made = accounts.reset_password(desk, one.id, one.version, actor=CLERK, now=now)
        _show_password(given.login, made.first_password, output)
        return
    if given.doing == "unlock":
        accounts.unlock_person(desk, one.id, actor=CLERK, now=now)
        output.say("已解锁账号 {login}。", login=given.login)
        return
    raw: dict[str, object] = (
        {"roles": _names(given.roles)}
        if given.doing == "roles"
        else {"active": given.doing == "enable"}
    )
    accounts.change_person(desk, one.id, one.version, raw, actor=CLERK, now=now)
    output.say("已修改账号 {login}。", login=given.login)


def _show_password(login: str, password: str, output: Output) -> None:
    output.say("账号 {login} 的初始密码（只显示这一次，首次登录须修改）：", login=login)
    output.line(f"  {password}")


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _person(desk: Desk, login: str) -> Person:
    found = accounts.list_people(desk, actor=CLERK, term=login, limit=200)
    for one in found:
        if one.login == login.casefold():
            return one
    raise NotFound


def _department(desk: Desk, path: str) -> int | None:
    """The department with this path of names.

    Raises:
        Invalid: there is none.
    """
    if not path:
        return None
    names: dict[int | None, str] = {None: ""}
    for one in accounts.list_departments(desk, actor=CLERK):  # each after the one above it
        names[one.id] = f"{names[one.parent_id]}/{one.name}".strip("/")
        if names[one.id] == path:
            return one.id
    raise Invalid([FieldError("department", "no_such_department")])
