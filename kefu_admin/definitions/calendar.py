"""When a desk works: the week, public holidays, and the company's own days both ways.

What a day is, is said by the company's own days first, then by the public holidays, then by the
weekday. Counting with it is the business of `behaviours.calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.calendar_days import OwnDays
from kefu_admin.definitions.dated import Dated
from kefu_admin.definitions.holidays import NO_HOLIDAYS, Holidays
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.definitions.spans import Span
from kefu_admin.problems import NOWHERE, Place


class Clock(StrEnum):
    """What a duration is counted in. `minutes`: those of one, 0 for days and months; `works`:
    whether only working time counts."""

    minutes: int
    works: bool

    def __new__(cls, value: str, minutes: int = 0) -> Clock:
        made = str.__new__(cls, value)
        made._value_ = value
        made.minutes, made.works = minutes, value.startswith("working")
        return made

    MINUTES = "minutes", 1
    HOURS = "hours", 60
    DAYS = "days"
    MONTHS = "months"
    WORKING_MINUTES = "working_minutes", 1
    WORKING_HOURS = "working_hours", 60
    WORKING_DAYS = "working_days"


CLOCK_LABELS: Mapping[Clock, Label] = {
    Clock.WORKING_DAYS: Label("工作日", "working days"),
    Clock.WORKING_HOURS: Label("工作小时", "working hours"),
    Clock.WORKING_MINUTES: Label("工作分钟", "working minutes"),
    Clock.DAYS: Label("天", "days"),
    Clock.HOURS: Label("小时", "hours"),
    Clock.MINUTES: Label("分钟", "minutes"),
    Clock.MONTHS: Label("个月", "months"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """So much of a clock; below zero it leads back."""

    amount: int
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar.

    Attributes:
        week: the working spans of Monday to Sunday.
        make_up: those of a day off that is worked instead of another.
        quiet: when customers are left in peace, every day; `recommended`: when they are best met.
        follows: whether the public holidays hold; a desk that never closes has none.
        default: what departments without a calendar of their own go by.
    """

    id: str
    label: Label
    help: Label = NO_LABEL
    week: tuple[tuple[Span, ...], ...]
    make_up: tuple[Span, ...] = ()
    holidays: Holidays = NO_HOLIDAYS
    follows: bool = False
    own: OwnDays = field(default_factory=OwnDays, compare=False)
    quiet: tuple[Span, ...] = ()
    recommended: tuple[Span, ...] = ()
    default: bool = False
    kept: Dated | None = None
    place: Place = field(default=NOWHERE, compare=False)
