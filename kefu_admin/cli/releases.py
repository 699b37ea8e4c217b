"""`kefu releases`: every config that was ever the applied one, newest first."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_applied
from kefu_admin.settings import Settings
from kefu_admin.store.apply.releases import releases


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print them; the applied one is marked."""
    store = open_applied(here)
    zone = ZoneInfo(store.project.time_zone)
    with store.connection():
        known = releases(store)
    output.table(
        (
            "*" if one.is_applied else " ",
            one.fingerprint[:12],
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.by,
        )
        for one in known
    )
    return DONE
