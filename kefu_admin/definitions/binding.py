"""What a condition's symbolic operands stand for in one call: who asks, and when.

Python and SQL both resolve `$me`, `$today-7d` and the rest here, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The asker's ids and the instant (aware UTC) with the project's zone."""

    user_id: int | None
    department_id: int | None
    departments_below: frozenset[int]
    now: datetime
    zone: ZoneInfo
