"""`kefu doctor`: how the system is, and what to do about it."""

from __future__ import annotations

import argparse
import json

from kefu_admin import clock
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_desk
from kefu_admin.settings import Settings

_MARKS = {"ok": "✓", "attention": "!", "bad": "✗"}


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """For people or for a program."""
    parser.add_argument("--json", action="store_true", help=output.text("以 JSON 输出，供监控读取"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print every check; one in a bad state ends with 1."""
    from kefu_admin.operations import health
    from kefu_admin.operations.health import State, telling

    desk = open_desk(here)
    found = health.checks(desk, here, now=clock.now())
    if given.json:
        told = [
            {
                "name": check.name,
                "state": check.state.value,
                "found": telling.found(check, output.locale, desk.zone),
                "mend": telling.mend(check, output.locale, desk.zone),
            }
            for check in found
        ]
        output.line(json.dumps(told, ensure_ascii=False))
    else:
        for check in found:
            sentences = " ".join(telling.found(check, output.locale, desk.zone))
            name = telling.label(check, output.locale)
            output.line(f"{_MARKS[check.state.value]} {name}  {sentences}")
            if check.mend is not None:
                output.line(f"    → {telling.mend(check, output.locale, desk.zone)}")
    return FAULTY if health.worst(found) is State.BAD else DONE
