"""Counting time on a calendar, by example and against oracles that walk minutes and days."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kefu_admin.behaviours.calendar import BeyondCalendar, NeverOpens, Times
from kefu_admin.definitions.calendar import Calendar, Clock, Duration
from kefu_admin.definitions.calendar_days import OwnDay, OwnDays
from kefu_admin.definitions.holidays import holidays_of_china
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.spans import Span, hours_of, to_spans
from kefu_admin.definitions.times import month_later

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAIVE = datetime.fromisoformat("2026-03-02 09:00")
READINGS = st.datetimes(*map(datetime.fromisoformat, ("2000-01-01", "2050-01-01")))
HOURS = hours_of("08:30-12:00, 13:30-17:30")
WEEK = (HOURS,) * 5 + ((), ())


def own(days: dict[date, OwnDay], *years: int) -> OwnDays:
    """The company's own days."""
    made = OwnDays()
    made.shown = (MappingProxyType(days), frozenset(years))
    return made


def times(
    days: dict[date, OwnDay] | None = None,
    *years: int,
    week: tuple[tuple[Span, ...], ...] = WEEK,
    follows: bool = True,
    zone: ZoneInfo = SHANGHAI,
    quiet: tuple[Span, ...] = (),
    recommended: tuple[Span, ...] = (),
) -> Times:
    """An office with its own days, that follows the public holidays."""
    calendar = Calendar(
        id="office",
        label=Label("办公时间"),
        week=week,
        make_up=HOURS,
        follows=follows,
        own=own(days or {}, *years),
        quiet=quiet,
        recommended=recommended,
        **({"holidays": holidays_of_china()} if follows else {}),
    )
    return Times(calendar, zone)


