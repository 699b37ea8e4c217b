"""Durations on a calendar: what comes so much later, and how much lies between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.calendar.days import (
    FIRST,
    LENGTH,
    MINUTE,
    BeyondCalendar,
    DayMark,
    Days,
    NeverOpens,
)
from kefu_admin.behaviours.calendar.wall import Wall
from kefu_admin.definitions.calendar import Calendar, Clock, Duration
from kefu_admin.definitions.spans import DAY_MINUTES, Span
from kefu_admin.definitions.times import month_later

T = TypeVar("T")
_DAY = DAY_MINUTES * MINUTE


class Answer(NamedTuple, Generic[T]):
    """What was asked; `provisional`: it leans on days whose year has not been announced."""

    value: T
    provisional: bool


class Times:
    """A calendar ready for questions, in a zone. Instants are aware; answers are aware UTC.

    Any of its questions raises BeyondCalendar for working time outside of the table, and TypeError
    for an instant without a zone.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        self.calendar = calendar
        self.days = Days(calendar)
        self.wall = Wall(zone)
        self._quiet = _microseconds(calendar.quiet)
        self._recommended = _microseconds(calendar.recommended)

    @property
    def known_until(self) -> date | None:
        """The last day whose year is known; None where no year needs to be announced."""
        if not self.calendar.follows:
            return None
        return date.fromordinal(FIRST + self.days.known[1] - 1)

    def add(self, duration: Duration, moment: datetime) -> Answer[datetime]:
        """The instant a duration after (below zero: before) another.

        Raises:
            NeverOpens: there is not so much working time.
        """
        clock, amount = duration.clock, duration.amount
        if clock is Clock.WORKING_DAYS:
            place, at = self.wall.place(moment)
            to = self.days.working_day(place, amount)
            return Answer(self.wall.moment(to, at), self.days.is_provisional(place, to))
        if not clock.minutes:
            local = self.wall.read(moment)
            day = self.add_days(duration, local.date())
            same_time = datetime.combine(day.value, local.time(), self.wall.zone)
            return Answer(same_time.astimezone(UTC), day.provisional)
        if not clock.works:
            passed = timedelta(minutes=amount * clock.minutes)
            return Answer(self.wall.read(moment).astimezone(UTC) + passed, False)
        days = self.days
        place, at = self.wall.place(moment)
        if amount == 0:
            return Answer(moment.astimezone(UTC), days.is_provisional(place, place))
        to, to_at = days.reach(place, at, amount * clock.minutes * MINUTE)
        return Answer(self.wall.moment(to, to_at), days.is_provisional(place, to))

    def add_days(self, duration: Duration, day: date) -> Answer[date]:
        """The day so many days, working days or months after (below zero: before) another.

        Raises:
            NeverOpens: there are not so many working days.
            ValueError: the clock counts minutes or hours.
        """
        clock, amount = duration.clock, duration.amount
        if clock is Clock.DAYS:
            return Answer(day + timedelta(days=amount), False)
        if clock is Clock.MONTHS:
            return Answer(month_later(day, amount), False)
        if clock is not Clock.WORKING_DAYS:
            raise ValueError(f"{clock} is no clock of days")
        place = _place(day)
        to = self.days.working_day(place, amount)
        return Answer(date.fromordinal(FIRST + to), self.days.is_provisional(place, to))

    def between(self, clock: Clock, begins: datetime, ends: datetime) -> Answer[int]:
        """How many whole units of a clock lie between two instants; below zero where `ends` is the
        earlier. What `add` adds, this counts."""
        if clock is Clock.WORKING_DAYS:
            return self._days_between(begins, ends)
        if ends < begins:
            turned = self.between(clock, ends, begins)
            return Answer(-turned.value, turned.provisional)
        if not clock.minutes:
            read = (self.wall.read(one).replace(tzinfo=None) for one in (begins, ends))
            return Answer(_whole(clock, *read), False)
        if not clock.works:
            return Answer((ends - begins) // timedelta(minutes=clock.minutes), False)
        days = self.days
        (place, at), (to, to_at) = self.wall.place(begins), self.wall.place(ends)
        worked = days.before(to, to_at) - days.before(place, at)
        return Answer(worked // (clock.minutes * MINUTE), days.is_provisional(place, to))

    def is_working(self, moment: datetime) -> Answer[bool]:
        """Whether work is done at an instant."""
        place, at = self.wall.place(moment)
        works = _within(self.days.spans[place], at)
        return Answer(works, self.days.is_provisional(place, place))

    def is_working_day(self, day: date) -> Answer[bool]:
        """Whether there is any working time on a day."""
        place = _place(day)
        return Answer(bool(self.days.spans[place]), self.days.is_provisional(place, place))

    def next_working(self, moment: datetime) -> Answer[datetime]:
        """The first working instant from this one on: itself, or when work begins again.

        Raises:
            NeverOpens: it never does.
        """
        days = self.days
        place, at = self.wall.place(moment)
        if _within(days.spans[place], at):
            return Answer(moment.astimezone(UTC), days.is_provisional(place, place))
        to, begins = place, next((begin for begin, _ in days.spans[place] if begin > at), None)
        if begins is None:
            index = bisect_right(days.works, place)
            if index == len(days.works):
                raise NeverOpens
            to = days.works[index]
            begins = days.spans[to][0][0]
        return Answer(self.wall.moment(to, begins), days.is_provisional(place, to))

    def closes(self, day: date) -> Answer[datetime | None]:
        """When work ends on a day; None where there is none."""
        place = _place(day)
        spans = self.days.spans[place]
        ends = self.wall.moment(place, spans[-1][1]) if spans else None
        return Answer(ends, self.days.is_provisional(place, place))

    def is_quiet(self, moment: datetime) -> bool:
        """Whether customers are to be left in peace."""
        return _within(self._quiet, self.wall.place(moment)[1])

    def after_quiet(self, moment: datetime) -> datetime:
        """The first instant from this one on that is not quiet; where all are, this one."""
        place, at = self.wall.place(moment)
        ends = next((end for begin, end in self._quiet if begin <= at < end), at)
        if ends == _DAY and self._quiet[0][0] == 0:
            ends += self._quiet[0][1]
        if ends in (at, 2 * _DAY):
            return moment.astimezone(UTC)
        return self.wall.moment(place, ends)

    def is_recommended(self, moment: datetime) -> bool:
        """Whether it is a good time to call; where the calendar names none, any that is not
        quiet."""
        if not self._recommended:
            return not self.is_quiet(moment)
        return _within(self._recommended, self.wall.place(moment)[1])

    def mark(self, day: date) -> DayMark:
        """One day as people see it."""
        return self.days.mark(day)

    def _days_between(self, begins: datetime, ends: datetime) -> Answer[int]:
        """Working days after the day of `begins` up to that of `ends`; going back, from that of
        `ends` to before that of `begins`."""
        place, to = self.wall.place(begins)[0], self.wall.place(ends)[0]
        working, after = self.days.working, 1 if to >= place else 0
        found = working[to + after] - working[place + after]
        return Answer(found, self.days.is_provisional(place, to))


def _whole(clock: Clock, begins: datetime, ends: datetime) -> int:
    """Whole days or months between two readings of the wall clock, in order."""
    if clock is Clock.DAYS:
        return (ends - begins).days
    months = (ends.year - begins.year) * 12 + ends.month - begins.month
    reached = datetime.combine(month_later(begins.date(), months), begins.time())
    return months if reached <= ends else months - 1


def _place(day: date) -> int:
    place = day.toordinal() - FIRST
    if not 0 <= place < LENGTH:
        raise BeyondCalendar
    return place


def _within(spans: Sequence[tuple[int, int]], at: int) -> bool:
    return any(begin <= at < end for begin, end in spans)


def _microseconds(spans: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Spans that follow on each other become one."""
    joined: list[tuple[int, int]] = []
    for span in spans:
        begin, end = span.begins * MINUTE, span.ends * MINUTE
        if joined and joined[-1][1] == begin:
            begin = joined.pop()[0]
        joined.append((begin, end))
    return tuple(joined)
