"""Ends a test run with a line that names what this machine could not test."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which tests were left out and why, or that none was."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        where = report.longrepr
        reason = where[2] if isinstance(where, tuple) else str(where)
        reason = reason.removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"not tested here: {reason} ({count} tests)", yellow=True)
    else:
        terminalreporter.write_line("nothing was left out on this machine")
