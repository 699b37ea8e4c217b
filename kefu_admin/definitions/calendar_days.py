"""The company's own days, both ways: a holiday worked, a working day off, a year confirmed.

They stand in the calendar's file, or are kept in rows by those who know them (`CALENDARS`). A value
is of one day (`2027-10-08`) or of one year (`2027`): it holds from the moment it is written, and is
taken back by saying that the day is as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from kefu_admin.definitions.dated import DatedKind, DatedValue
from kefu_admin.definitions.fields import ALWAYS_WHEN, Choice, Field
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.definitions.spans import BadSpans, Span, hours_of
from kefu_admin.problems import FieldError


class DayKind(StrEnum):
    """What the company says of one of its days, or (`KNOWN`) of a year."""

    REST = "rest"
    WORK = "work"
    USUAL = "usual"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day the company has said something of; `hours` () are those of a day worked instead."""

    works: bool
    label: Label = NO_LABEL
    hours: tuple[Span, ...] = ()


class OwnDays:
    """The company's own days and the years it has confirmed: those of the file, or where they are
    kept in rows those of the rows. Another `shown` object means that something has changed."""

    def __init__(self, values: Sequence[DatedValue] = ()) -> None:
        self.shown: tuple[Mapping[date, OwnDay], frozenset[int]] = _own(values)

    def show(self, values: Sequence[DatedValue], day: date) -> None:
        """Show these from now on."""
        wanted = _own(values)
        if wanted != self.shown:
            self.shown = wanted


def _own(values: Sequence[DatedValue]) -> tuple[Mapping[date, OwnDay], frozenset[int]]:
    days: dict[date, OwnDay] = {}
    years: set[int] = set()
    for value in values:
        if _faults(value):
            continue  # `kefu verify` tells of it
        kind, year_or_day = value.parts.get("is"), value.key
        if kind == DayKind.KNOWN:
            years.add(int(year_or_day[:4]))
        elif kind in (DayKind.REST, DayKind.WORK):
            name = str(value.parts.get("name") or "")
            hours = hours_of(str(value.parts.get("hours") or ""))
            days[date.fromisoformat(year_or_day)] = OwnDay(kind == DayKind.WORK, Label(name), hours)
    return MappingProxyType(days), frozenset(years)


def _faults(value: DatedValue) -> list[FieldError]:
    """What the fields alone do not tell: a day that exists, hours on a day that is worked."""
    kind = value.parts.get("is")
    if (len(value.key) == 4) != (kind == DayKind.KNOWN) and kind != DayKind.USUAL:
        code = "known_is_of_a_year" if kind == DayKind.KNOWN else "year_is_known_or_usual"
        return [FieldError("is", code)]
    try:
        date.fromisoformat(value.key if len(value.key) > 4 else f"{value.key}-01-01")
    except ValueError:
        return [FieldError("on", "no_such_day")]
    hours = str(value.parts.get("hours") or "")
    if hours and kind != DayKind.WORK:
        return [FieldError("hours", "hours_of_rest")]
    try:
        hours_of(hours)
    except BadSpans as bad:
        return [FieldError("hours", bad.reason, {"text": bad.text})]
    return []


DAY_KINDS: Mapping[DayKind, Label] = {
    DayKind.REST: Label("休息", "Off"),
    DayKind.WORK: Label("上班", "Worked"),
    DayKind.USUAL: Label("照常（撤回）", "As usual (withdrawn)"),
    DayKind.KNOWN: Label("全年安排已录全", "The whole year is entered"),
}
CALENDARS = DatedKind(
    id="calendars",
    label=Label("工作日历", "Calendar"),
    key=Field(
        id="on",
        type="text",
        label=Label("日期", "Day"),
        help=Label(
            "某一天，如 2027-10-08；确认全年已录全时只写年份，如 2027。",
            "A day, as 2027-10-08; to confirm a whole year, the year alone, as 2027.",
        ),
        required=ALWAYS_WHEN,
        max_length=10,
        pattern=r"\d{4}(-\d{2}-\d{2})?",
    ),
    parts=(
        Field(
            id="is",
            type="choice",
            label=Label("这天", "That day is"),
            required=ALWAYS_WHEN,
            choices=tuple(Choice(id=kind.value, label=text) for kind, text in DAY_KINDS.items()),
        ),
        Field(id="name", type="text", label=Label("名称", "Name"), max_length=60),
        Field(
            id="hours",
            type="text",
            label=Label("上班时间", "Hours"),
            help=Label(
                "只这天不同才填，如 09:00-12:00, 14:00-16:00；留空按平日。",
                "Only if they differ that day, as 09:00-12:00, 14:00-16:00.",
            ),
            max_length=120,
        ),
    ),
    title="name",
    within_dates=False,
    faults=_faults,
)
