"""Dates, instants, times of day and durations: text to canonical value and back."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.text_rules import identifier
from kefu_admin.definitions.values import LARGEST, is_blank

FIRST_YEAR = 1000  # the earliest every database keeps

_DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_INSTANT = re.compile(
    r"(?P<day>\S+?)(?:\s*T\s*|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_CLOCK = re.compile(r"(\d{1,5}):([0-5]\d)")
_SPOKEN = re.compile(
    r"(?:(\d{1,5})(?:d|天))?\s*(?:(\d{1,6})(?:h|小时|时))?\s*(?:(\d{1,7})(?:min|m|分钟|分))?"
)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name."""
    return ZoneInfo(name)


def to_date(field: Field, raw: object) -> date | None:
    """A day: 2024-05-01, 2024/5/1, 2024.5.1 or 2024年5月1日."""
    if is_blank(raw):
        return None
    if isinstance(raw, datetime):
        raise BadValue("not_a_date")
    if isinstance(raw, date):
        return _in_range(raw)
    if not isinstance(raw, str):
        raise BadValue("not_a_date")
    return _day(identifier(raw), "not_a_date")


def day_of(text: str) -> date:
    """A written day.

    Raises:
        BadValue: it is none.
    """
    return _day(identifier(text), "not_a_date")


def month_later(day: date, months: int) -> date:
    """So many months on (below zero: back): the same day, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def to_instant(field: Field, raw: object) -> datetime | None:
    """An instant, aware and UTC. Text without an offset is local time in the field's zone."""
    if is_blank(raw):
        return None
    if isinstance(raw, str):
        raw = _instant(identifier(raw))
    if not isinstance(raw, datetime):
        raise BadValue("not_a_datetime")
    if raw.tzinfo is None:
        local = raw.replace(tzinfo=zone(field.zone))
        raw = local.astimezone(UTC)
        if raw.astimezone(zone(field.zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise BadValue("no_such_local_time")  # skipped when the clocks went forward
    try:
        value = raw.astimezone(UTC)
    except OverflowError:
        raise BadValue("not_a_datetime") from None
    _in_range(value.date())
    return value


def from_instant(field: Field, value: object) -> str | None:
    """ISO 8601, UTC, with `Z`."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else None


def from_date(field: Field, value: object) -> str | None:
    """ISO 8601."""
    return value.isoformat() if isinstance(value, date) else None


def to_time(field: Field, raw: object) -> time | None:
    """A time of day to the minute: 9:30, 18:00."""
    if is_blank(raw):
        return None
    if isinstance(raw, time):
        if raw.tzinfo or raw.second or raw.microsecond:
            raise BadValue("not_a_time")
        return raw
    if not isinstance(raw, str):
        raise BadValue("not_a_time")
    return time_of_day(raw)


def time_of_day(text: str) -> time:
    """A written time of day, to the minute.

    Raises:
        BadValue: it is none.
    """
    match = _TIME.fullmatch(identifier(text))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise BadValue("not_a_time")
    return time(int(match[1]), int(match[2]))


def from_time(field: Field, value: object) -> str | None:
    """HH:MM."""
    return value.strftime("%H:%M") if isinstance(value, time) else None


def to_duration(field: Field, raw: object) -> int | None:
    """Minutes: 90, "90", "1:30", "1h30m", "1小时30分", "2天"."""
    if is_blank(raw):
        return None
    if isinstance(raw, int) and not isinstance(raw, bool):
        minutes = raw
    elif isinstance(raw, str):
        minutes = _minutes(identifier(raw))
    else:
        raise BadValue("not_a_duration")
    if not 0 <= minutes <= LARGEST:
        raise BadValue("not_a_duration")
    return minutes


def _minutes(text: str) -> int:
    if re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if match := _CLOCK.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if match := _SPOKEN.fullmatch(text):
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return days * 1440 + hours * 60 + minutes
    raise BadValue("not_a_duration")


def _day(text: str, code: str) -> date:
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadValue(code)
    year, month, day = match[1], match[3] or match[5], match[4] or match[6]
    try:
        return _in_range(date(int(year), int(month), int(day)))
    except ValueError:
        raise BadValue("no_such_day") from None


def _instant(text: str) -> datetime:
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise BadValue("not_a_datetime")
    day = _day(match["day"], "not_a_datetime")
    fraction = (match["fraction"] or "").ljust(6, "0")
    offset = match["offset"] or ""
    written = (
        f"{day.isoformat()}T{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}"
        f".{fraction}{offset}"
    )
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise BadValue("not_a_datetime") from None


def _in_range(day: date) -> date:
    if day.year < FIRST_YEAR:
        raise BadValue("no_such_day")
    return day
