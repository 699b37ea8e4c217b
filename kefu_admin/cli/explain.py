"""`kefu explain USER TYPE ID [FIELD]`: which rule decides what a person sees."""

from __future__ import annotations

import argparse

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations import reading
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Who, what, and which field of it."""
    parser.add_argument("login", help=output.text("账号"))
    parser.add_argument("type", help=output.text("类型"))
    parser.add_argument("id", type=int, help=output.text("记录的 id"))
    parser.add_argument("field", nargs="?", default="", help=output.text("字段"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """The verdict, then every rule that spoke."""
    desk = open_desk(here)
    assert_ready(desk.store)
    with desk.store.connection():
        found = reading.explain(
            desk, given.login, given.type, given.id, given.field, now=clock.now()
        )
    output.line(wording.sentence(found.verdict, output.locale))
    if found.actions:
        output.say("可以：{actions}", actions=", ".join(sorted(found.actions)))
    for said in found.said:
        output.line("  " + wording.sentence(said.code, output.locale, **said.facts))
    return DONE
