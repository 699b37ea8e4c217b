"""Writes kefu_admin/data/holidays_cn.txt from the package chinesecalendar (MIT).

    pip install chinesecalendar==1.11.0
    python -m bundling.holidays

One line per run of days: first day, last day, `rest` or `work`, the holiday in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

TARGET = Path(__file__).parents[1] / "kefu_admin" / "data" / "holidays_cn.txt"
LICENCE = (TARGET.parent / "pinyin.txt").read_text("utf-8")  # the same words, another holder


def main() -> None:
    """Write the file anew."""
    from chinese_calendar import constants  # type: ignore[import-not-found]

    names = {one.value: f"{one.chinese}\t{one.value}" for one in constants.Holiday}
    days = {day: f"rest\t{names[name]}" for day, name in constants.holidays.items()}
    days |= {day: f"work\t{names[name]}" for day, name in constants.workdays.items()}
    made_from = f"# Made from chinesecalendar {version('chinesecalendar')} by bundling/holidays.py."
    words = [line for line in LICENCE.splitlines()[1:] if line.startswith("#")]
    words = [
        "# Copyright (c) 2017 Lirian Su" if line.startswith("# Copyright") else line
        for line in words
    ]
    lines = [f"{first}\t{last}\t{what}" for first, last, what in _runs(days)]
    TARGET.write_text("\n".join((made_from, *words, *lines)) + "\n", "utf-8")


def _runs(days: Mapping[date, str]) -> Iterator[tuple[date, date, str]]:
    """Days that follow each other and say the same, as first, last and what they say; a run ends
    with its year."""
    first = last = None
    for day in sorted(days):
        if first is not None and last is not None:
            follows = day == last + timedelta(days=1) and day.year == last.year
            if follows and days[day] == days[first]:
                last = day
                continue
            yield first, last, days[first]
        first = last = day
    if first is not None and last is not None:
        yield first, last, days[first]


if __name__ == "__main__":
    main()
