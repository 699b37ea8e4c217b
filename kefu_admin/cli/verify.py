"""`kefu verify`: the audit chain, numbers, rollups and everything else that must hold."""

from __future__ import annotations

import argparse

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations.verifying import verify
from kefu_admin.settings import Settings
from kefu_admin.store.database import Store
from kefu_admin.store.readiness import UNGUARDED, Finding, NotReady, assert_ready

# What was looked at, as people say it.
CHECKED = {
    "audit": "审计链",
    "references": "关联",
    "attachments": "附件",
    "audited": "每次改动都有审计",
    "history": "历史版本",
    "bin": "回收站",
    "numbers": "业务编号",
    "rollups": "汇总值",
    "secrets": "加密字段",
    "search": "查找索引",
    "computed": "计算值",
}


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print what was looked at, what was counted and every finding; findings end with 1."""
    desk = open_desk(here)
    unguarded = _unguarded(desk.store)
    with desk.store.connection():
        report = verify(desk, now=clock.now())
    output.say(
        "审计 {lines} 行：已封存 {sealed}，未封存 {unsealed}，缺失 {missing}；"
        "{blocks} 块，{anchors} 个锚点。",
        **report.counts,
    )
    for note in report.notes:
        output.line(wording.sentence(note.code, output.locale, **note.facts))
    told = [(one.code, one.facts) for one in unguarded]
    told += [(one.code, one.facts) for one in report.findings]
    for code, facts in told:
        output.fault("✗ " + wording.sentence(code, output.locale, **facts))
    if not told:
        joint = ", " if output.locale == "en" else "、"
        names = (output.text(CHECKED[one]) if one in CHECKED else one for one in report.checked)
        output.say("检查了 {checked}：没有发现问题。", checked=joint.join(names))
        return DONE
    output.warn("发现 {count} 个问题。", count=len(told))
    return FAULTY


def _unguarded(store: Store) -> tuple[Finding, ...]:
    """Append-only tables whose triggers are gone: what tampering leaves behind is no reason not to
    look for it.

    Raises:
        NotReady: the database lacks more than triggers.
    """
    try:
        assert_ready(store)
    except NotReady as refusal:
        if any(finding.code != UNGUARDED for finding in refusal.findings):
            raise
        return refusal.findings
    return ()
