"""Calendars as people see them: a year of days, and when a period ends. Open to everyone signed in;
what stands in rows is written through `operations.dated` by those who keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kefu_admin.actor import Actor
from kefu_admin.behaviours.calendar import (
    FIRST_DAY,
    LAST_DAY,
    Announced,
    Answer,
    BeyondCalendar,
    DayMark,
    Times,
    Unread,
    announced,
)
from kefu_admin.definitions.calendar import Calendar, Duration
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.label import NO_LABEL
from kefu_admin.definitions.times import to_instant
from kefu_admin.operations import dated
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError, Invalid, NotFound
from kefu_admin.store import accounts

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "MOST_AMOUNT",
    "DayMark",
    "Reading",
    "Run",
    "Unread",
    "Year",
    "beginning",
    "calendar",
    "calendars",
    "due",
    "keeps",
    "known_until",
    "of_department",
    "read_announcement",
    "times",
    "year",
]
FIRST_YEAR, LAST_YEAR = FIRST_DAY.year, LAST_DAY.year
MOST_AMOUNT = 100_000  # of a duration that is worked out for somebody


@dataclass(frozen=True, slots=True)
class Run:
    """Unusual days that follow on each other and are called the same."""

    first: DayMark
    last: DayMark

    @property
    def days(self) -> int:
        """How many."""
        return (self.last.day - self.first.day).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year of a calendar: every day by month, and the runs of unusual ones. `provisional`: it
    has not been announced."""

    number: int
    months: tuple[tuple[DayMark, ...], ...]
    runs: tuple[Run, ...]
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from an announcement: values as `dated.put` takes them, and what was not
    understood."""

    values: tuple[Mapping[str, object], ...]
    unread: tuple[Unread, ...]


def calendars(desk: Desk) -> tuple[Calendar, ...]:
    """Every calendar of the config, the default first."""
    return tuple(sorted(desk.project.calendars.values(), key=lambda one: not one.default))


def calendar(desk: Desk, id: str) -> Calendar:
    """One calendar; "" for the default.

    Raises:
        NotFound: there is none.
    """
    found = desk.project.calendars.get(id) if id else desk.project.default_calendar
    if found is None:
        raise NotFound(type="calendars", id=id)
    return found


def of_department(desk: Desk, id: int | None) -> Calendar:
    """The calendar a department works by: its own, else that of the nearest one above that names
    one of the config, else the default.

    Raises:
        NotFound: no such department, or the desk has no calendar at all.
    """
    seen = id
    while seen is not None:
        department = accounts.department(desk.store, seen)
        found = desk.project.calendars.get(department.calendar)
        if found is not None:
            return found
        seen = department.parent_id
    return calendar(desk, "")


def times(desk: Desk, id: str, *, now: datetime) -> Times:
    """A calendar ready for questions; "" for the default.

    Raises:
        NotFound: there is none.
    """
    return desk.times(calendar(desk, id).id, now)


def known_until(desk: Desk, *, now: datetime) -> Mapping[str, date]:
    """For each calendar that follows public holidays, the last day whose year is known."""
    each = {one.id: desk.times(one.id, now).known_until for one in calendars(desk)}
    return {id: until for id, until in each.items() if until is not None}


def year(desk: Desk, id: str, number: int, *, now: datetime) -> Year:
    """A year of a calendar.

    Raises:
        NotFound: no such calendar.
        BeyondCalendar: before `FIRST_YEAR` or after `LAST_YEAR`.
    """
    by = times(desk, id, now=now)
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise BeyondCalendar
    marks = [by.mark(day) for day in _days(number)]
    months = tuple(
        tuple(mark for mark in marks if mark.day.month == month) for month in range(1, 13)
    )
    return Year(
        number=number,
        months=months,
        runs=_runs(marks),
        provisional=any(mark.provisional for mark in marks),
    )


def due(
    desk: Desk, id: str, duration: Duration, begins: datetime, *, now: datetime
) -> Answer[datetime]:
    """When a period ends that begins at an instant.

    Raises:
        NotFound: no such calendar.
        BeyondCalendar, NeverOpens: the calendar does not reach so far.
    """
    return times(desk, id, now=now).add(duration, begins)


def beginning(desk: Desk, text: str) -> datetime:
    """The instant a period begins at, as it was written on the project's clock.

    Raises:
        Invalid: on `from`.
    """
    field = Field(id="from", type="datetime", label=NO_LABEL, zone=desk.project.time_zone)
    try:
        found = to_instant(field, text)
    except BadValue as bad:
        raise Invalid([FieldError("from", bad.code, bad.facts)]) from None
    if found is None:
        raise Invalid([FieldError("from", "required")])
    return found


def keeps(desk: Desk, found: Calendar, actor: Actor) -> bool:
    """Whether the person may write its days."""
    return found.kept is not None and found.kept.name in desk.grants(actor).keeps


def read_announcement(desk: Desk, name: str, text: str, number: int, *, actor: Actor) -> Reading:
    """What an announcement, or a list of days, says of a year; its days are no other's.

    Raises:
        NotFound: no such definition for this person, or its values are no days.
    """
    found = dated.definition(desk, name, actor)
    if not any(found is one.kept for one in calendars(desk)):
        raise NotFound(type="dated", id=name)
    days, unread = announced(text, number)
    beyond = (one for one in days if one.on.year != number)
    return Reading(
        values=tuple(_value(one) for one in days if one.on.year == number),
        unread=(*unread, *(Unread(one.line, one.on.isoformat()) for one in beyond)),
    )


def _value(one: Announced) -> Mapping[str, object]:
    return {"on": one.on.isoformat(), "is": one.kind.value, "name": one.name, "hours": ""}


def _days(number: int) -> Sequence[date]:
    first = date(number, 1, 1)
    count = (date(number, 12, 31) - first).days + 1
    return [first + timedelta(days=place) for place in range(count)]


def _runs(marks: Sequence[DayMark]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for mark in marks:
        if not (mark.unusual or mark.label.zh):
            continue
        before = runs[-1] if runs else None
        if before is not None and _goes_on(before.last, mark):
            runs[-1] = Run(before.first, mark)
        else:
            runs.append(Run(mark, mark))
    return tuple(runs)


def _goes_on(before: DayMark, mark: DayMark) -> bool:
    same = (before.label, before.works, before.own) == (mark.label, mark.works, mark.own)
    return (
        same
        and mark.day - before.day == timedelta(days=1)
        and (not mark.works or mark.spans == before.spans)
    )
