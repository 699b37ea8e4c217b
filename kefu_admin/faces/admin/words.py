"""Words and times as a person at the desk reads them, in the language of the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from kefu_admin import wording

Translate = Callable[..., str]


def translator(locale: str) -> Translate:
    """`_` of a page: `_("共 {count} 条", count=3)`."""
    return partial(_said, locale)


def _said(locale: str, message: str, /, **facts: object) -> str:
    return wording.text(message, locale, **facts)


def clock_text(instant: datetime, zone: ZoneInfo) -> str:
    """An instant on the project's clock, to the minute: 2026-11-21 14:05."""
    return instant.astimezone(zone).isoformat(" ", "minutes")[:16]


def exact_text(instant: datetime, zone: ZoneInfo) -> str:
    """An instant on the project's clock, to the second, as audit and history show it."""
    return instant.astimezone(zone).isoformat(" ", "seconds")[:19]


def day_text(day: date) -> str:
    """A day: 2026-11-21."""
    return day.isoformat()


def day_of_week(day: date, locale: str) -> str:
    """A day with its name: 2026-11-21 星期六."""
    names = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
    return f"{day.isoformat()} {translator(locale)(names[day.weekday()])}"


def minutes_text(minutes: int, locale: str) -> str:
    """A span of minutes: 1 小时 30 分."""
    hours, rest = divmod(abs(minutes), 60)
    said = translator(locale)
    parts = []
    if hours:
        parts.append(said("{count} 小时", count=hours))
    if rest or not hours:
        parts.append(said("{count} 分", count=rest))
    return ("-" if minutes < 0 else "") + " ".join(parts)


def time_text(moment: time) -> str:
    """A time of day: 08:30."""
    return moment.strftime("%H:%M")


def size_text(size: int) -> str:
    """A file size people can compare: 12 KB, 3.4 MB."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size // 1024} KB"
    return f"{size / 1024 / 1024:.1f} MB"
