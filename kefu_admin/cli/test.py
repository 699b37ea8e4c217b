"""`kefu test`: run the permission examples of the config in a scratch database."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.definitions.scenario import Case
from kefu_admin.opening import open_project
from kefu_admin.operations import scenarios
from kefu_admin.operations.scenarios import Unusable, Verdict
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Every case; failed ones with what was found instead."""
    project = open_project(here)
    return FAULTY if told(scenarios.run(project, now=clock.now()), output) else DONE


def told(verdicts: Sequence[Verdict | Unusable], output: Output) -> int:
    """Says every case that came out otherwise, and how many there were; answers how many failed."""
    failed = 0
    for verdict in verdicts:
        label = verdict.scenario.label.text(output.locale)
        if isinstance(verdict, Unusable):
            failed += 1
            for error in verdict.errors:
                said = wording.field_error(error, output.locale)
                output.fault(f"✗ {label}: {verdict.record}.{error.field}: {said}")
        elif not verdict.passed:
            failed += 1
            place = verdict.case.place
            output.fault(
                f"✗ {label}: {_asked(verdict.case)} "
                + output.text("实际：{found}", found=verdict.found or output.text("看不到"))
                + f" ({place.file}:{place.line})"
            )
    output.say("{count} 个例子，{failed} 个不符。", count=len(verdicts), failed=failed)
    return failed


def _asked(case: Case) -> str:
    """A case as it is written in the config."""
    if case.action is None:
        return f"{case.who} · {case.record}.{case.field_name} = {case.shows or 'hidden'} ·"
    can = "can" if case.allowed else "cannot"
    return f"{case.who} {can} {case.action} {case.record} ·"
