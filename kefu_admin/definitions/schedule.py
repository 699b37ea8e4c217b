"""What the desk does by itself: a closed table, whose times a project may set.

A later module adds its schedule by one entry here, and by the job it stands for in
`operations.schedules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from kefu_admin.definitions.label import Label

LAST_DAY = 0


class Weekday(StrEnum):
    """A day of the week, in order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `date.weekday()` counts: 0 for Monday."""
        return list(Weekday).index(self)


_EACH_WEEK = {
    Weekday.MONDAY: Label("每周一", "every Monday"),
    Weekday.TUESDAY: Label("每周二", "every Tuesday"),
    Weekday.WEDNESDAY: Label("每周三", "every Wednesday"),
    Weekday.THURSDAY: Label("每周四", "every Thursday"),
    Weekday.FRIDAY: Label("每周五", "every Friday"),
    Weekday.SATURDAY: Label("每周六", "every Saturday"),
    Weekday.SUNDAY: Label("每周日", "every Sunday"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Every day at a time of the project's clock."""

    at: time
    longest_wait = timedelta(days=1)

    @property
    def label(self) -> Label:
        """In words."""
        return Label(f"每天 {self.at:%H:%M}", f"every day at {self.at:%H:%M}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Every week on a day at a time of the project's clock."""

    weekday: Weekday
    at: time
    longest_wait = timedelta(days=7)

    @property
    def label(self) -> Label:
        """In words."""
        day = _EACH_WEEK[self.weekday]
        return Label(f"{day.zh} {self.at:%H:%M}", f"{day.en} at {self.at:%H:%M}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """Every month on a day (1 to 28, or `LAST_DAY`) at a time of the project's clock."""

    day: int
    at: time
    longest_wait = timedelta(days=31)

    @property
    def label(self) -> Label:
        """In words."""
        if self.day == LAST_DAY:
            return Label(
                f"每月最后一天 {self.at:%H:%M}", f"on the last day of the month at {self.at:%H:%M}"
            )
        return Label(
            f"每月 {self.day} 日 {self.at:%H:%M}",
            f"on day {self.day} of the month at {self.at:%H:%M}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Every so many minutes, counted from midnight of the project's clock."""

    minutes: int

    @property
    def longest_wait(self) -> timedelta:
        """The time between two."""
        return timedelta(minutes=self.minutes)

    @property
    def label(self) -> Label:
        """In words."""
        hours, minutes = divmod(self.minutes, 60)
        if minutes:
            return Label(f"每 {self.minutes} 分钟", f"every {self.minutes} min")
        return Label(f"每 {hours} 小时", f"every {hours} h")


When = Daily | Weekly | Monthly | Every
"""When something is due. `longest_wait`: the longest time between two due instants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something due at `when`; None: never.

    Attributes:
        keep: how many of what it makes are kept, the newest; 0 all.
        days: how long they are kept; 0 for good. The newest is kept in any case.
    """

    id: str
    label: Label
    when: When | None
    makes_files: bool = False
    keep: int = 0
    days: int = 0


CLEAN_UP = Schedule(
    id="clean_up",
    label=Label("清理过期数据", "Clearing away what has ended"),
    when=Daily(at=time(1, 30)),
)
BACKUP = Schedule(
    id="backup",
    label=Label("备份", "Backup"),
    when=Daily(at=time(2, 30)),
    makes_files=True,
    keep=14,
)
VERIFY = Schedule(id="verify", label=Label("数据检查", "Verification"), when=Daily(at=time(3, 30)))

SCHEDULES: Mapping[str, Schedule] = {one.id: one for one in (CLEAN_UP, BACKUP, VERIFY)}
"""Every schedule, as it is where the project says nothing."""
