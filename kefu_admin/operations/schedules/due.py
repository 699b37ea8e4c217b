"""When a daily schedule was due last and is due next, on the project's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def last_due(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest due instant that is not after `now`, in UTC. A local time the clocks skip counts
    as the one after the gap; one they repeat is due once, the first time."""
    today = now.astimezone(zone).date()
    due = _instant(today, at, zone)
    return due if due <= now else _instant(today - _DAY, at, zone)


def next_due(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The first due instant after `now`, in UTC."""
    today = now.astimezone(zone).date()
    due = _instant(today, at, zone)
    return due if due > now else _instant(today + _DAY, at, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