@cache
def office() -> Times:
    """The office without any days of its own."""
    return times()


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """`2026-02-13 16:30` on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def later(text: str, amount: int, clock: Clock, by: Times | None = None) -> tuple[str, bool]:
    """Where a duration leads, on the wall, and whether that is provisional."""
    answer = (by or office()).add(Duration(amount, clock), at(text))
    return answer.value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"), answer.provisional


@pytest.mark.parametrize(
    ("begins", "amount", "clock", "ends"),
    [
        ("2026-03-02 09:00", 30, Clock.WORKING_MINUTES, "2026-03-02 09:30"),
        ("2026-03-02 11:45", 30, Clock.WORKING_MINUTES, "2026-03-02 13:45"),
        ("2026-03-02 11:30", 30, Clock.WORKING_MINUTES, "2026-03-02 12:00"),  # not 13:30
        ("2026-03-02 07:00", 1, Clock.WORKING_HOURS, "2026-03-02 09:30"),
        ("2026-03-06 17:00", 1, Clock.WORKING_HOURS, "2026-03-09 09:00"),  # over a weekend
        ("2026-02-13 16:30", 8, Clock.WORKING_HOURS, "2026-02-14 17:00"),  # a Saturday worked
        ("2026-02-14 17:00", 1, Clock.WORKING_HOURS, "2026-02-24 09:00"),  # nine days off
        ("2026-02-24 09:00", -1, Clock.WORKING_HOURS, "2026-02-14 17:00"),
        ("2026-02-20 12:00", 0, Clock.WORKING_HOURS, "2026-02-20 12:00"),
        ("2026-02-13 16:30", 1, Clock.WORKING_DAYS, "2026-02-14 16:30"),
        ("2026-02-13 16:30", 10, Clock.WORKING_DAYS, "2026-03-05 16:30"),  # 28 Feb is worked
        ("2026-02-20 10:00", 1, Clock.WORKING_DAYS, "2026-02-24 10:00"),
        ("2026-02-24 10:00", -1, Clock.WORKING_DAYS, "2026-02-14 10:00"),
        ("2026-02-20 10:00", -1, Clock.WORKING_DAYS, "2026-02-14 10:00"),
        ("2026-02-20 10:00", 0, Clock.WORKING_DAYS, "2026-02-20 10:00"),
        ("2026-02-14 18:00", 3, Clock.DAYS, "2026-02-17 18:00"),
        ("2026-02-14 18:00", 24, Clock.HOURS, "2026-02-15 18:00"),
        ("2026-01-31 09:00", 1, Clock.MONTHS, "2026-02-28 09:00"),
        ("2024-01-31 09:00", 1, Clock.MONTHS, "2024-02-29 09:00"),
        ("2024-02-29 09:00", 12, Clock.MONTHS, "2025-02-28 09:00"),
        ("2024-03-31 09:00", -1, Clock.MONTHS, "2024-02-29 09:00"),
        ("2026-12-31 09:00", -13, Clock.MONTHS, "2025-11-30 09:00"),
    ],
)
def test_a_duration_leads_to(begins: str, amount: int, clock: Clock, ends: str) -> None:
    assert later(begins, amount, clock) == (ends, False)


@pytest.mark.parametrize(
    ("begins", "amount", "clock", "provisional"),
    [
        ("2026-12-31 09:00", 1, Clock.WORKING_HOURS, False),
        ("2026-12-31 17:00", 1, Clock.WORKING_HOURS, True),
        ("2026-12-30 09:00", 1, Clock.WORKING_DAYS, False),
        ("2026-12-31 09:00", 1, Clock.WORKING_DAYS, True),
        ("2027-01-04 09:00", -1, Clock.WORKING_DAYS, True),
        ("2027-03-01 09:00", 0, Clock.WORKING_DAYS, True),
        ("2027-03-01 09:00", 3, Clock.DAYS, False),
        ("2027-03-01 09:00", 3, Clock.MONTHS, False),
        ("2004-01-05 09:00", -2, Clock.WORKING_DAYS, True),  # before the table of holidays begins
    ],
)
def test_what_leans_on_a_year_not_announced_says_so(
    begins: str, amount: int, clock: Clock, provisional: bool
) -> None:
    assert later(begins, amount, clock)[1] is provisional


def test_beyond_the_known_year_the_days_the_law_names_are_off() -> None:
    assert later("2027-09-30 09:00", 1, Clock.WORKING_DAYS) == ("2027-10-04 09:00", True)
    assert office().is_working_day(date(2027, 1, 1)) == (False, True)
    assert office().known_until == date(2026, 12, 31)


def test_a_year_confirmed_is_known_and_one_missing_between_ends_it() -> None:
    off = OwnDay(works=False, label=Label("国庆节"))
    days = {date(2027, 10, day): off for day in range(1, 8)}

    confirmed, gap = times(days, 2027), times(days, 2028)

    assert confirmed.known_until == date(2027, 12, 31)
    assert later("2027-09-30 09:00", 1, Clock.WORKING_DAYS, confirmed) == (
        "2027-10-08 09:00",
        False,
    )
    assert gap.known_until == date(2026, 12, 31)
    assert later("2028-03-01 09:00", 1, Clock.WORKING_DAYS, gap)[1]


def test_the_company_s_own_days_go_before_the_public_ones_both_ways() -> None:
    by = times(
        {
            date(2026, 10, 1): OwnDay(works=True),
            date(2026, 10, 3): OwnDay(works=True, hours=hours_of("10:00-11:00")),
            date(2026, 10, 4): OwnDay(works=True),
            date(2026, 10, 9): OwnDay(works=False, label=Label("店庆")),
        }
    )

    assert by.is_working(at("2026-10-01 09:00")) == (True, False)
    assert by.closes(date(2026, 10, 3)).value == at("2026-10-03 11:00")
    assert by.closes(date(2026, 10, 4)).value == at("2026-10-04 17:30")  # the hours of a make-up
    assert by.closes(date(2026, 10, 9)) == (None, False)
    mark = by.mark(date(2026, 10, 9))
    assert (mark.works, mark.label.zh, mark.unusual, mark.own) == (False, "店庆", True, True)
    assert not office().mark(date(2026, 3, 2)).unusual
    assert office().mark(date(2026, 2, 14)).label.zh == "春节"


def test_work_begins_again() -> None:
    by = office()

    assert by.next_working(at("2026-02-14 09:00")) == (at("2026-02-14 09:00"), False)
    assert by.next_working(at("2026-02-14 12:00")) == (at("2026-02-14 13:30"), False)
    assert by.next_working(at("2026-02-14 17:30")) == (at("2026-02-24 08:30"), False)
    assert by.next_working(at("2026-12-31 17:30")) == (at("2027-01-04 08:30"), True)
    assert by.is_working(at("2026-02-14 12:00")) == (False, False)


def test_quiet_hours_are_passed_over() -> None:
    by = times(
        quiet=to_spans(["21:00-08:00", "12:00-14:00"], over_midnight=True),
        recommended=hours_of("09:30-11:30"),
    )

    assert by.is_quiet(at("2026-03-02 21:00"))
    assert by.after_quiet(at("2026-03-02 21:30")) == at("2026-03-03 08:00")
    assert by.after_quiet(at("2026-03-02 03:00")) == at("2026-03-02 08:00")
    assert by.after_quiet(at("2026-03-02 12:00")) == at("2026-03-02 14:00")
    assert by.after_quiet(at("2026-03-02 14:00")) == at("2026-03-02 14:00")
    assert by.is_recommended(at("2026-03-02 09:30"))
    assert not by.is_recommended(at("2026-03-02 11:30"))
    assert office().is_recommended(at("2026-03-02 03:00"))
    always = times(quiet=to_spans(["00:00-24:00"]))
    assert always.after_quiet(at("2026-03-02 03:00")) == at("2026-03-02 03:00")


def test_a_desk_that_never_closes_waits_for_no_announcement() -> None:
    by = times(week=(to_spans(["00:00-24:00"]),) * 7, follows=False)

    assert later("2027-10-01 23:30", 1, Clock.WORKING_HOURS, by) == ("2027-10-02 00:30", False)
    assert later("2050-12-31 23:30", 1, Clock.WORKING_DAYS, by) == ("2051-01-01 23:30", False)
    assert by.known_until is None


def test_what_a_calendar_cannot_answer_is_refused() -> None:
    closed = times(week=((),) * 7, follows=False)

    with pytest.raises(NeverOpens):
        closed.add(Duration(1, Clock.WORKING_MINUTES), at("2026-03-02 09:00"))
    with pytest.raises(NeverOpens):
        closed.add(Duration(1, Clock.WORKING_DAYS), at("2026-03-02 09:00"))
    with pytest.raises(NeverOpens):
        closed.next_working(at("2026-03-02 09:00"))
    with pytest.raises(NeverOpens):
        office().add(Duration(-10_000, Clock.WORKING_DAYS), at("1992-03-02 09:00"))
    with pytest.raises(BeyondCalendar):
        office().is_working(at("1991-12-31 23:59"))
    with pytest.raises(BeyondCalendar):
        office().is_working(at("2100-01-01 00:00"))
    with pytest.raises(TypeError):
        office().is_working(NAIVE)
    with pytest.raises(TypeError):
        office().add(Duration(1, Clock.DAYS), NAIVE)


def test_where_clocks_change_the_wall_is_what_counts() -> None:
    new_york = ZoneInfo("America/New_York")
    by = times(follows=False, zone=new_york)

    before = at("2026-03-06 17:00", new_york)  # clocks go forward on the 8th
    answer = by.add(Duration(1, Clock.WORKING_HOURS), before).value

    assert answer == at("2026-03-09 09:00", new_york)
    assert by.add(Duration(3, Clock.DAYS), before).value == at("2026-03-09 17:00", new_york)
    assert by.add(Duration(72, Clock.HOURS), before).value == at("2026-03-09 18:00", new_york)
    assert by.between(Clock.WORKING_MINUTES, before, answer).value == 60


# Oracles: a list of every working minute, and of every working day, of some months round the nine
# days off in spring and the turn of the year, made from strings day by day.
OFF_2026 = {
    *(f"2026-01-0{d}" for d in (1, 2, 3)), *(f"2026-02-{d}" for d in range(15, 24)),
    *(f"2026-04-0{d}" for d in (4, 5, 6)), *(f"2025-10-0{d}" for d in range(1, 9)),
}  # fmt: skip
WORKED_2026 = {"2026-01-04", "2026-02-14", "2026-02-28", "2025-09-28", "2025-10-11"}
FIRST, LAST = date(2025, 9, 1), date(2026, 4, 30)


def oracle_minutes(hours: list[tuple[int, int]], own_days: dict[date, OwnDay]) -> list[int]:
    """Minutes from midnight of `FIRST` in which work is done, one by one."""
    found = []
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        text = day.isoformat()
        works = text in WORKED_2026 or (day.weekday() < 5 and text not in OFF_2026)
        if day in own_days:
            works = own_days[day].works
        if works:
            found += [
                number * 1440 + minute
                for minute in range(1440)
                if any(begins <= minute < ends for begins, ends in hours)
            ]
    return found


@st.composite
def weeks(draw: st.DrawFn) -> list[tuple[int, int]]:
    """One to three spans of a working day."""
    count = draw(st.integers(1, 3))
    edges = st.lists(st.integers(0, 48), min_size=2 * count, max_size=2 * count, unique=True)
    halves = sorted(draw(edges))
    return [(a * 30, b * 30) for a, b in zip(halves[::2], halves[1::2], strict=True)]


OWN = st.dictionaries(
    st.dates(FIRST, LAST), st.booleans().map(lambda works: OwnDay(works=works)), max_size=6
)
MIDNIGHT = datetime.combine(FIRST, time(), SHANGHAI)
SPAN = (LAST - FIRST).days * 1440


def made_for(hours: list[tuple[int, int]], own_days: dict[date, OwnDay]) -> Times:
    """The calendar the oracle walks."""
    spans = tuple(Span(*one) for one in hours)
    calendar = Calendar(
        id="c",
        label=Label("c"),
        week=(spans,) * 5 + ((), ()),
        make_up=spans,
        follows=True,
        holidays=holidays_of_china(),
        own=own(own_days),
    )
    return Times(calendar, SHANGHAI)


@settings(max_examples=60, deadline=None)
@given(
    weeks(),
    OWN,
    st.lists(st.tuples(st.integers(0, SPAN), st.integers(-3000, 3000)), min_size=1, max_size=20),
)
def test_working_minutes_agree_with_an_oracle_that_walks_them(
    hours: list[tuple[int, int]], own_days: dict[date, OwnDay], questions: list[tuple[int, int]]
) -> None:
    by, minutes = made_for(hours, own_days), oracle_minutes(hours, own_days)
    for begins, amount in questions:
        index = bisect_left(minutes, begins)
        moment = MIDNIGHT + timedelta(minutes=begins)
        working = index < len(minutes) and minutes[index] == begins
        assert by.is_working(moment).value is working
        if amount > 0 and index + amount <= len(minutes):
            wanted = minutes[index + amount - 1] + 1
        elif amount < 0 and index + amount >= 0:
            wanted = minutes[index + amount]
        else:
            continue

        found = by.add(Duration(amount, Clock.WORKING_MINUTES), moment).value

        assert found == MIDNIGHT + timedelta(minutes=wanted)
        assert by.between(Clock.WORKING_MINUTES, moment, found).value == amount
        if index < len(minutes):
            opens = MIDNIGHT + timedelta(minutes=minutes[index])
            assert by.next_working(moment).value == opens


@settings(max_examples=100, deadline=None)
@given(OWN, st.dates(FIRST, LAST), st.integers(-60, 60), st.integers(0, 1439))
def test_working_days_agree_with_an_oracle_that_walks_them(
    own_days: dict[date, OwnDay], begins: date, amount: int, minute: int
) -> None:
    days = [FIRST + timedelta(days=m // 1440) for m in oracle_minutes([(600, 601)], own_days)]
    after = [day for day in days if day > begins]
    before = [day for day in days if day < begins]
    by, moment = (
        made_for([(600, 601)], own_days),
        datetime.combine(begins, time(minute // 60, minute % 60), SHANGHAI),
    )
    if amount > len(after) or -amount > len(before):
        return
    wanted = after[amount - 1] if amount > 0 else before[amount] if amount else begins

    found = by.add(Duration(amount, Clock.WORKING_DAYS), moment).value

    assert found == datetime.combine(wanted, moment.timetz())
    assert by.between(Clock.WORKING_DAYS, moment, found).value == amount
    assert by.add_days(Duration(amount, Clock.WORKING_DAYS), begins).value == wanted


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-600, 600))
def test_months_keep_the_day_or_take_the_last_one(day: date, months: int) -> None:
    found = month_later(day, months)

    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    next_day = found + timedelta(days=1)
    assert found.day == day.day or (found.day < day.day and next_day.month != found.month)


@given(
    READINGS,
    st.integers(-2000, 2000),
    st.sampled_from([clock for clock in Clock if clock is not Clock.MONTHS]),
)
def test_what_is_added_is_counted_again(local: datetime, amount: int, clock: Clock) -> None:
    by, moment = office(), local.replace(tzinfo=SHANGHAI)

    found = by.add(Duration(amount, clock), moment)

    assert by.between(clock, moment, found.value).value == amount
    assert found.value.tzinfo is UTC
    assert (found.value > moment) == (amount > 0) or found.value == moment


@given(
    READINGS,
    READINGS,
)
def test_the_months_between_are_the_most_that_fit(one: datetime, other: datetime) -> None:
    begins, ends = (moment.replace(tzinfo=SHANGHAI) for moment in sorted((one, other)))

    months = office().between(Clock.MONTHS, begins, ends).value

    assert office().add(Duration(months, Clock.MONTHS), begins).value <= ends
    assert office().add(Duration(months + 1, Clock.MONTHS), begins).value > ends
