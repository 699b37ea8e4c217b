"""`kefu apply`: make the database what the config wants; losing data needs a typed consent."""

from __future__ import annotations

import argparse
import sys

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_owned, open_project
from kefu_admin.operations import dated
from kefu_admin.operations.derived import bring_up_derived
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store.apply import Plan, apply, lines, plan
from kefu_admin.store.apply.roles import grant
from kefu_admin.store.database import Store


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """What may be lost."""
    parser.add_argument(
        "--consent",
        action="append",
        default=[],
        metavar="NAME",
        help=output.text("同意丢失它的数据（类型，或 类型.字段，与计划所写相同）；可写多次"),
    )


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Show the plan, ask for consents at a terminal, and do it; what is not consented to stays.

    Values that follow from others are worked out afterwards, also where an apply before this one
    was stopped in the midst of that.
    """
    store = open_owned(here, open_project(here))
    wanted = plan(store)
    for line in lines(wanted, output.locale):
        output.line(line)
    if wanted.refused:
        return FAULTY
    carry_out(store, wanted, given.consent, here, output)
    return DONE


def carry_out(
    store: Store, wanted: Plan, consented: list[str], here: Settings, output: Output
) -> None:
    """Do a plan that was shown, work out what follows from other values, and give the role that
    web and worker run under its part."""
    if not wanted.is_empty:
        _apply(store, wanted, consented, output)
    desk = Desk(store.project, store)
    for type_id, count in bring_up_derived(desk, now=clock.now()).items():
        output.say("重新计算了 {type} 的 {count} 行。", type=type_id, count=count)
    if count := dated.bring_up(desk, now=clock.now()):
        output.say("按配置补充或更新了 {count} 个放在行里的值；有人改过的保持不变。", count=count)
    if here.owner_database_url:
        output.say("已给运行角色 {role} 授权。", role=grant(store, here.database))


def _apply(store: Store, wanted: Plan, consented: list[str], output: Output) -> None:
    open_names = [name for name in wanted.to_consent if name not in consented]
    consent = frozenset(consented) | _asked(open_names, output)
    done = apply(store, wanted, actor=system_actor("apply"), now=clock.now(), consent=consent)
    if done.backup is not None:
        output.say("改动之前已备份到 {path}。", path=done.backup)
    output.say("已执行 {done} 步。", done=len(done.done))
    if done.left:
        kept = sorted({step.subject for step in done.left})
        output.say("没有得到同意、原样保留：{names}。", names="、".join(kept))


def _asked(names: list[str], output: Output) -> frozenset[str]:
    """Consents typed by the person at the terminal, name by name."""
    if not sys.stdin.isatty():
        return frozenset()
    return frozenset(
        name
        for name in names
        if input(output.text("会丢失 {name} 的数据。同意就输入 {name}：", name=name)) == name
    )
