"""`kefu verify`: the audit chain, numbers, rollups and everything else that must hold."""

from __future__ import annotations

import argparse

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_project, open_store
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready
from kefu_admin.store.verify import verify


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print what was looked at, what was counted and every finding; findings end with 1."""
    store = open_store(here, open_project(here))
    assert_ready(store)
    with store.connection():
        report = verify(store, now=clock.now())
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
