"""The table of days: what each is, what was worked before it, and how far the year is known."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.calendar_days import OwnDay
from kefu_admin.definitions.holidays import FIXED_BY_LAW
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.definitions.spans import Span
from kefu_admin.problems import Refusal

FIRST_DAY, LAST_DAY = date(1992, 1, 1), date(2099, 12, 31)
"""Of the table: before, Shanghai had summer time."""
FIRST, LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
LENGTH = LAST - FIRST + 1
MINUTE = 60_000_000
"""Spans are counted in microseconds, so that no answer is rounded."""


class BeyondCalendar(Refusal):
    """A working time before 1992 or after 2099 was asked for. facts: first, last."""

    code, status = "beyond_calendar", 422

    def __init__(self) -> None:
        super().__init__(first=FIRST_DAY, last=LAST_DAY)


class NeverOpens(Refusal):
    """So much working time does not come before the calendar ends, or did not lie before."""

    code, status = "calendar_never_opens", 422


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day as people see it: whether it is worked and when, its name, and whether it is unlike
    its weekday. `own`: the company said so; `provisional`: its year has not been announced."""

    day: date
    spans: tuple[Span, ...]
    label: Label
    unusual: bool
    own: bool
    provisional: bool

    @property
    def works(self) -> bool:
        """Whether there is any working time."""
        return bool(self.spans)


class Days:
    """Every day from `FIRST_DAY` to `LAST_DAY`, by its place in the table.

    Attributes:
        read: the company's own days and years it was made of.
        spans: its working spans in microseconds of the day.
        worked: microseconds worked before it; one entry more than there are days.
        works: places of the working days; `working`: how many there are before each day.
        known: places of the first day that is known and of the first that no longer is.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.read = own, confirmed = calendar.own.shown
        self._own, self._years = own, calendar.holidays.years | confirmed
        shapes: dict[tuple[Span, ...], tuple[tuple[int, int], ...]] = {}
        self.spans: list[tuple[tuple[int, int], ...]] = []
        for day in _different(calendar, own):
            found = shapes.get(day)
            if found is None:
                found = tuple((span.begins * MINUTE, span.ends * MINUTE) for span in day)
                shapes[day] = found
            self.spans.append(found)
        length = {shape: sum(end - begin for begin, end in shape) for shape in shapes.values()}
        self.worked = array("q", accumulate((length[s] for s in self.spans), initial=0))
        self.working = array("q", accumulate((1 if s else 0 for s in self.spans), initial=0))
        self.works = array("q", (place for place, s in enumerate(self.spans) if s))
        self.known = self._known()

    def before(self, place: int, at: int) -> int:
        """Microseconds worked from the beginning of the table to an instant."""
        worked = self.worked[place]
        for begin, end in self.spans[place]:
            if at <= begin:
                break
            worked += (at if at < end else end) - begin
        return worked

    def reach(self, place: int, at: int, amount: int) -> tuple[int, int]:
        """Place and time of day so many worked microseconds on: the earliest such instant, or
        going back (`amount` below zero) the latest.

        Raises:
            NeverOpens: there are not so many.
        """
        worked = self.worked
        total = self.before(place, at) + amount
        if not 0 <= total <= worked[LENGTH]:
            raise NeverOpens
        forward = amount > 0
        to = (bisect_left if forward else bisect_right)(worked, total) - 1
        if not 0 <= to < LENGTH:
            raise NeverOpens
        rest = total - worked[to]
        for begin, end in self.spans[to]:
            if rest < end - begin or (forward and rest == end - begin):
                return to, begin + rest
            rest -= end - begin
        raise AssertionError("a day found by what is worked on it has that much")

    def working_day(self, place: int, amount: int) -> int:
        """The place of a day so many working days after (below zero: before) another.

        Raises:
            NeverOpens: there are not so many.
        """
        if amount == 0:
            return place
        passed = self.working[place + 1] - 1 if amount > 0 else self.working[place]
        if not 0 <= passed + amount < len(self.works):
            raise NeverOpens
        return self.works[passed + amount]

    def is_provisional(self, one: int, other: int) -> bool:
        """Whether a day at one of two places, or between, is of a year not announced."""
        first, until = self.known
        return not (first <= one < until and first <= other < until)

    def mark(self, day: date) -> DayMark:
        """One day as people see it.

        Raises:
            BeyondCalendar: it is not in the table.
        """
        place = day.toordinal() - FIRST
        if not 0 <= place < LENGTH:
            raise BeyondCalendar
        spans, label, own = _day(self._calendar, self._own, day)
        return DayMark(
            day=day,
            spans=spans,
            label=label,
            unusual=bool(spans) != bool(self._calendar.week[day.weekday()]) or own,
            own=own,
            provisional=self.is_provisional(place, place),
        )

    def _known(self) -> tuple[int, int]:
        """From the first announced year on, as long as none is missing."""
        if not self._calendar.follows:
            return 0, LENGTH
        years = {year for year in self._years if FIRST_DAY.year <= year <= LAST_DAY.year}
        if not years:
            return 0, 0
        first = until = min(years)
        while until in years:
            until += 1
        return date(first, 1, 1).toordinal() - FIRST, date(until, 1, 1).toordinal() - FIRST


def _different(calendar: Calendar, own: Mapping[date, OwnDay]) -> list[tuple[Span, ...]]:
    """The working spans of every day of the table."""
    week = [calendar.week[FIRST_DAY.weekday() - 7 + number] for number in range(7)]
    spans = (week * (LENGTH // 7 + 1))[:LENGTH]
    unlike = {*calendar.holidays.days, *own}
    if calendar.follows:
        unlike |= {
            date(year, month, day)
            for year in range(FIRST_DAY.year, LAST_DAY.year + 1)
            for month, day in FIXED_BY_LAW
        }
    for day in unlike:
        if FIRST_DAY <= day <= LAST_DAY:
            spans[day.toordinal() - FIRST] = _day(calendar, own, day)[0]
    return spans


def _day(
    calendar: Calendar, own: Mapping[date, OwnDay], day: date
) -> tuple[tuple[Span, ...], Label, bool]:
    """A day's spans, its name, and whether the company has said something of it."""
    usual = calendar.week[day.weekday()]
    said = own.get(day)
    if said is not None:
        hours = (said.hours or usual or calendar.make_up) if said.works else ()
        return hours, said.label, True
    holiday = calendar.holidays.days.get(day)
    if holiday is not None:
        return (calendar.make_up if holiday.works else ()), holiday.label, False
    announced = not calendar.follows or day.year in calendar.holidays.years
    by_law = NO_LABEL if announced else FIXED_BY_LAW.get((day.month, day.day), NO_LABEL)
    return (usual if by_law is NO_LABEL else ()), by_law, False
