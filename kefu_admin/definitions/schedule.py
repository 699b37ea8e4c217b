"""What the desk does by itself every day: a closed table, whose times a project may set.

A later module adds its schedule by one entry here, and by the job it stands for in
`operations.schedules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from kefu_admin.definitions.label import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something due every day at `at` on the project's clock; None: never.

    Attributes:
        keep: how many of what it makes are kept, the newest; 0 all.
        days: how long they are kept; 0 for good. The newest is kept in any case.
    """

    id: str
    label: Label
    at: time | None
    makes_files: bool = False
    keep: int = 0
    days: int = 0


CLEAN_UP = Schedule(
    id="clean_up", label=Label("清理过期数据", "Clearing away what has ended"), at=time(1, 30)
)
BACKUP = Schedule(
    id="backup", label=Label("备份", "Backup"), at=time(2, 30), makes_files=True, keep=14
)
VERIFY = Schedule(id="verify", label=Label("数据检查", "Verification"), at=time(3, 30))

SCHEDULES: Mapping[str, Schedule] = {one.id: one for one in (CLEAN_UP, BACKUP, VERIFY)}
"""Every schedule, as it is where the project says nothing."""
