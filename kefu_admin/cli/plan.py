"""`kefu plan`: what the database lacks for this config, `+ - ~`, with the rows at stake."""

from __future__ import annotations

import argparse

from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_project, open_store
from kefu_admin.settings import Settings
from kefu_admin.store.apply import lines, plan


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print the plan; a plan that rows stand in the way of ends with 1."""
    wanted = plan(open_store(here, open_project(here)))
    for line in lines(wanted, output.locale):
        output.line(line)
    return FAULTY if wanted.refused else DONE
