"""Relative dates count in the project's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import RelativeDate
from kefu_admin.definitions.condition_text.symbols import (
    NoSymbol,
    TooFar,
    parse_symbol,
    write_symbol,
)
from kefu_admin.definitions.resolve import relative


def at(now: datetime, zone: str = "Asia/Shanghai") -> Binding:
    return Binding(
        user_id=None, department_id=None, departments_below=frozenset(), now=now,
        zone=ZoneInfo(zone),
    )  # fmt: skip


LATE_IN_MAY = at(datetime(2026, 5, 30, 16, 30, tzinfo=UTC))  # Sunday 31 May, 00:30 in Shanghai


def symbol(text: str) -> RelativeDate:
    found = parse_symbol(text)
    assert isinstance(found, RelativeDate)
    assert write_symbol(found) == text
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("$today", date(2026, 5, 31)),
        ("$now", date(2026, 5, 31)),
        ("$now-31min", date(2026, 5, 30)),
        ("$today+1d", date(2026, 6, 1)),
        ("$today-2w", date(2026, 5, 17)),
        ("$today+1m", date(2026, 6, 30)),
        ("$today-3m", date(2026, 2, 28)),
        ("$today+2y", date(2028, 5, 31)),
        ("$start_of_week", date(2026, 5, 25)),
        ("$start_of_month", date(2026, 5, 1)),
        ("$start_of_month+1m", date(2026, 6, 1)),
        ("$start_of_quarter", date(2026, 4, 1)),
        ("$start_of_year-1y", date(2025, 1, 1)),
    ],
)
def test_a_relative_date_is_a_day_in_the_zone(text, day):
    assert relative(symbol(text), LATE_IN_MAY) == day


def test_a_day_begins_at_midnight_of_the_zone():
    begin = RelativeDate(symbol("$today").anchor, as_instant=True)
    end = RelativeDate(symbol("$today").anchor, as_instant=True, day_end=True)

    assert relative(begin, LATE_IN_MAY) == datetime(2026, 5, 30, 16, tzinfo=UTC)
    assert relative(end, LATE_IN_MAY) == datetime(2026, 5, 31, 16, tzinfo=UTC)


def test_hours_pass_in_real_time_when_the_clocks_change():
    before = at(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Berlin")  # 01:30, before the gap
    later = RelativeDate(symbol("$now+1h").anchor, 1, "h", as_instant=True)
    tomorrow = RelativeDate(symbol("$now+1d").anchor, 1, "d", as_instant=True)

    assert relative(later, before) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert relative(tomorrow, before) == datetime(2026, 3, 29, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["$", "$today+", "$today+1", "$today+1x", "$today+1h", "$me+1d"])
def test_what_is_no_symbol_is_said(text):
    with pytest.raises(NoSymbol):
        parse_symbol(text)


def test_a_relative_date_stays_within_a_hundred_years():
    with pytest.raises(TooFar):
        parse_symbol("$today+101y")
