"""The public holidays of China and the days worked for them, as far as they have been announced.

The table is `data/holidays_cn.txt`, made from a maintained package and kept in the repository. Each
autumn the next year is announced; until it is in the table, only the days the law itself names are
known of it, and whoever counts with it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from kefu_admin.definitions.label import Label

_NEW_YEAR, _LABOUR, _NATIONAL = (
    Label("元旦", "New Year's Day"),
    Label("劳动节", "Labour Day"),
    Label("国庆节", "National Day"),
)
FIXED_BY_LAW: Mapping[tuple[int, int], Label] = MappingProxyType(
    {
        (1, 1): _NEW_YEAR,
        (5, 1): _LABOUR,
        (5, 2): _LABOUR,
        (10, 1): _NATIONAL,
        (10, 2): _NATIONAL,
        (10, 3): _NATIONAL,
    }
)
"""Month and day of the holidays that need no announcement and follow no moon."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day unlike its weekday: off (`works` false), or worked for one that is off."""

    works: bool
    label: Label


@dataclass(frozen=True, slots=True)
class Holidays:
    """Announced days by date, and the years that have been announced."""

    days: Mapping[date, Holiday]
    years: frozenset[int]


NO_HOLIDAYS = Holidays(MappingProxyType({}), frozenset())


@cache
def holidays_of_china() -> Holidays:
    """Every announced year of the table."""
    days: dict[date, Holiday] = {}
    text = (files("kefu_admin") / "data" / "holidays_cn.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        first, last, what, zh, en = line.split("\t")
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        holiday = Holiday(what == "work", Label(zh, en))
        for number in range((ends - begins).days + 1):
            days[begins + timedelta(days=number)] = holiday
    return Holidays(MappingProxyType(days), frozenset(day.year for day in days))
