"""`kefu token`: API tokens of a person, issued, listed and revoked from the command line."""

from __future__ import annotations

import argparse

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations import reading, tokens
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready

CLERK = system_actor("cli")


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """One sub-command each."""
    doings = parser.add_subparsers(dest="doing", required=True, metavar=output.text("动作"))
    doings.add_parser("list", help=output.text("列出某人的令牌")).add_argument("login")
    issue = doings.add_parser("issue", help=output.text("为某人生成令牌，只显示一次"))
    issue.add_argument("login")
    issue.add_argument("name", help=output.text("用途"))
    issue.add_argument(
        "--scopes",
        default="*:read",
        help=output.text("范围，逗号分隔，如 customer:read,customer:write"),
    )
    issue.add_argument("--days", type=int, default=90, help=output.text("有效天数，最长 366"))
    revoke = doings.add_parser("revoke", help=output.text("作废一个令牌"))
    revoke.add_argument("id", type=int, help=output.text("令牌编号，见 list"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Do one thing to tokens; a token never may more than its person."""
    desk = open_desk(here)
    assert_ready(desk.store)
    with desk.store.connection():
        if given.doing == "list":
            owner = reading.actor_of(desk, given.login)
            assert owner.user_id is not None
            output.table(
                (
                    str(one.id),
                    one.name,
                    ",".join(sorted(one.scopes)),
                    str(one.expires_at.date()) if one.expires_at else "-",
                    output.text("已作废") if one.revoked_at else "",
                )
                for one in tokens.of_person(desk, owner.user_id, actor=CLERK)
            )
        elif given.doing == "issue":
            issued = tokens.issue(
                desk,
                name=given.name,
                scopes=[scope.strip() for scope in given.scopes.split(",") if scope.strip()],
                days=given.days,
                actor=reading.actor_of(desk, given.login),
                now=clock.now(),
            )
            output.say("令牌（只显示这一次）：")
            output.line(f"  {issued.token}")
        else:
            tokens.revoke(desk, given.id, actor=CLERK, now=clock.now())
            output.say("已作废令牌 {id}。", id=given.id)
    return DONE
