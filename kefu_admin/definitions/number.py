"""Business numbers (业务编号): series made of parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.label import Label
from kefu_admin.problems import NOWHERE, Place


class Reset(StrEnum):
    """When the counter starts again at 1 (in the project's time zone)."""

    NEVER = "never"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Fixed:
    text: str


@dataclass(frozen=True, slots=True)
class DatePart:
    """Digits of today's date: a mix of YYYY, YY, MM, DD."""

    pattern: str


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """The code of the record's department; the counter then runs per department."""


@dataclass(frozen=True, slots=True)
class Counter:
    digits: int


Part = Fixed | DatePart | DepartmentPart | Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One number series. Gapless: the counter is taken in the writing transaction and a rolled-back
    change gives it back; every void is registered. When the digits run out it refuses."""

    id: str
    label: Label
    parts: tuple[Part, ...]
    reset: Reset = Reset.NEVER
    gapless: bool = True
    place: Place = field(default=NOWHERE, compare=False)
