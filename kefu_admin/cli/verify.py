"""`kefu verify`: the audit chain, numbers, rollups and everything else that must hold."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations.verifying import verify_and_remember
from kefu_admin.settings import Settings
from kefu_admin.store.database import Store
from kefu_admin.store.readiness import UNGUARDED, NotReady, assert_ready
from kefu_admin.store.verify import Finding, Report

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
    "batches": "批量操作",
    "merges": "合并记录",
    "applied": "配置更新做完",
    "dated": "选项与参数",
    "work": "后台任务和消息",
    "computed": "计算值",
}


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Print what was looked at, what was counted and every finding; findings end with 1."""
    desk = open_desk(here)
    unguarded = _unguarded(desk.store)
    with desk.store.connection():
        report = verify_and_remember(desk, now=clock.now(), also=unguarded)
    for line in report_lines(report, output):
        output.line(line)
    if report.is_sound:
        return DONE
    output.warn("发现 {count} 个问题。", count=len(report.findings))
    return FAULTY


def report_lines(report: Report, output: Output) -> Iterator[str]:
    """What a report says on standard output; its findings go to standard error."""
    yield output.text(
        "审计 {lines} 行：已封存 {sealed}，未封存 {unsealed}，缺失 {missing}；"
        "{blocks} 块，{anchors} 个锚点。",
        **report.counts,
    )
    for note in report.notes:
        yield wording.sentence(note.code, output.locale, **note.facts)
    for one in report.findings:
        output.fault("✗ " + wording.sentence(one.code, output.locale, **one.facts))
    if report.is_sound:
        joint = ", " if output.locale == "en" else "、"
        names = (output.text(CHECKED[one]) for one in report.checked)
        yield output.text("检查了 {checked}：没有发现问题。", checked=joint.join(names))


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
        return tuple(Finding(one.code, one.facts) for one in refusal.findings)
    return ()
