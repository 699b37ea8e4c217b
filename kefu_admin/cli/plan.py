"""`kefu plan`: what the database lacks for this config, `+ - ~`, with the rows at stake."""

from __future__ import annotations

import argparse

from kefu_admin.cli.apply import add_arguments as add_consent
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.cli.rehearsing import rehearse
from kefu_admin.opening import open_owned, open_project
from kefu_admin.settings import Settings
from kefu_admin.store.apply import lines, plan


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Whether to try it on a copy, and what may be lost there."""
    parser.add_argument(
        "--on-copy",
        action="store_true",
        help=output.text("在数据库的副本上试做一遍：执行、权限例子、检查，然后删掉副本"),
    )
    add_consent(parser, output)


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print the plan; a plan that rows stand in the way of ends with 1."""
    project = open_project(here)
    store = open_owned(here, project)
    wanted = plan(store)
    store.close()
    for line in lines(wanted, output.locale):
        output.line(line)
    if wanted.refused:
        return FAULTY
    return rehearse(store.project, given.consent, here, output) if given.on_copy else DONE
