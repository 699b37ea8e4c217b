"""The functions of formulas that simply take values: numbers are fractions, none is absent."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from kefu_admin.definitions.fields import BadValue

LONGEST_TEXT = 65_536
_FIRST_YEAR, _LAST_YEAR = 1000, 9999  # what every database keeps


def round_half_away(value: Fraction) -> int:
    """The nearest whole number; halves away from zero."""
    whole = (abs(value) * 2 + 1) // 2
    return int(whole) if value >= 0 else -int(whole)


def as_day(value: date | datetime, zone: ZoneInfo) -> date:
    """The calendar day, of an instant in the project's zone."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _round(zone: ZoneInfo, value: Fraction, places: Fraction) -> Fraction:
    step = 10 ** int(places)
    return Fraction(round_half_away(value * step), step)


def _add_days(zone: ZoneInfo, day: date, days: Fraction) -> date:
    number = round_half_away(days)
    if abs(number) > 4_000_000:
        raise BadValue("formula_bad_date")
    try:
        return _kept(day + timedelta(days=number))
    except OverflowError:
        raise BadValue("formula_bad_date") from None


def _add_months(zone: ZoneInfo, day: date, months: Fraction) -> date:
    """The same day of another month, or its last day where it has fewer."""
    number = day.year * 12 + day.month - 1 + round_half_away(months)
    year, month = number // 12, number % 12 + 1
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadValue("formula_bad_date")
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _kept(day: date) -> date:
    if day.year < _FIRST_YEAR:
        raise BadValue("formula_bad_date")
    return day


def _concat(zone: ZoneInfo, *texts: str) -> str:
    if sum(len(text) for text in texts) > LONGEST_TEXT:
        raise BadValue("formula_text_too_long", limit=LONGEST_TEXT)
    return "".join(texts)


def _days_between(zone: ZoneInfo, begin: date, end: date) -> Fraction:
    return Fraction((as_day(end, zone) - as_day(begin, zone)).days)


def _minutes_between(zone: ZoneInfo, begin: datetime, end: datetime) -> Fraction:
    span = end - begin
    return Fraction(span // timedelta(microseconds=1), 60_000_000)


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "abs": lambda zone, value: abs(value),
    "add_days": _add_days,
    "add_months": _add_months,
    "concat": _concat,
    "date": lambda zone, value: as_day(value, zone),
    "day": lambda zone, value: Fraction(as_day(value, zone).day),
    "days_between": _days_between,
    "len": lambda zone, value: Fraction(len(value)),
    "max": lambda zone, *values: max(values),
    "min": lambda zone, *values: min(values),
    "minutes_between": _minutes_between,
    "month": lambda zone, value: Fraction(as_day(value, zone).month),
    "round": _round,
    "year": lambda zone, value: Fraction(as_day(value, zone).year),
}
