"""Ends a test run with a line that names what this machine could not test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest


def pytest_unconfigure(config: pytest.Config) -> None:
    """Says, as the last line, which tests were left out and why, or that none was."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput") or config.option.collectonly:
        return
    reporter.ensure_newline()
    reporter.write_line(sentence(reason(report) for report in reporter.stats.get("skipped", [])))


def leave_out(why: str, *, required: str) -> NoReturn:
    """Skips a test for what the machine lacks, or fails it where `required` is "all"."""
    if required == "all":
        pytest.fail(why)
    pytest.skip(why)


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was left out."""
    told = report.longrepr
    text = told[2] if isinstance(told, tuple) else str(told)
    return text.removeprefix("Skipped: ")


def sentence(reasons: Iterable[str]) -> str:
    """The last line."""
    counted = Counter(reasons)
    if not counted:
        return "Nothing was left out on this machine."
    listed = "; ".join(f"{why} ({count} tests)" for why, count in sorted(counted.items()))
    return f"Left out on this machine: {listed}."
