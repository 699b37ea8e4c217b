"""`kefu settings`: every runtime setting, its value here and what it means."""

from __future__ import annotations

import argparse

from kefu_admin import settings as table
from kefu_admin.cli.output import DONE, Output
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print the table; `*` marks what is set in the environment."""
    output.table(
        (f"{'*' if row.given else ' '} {row.variable}", row.value or "-", output.text(row.help))
        for row in table.table(here)
    )
    return DONE
