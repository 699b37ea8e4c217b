"""`kefu verify`: the audit chain, numbers, rollups and everything else that must hold."""

from __future__ import annotations

import argparse

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations.verifying import verify
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print what was looked at, what was counted and every finding; findings end with 1."""
    desk = open_desk(here)
    assert_ready(desk.store)
    with desk.store.connection():
        report = verify(desk, now=clock.now())
    output.line(", ".join(f"{name} {count}" for name, count in report.counts.items()))
    for note in report.notes:
        output.line(wording.sentence(note.code, output.locale, **note.facts))
    for finding in report.findings:
        output.fault("✗ " + wording.sentence(finding.code, output.locale, **finding.facts))
    if report.is_sound:
        output.say("检查了 {checked}：没有发现问题。", checked="、".join(report.checked))
        return DONE
    output.warn("发现 {count} 个问题。", count=len(report.findings))
    return FAULTY
