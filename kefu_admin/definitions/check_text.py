"""What `kefu check` prints: every problem on a line of its own, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from kefu_admin import wording
from kefu_admin.problems import Problem


def report(problems: Sequence[Problem], locale: str) -> str:
    """The problems in the locale, in file order, then their number; says so when there are none."""
    if not problems:
        return wording.text("配置没有问题。", locale) + "\n"
    lines = [wording.problem(problem, locale) for problem in sorted(problems)]
    count = wording.text("共 {count} 处问题，请改正后再检查。", locale, count=len(lines))
    return "\n".join((*lines, count)) + "\n"
