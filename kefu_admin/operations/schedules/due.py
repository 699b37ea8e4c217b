"""When a schedule was due last and is due next, on the project's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kefu_admin.definitions.schedule import LAST_DAY, Daily, Every, Monthly, Weekly, When

_DAY = timedelta(days=1)


def last_due(when: When, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest due instant that is not after `now`, in UTC. A local time the clocks skip counts
    as the one after the gap; one they repeat is due once, the first time."""
    day = now.astimezone(zone).date()
    if isinstance(when, Every):
        midnight = _instant(day, time(), zone)
        return midnight + (now - midnight) // when.longest_wait * when.longest_wait
    while not _is_due_on(when, day) or _instant(day, when.at, zone) > now:
        day -= _DAY
    return _instant(day, when.at, zone)


def next_due(when: When, zone: ZoneInfo, now: datetime) -> datetime:
    """The first due instant after `now`, in UTC."""
    day = now.astimezone(zone).date()
    if isinstance(when, Every):
        following = last_due(when, zone, now) + when.longest_wait
        return min(following, _instant(day + _DAY, time(), zone))
    while not _is_due_on(when, day) or _instant(day, when.at, zone) <= now:
        day += _DAY
    return _instant(day, when.at, zone)


def _is_due_on(when: Daily | Weekly | Monthly, day: date) -> bool:
    if isinstance(when, Weekly):
        return day.weekday() == when.weekday.number
    if isinstance(when, Monthly):
        return day.day == when.day or (when.day == LAST_DAY and (day + _DAY).day == 1)
    return True


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
