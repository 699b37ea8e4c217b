"""Days off and days worked as people have them before them: the yearly announcement, or a list.

The announcement is read as it is published, a paragraph a holiday (“二、春节：2月15日（周日）至23日
（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。”). A list has a line a day or run
of days: `2027-10-01~2027-10-07, 休, 国庆节`, with commas, tabs or blanks between, as a spreadsheet
copies them, and English words as well (`rest`, `work`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kefu_admin.definitions.calendar_days import DayKind

_DAY = r"(?:(?P<{0}year>\d{{4}})[年/.-])?(?P<{0}month>\d{{1,2}})[月/.-](?P<{0}day>\d{{1,2}})日?"
_RUN = re.compile(
    _DAY.format("")
    + r"(?:\s*(?:至|到|~|～|—|–|\s-\s|,|，|\t)\s*"
    + r"(?:(?:(?P<to_year>\d{4})[年/.-])?(?P<to_month>\d{1,2})[月/.-])?(?P<to_day>\d{1,2})日?"
    + r"(?![\d:月/.-]))?"
)
_ASIDE = re.compile(r"[（(][^（）()]*[)）]")
_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|\d+[、.．]\s*)?(?P<name>[^：:\d]{1,20})[：:]"
)
_WORDS = {
    DayKind.REST: ("放假", "休息", "休", "rest", "off", "holiday"),
    DayKind.WORK: ("上班", "补班", "班", "work", "worked"),
    DayKind.USUAL: ("照常", "usual"),
}
_MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Announced:
    """One day that was read, and the line it stood on."""

    on: date
    kind: DayKind
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A sentence that speaks of days and was not understood."""

    line: int
    text: str


def announced(text: str, year: int) -> tuple[tuple[Announced, ...], tuple[Unread, ...]]:
    """The days a text names, in its order; days without a year are of `year`. A line without any
    day says nothing and is passed over."""
    days: list[Announced] = []
    unread: list[Unread] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = _ASIDE.sub("", line)
        heading = _HEADING.match(plain)
        name = heading["name"].strip() if heading else ""
        for sentence in re.split("[。；;]", plain[heading.end() :] if heading else plain):
            if not _RUN.search(sentence):
                continue
            found = tuple(_read(sentence, name, year, number))
            days += found
            if not found and not _of_another_year(sentence, year):
                unread.append(Unread(number, sentence.strip()[:80]))
    return tuple(dict.fromkeys(days)), tuple(unread)


def _read(sentence: str, name: str, year: int, line: int) -> Iterator[Announced]:
    kind, spoken = _kind(_RUN.sub(" ", sentence))
    if kind is None:
        return
    for run in _RUN.finditer(sentence):
        for day in _days(run, year):
            yield Announced(day, kind, name or spoken, line)


def _of_another_year(sentence: str, year: int) -> bool:
    """Whether it names days of other years only, as the date below an announcement."""
    years = {run["year"] for run in _RUN.finditer(sentence)}
    return None not in years and str(year) not in years


def _kind(rest: str) -> tuple[DayKind | None, str]:
    """What is said of the days, and the word that is left for a name."""
    words = [word for word in re.split(r"[\s,，、\t]+", rest) if word]
    for kind, known in _WORDS.items():
        for word in words:
            if word.lower() in known or any(word.startswith(one) for one in known[:1]):
                left = [other for other in words if other != word]
                return kind, left[0] if len(left) == 1 else ""
    return None, ""


def _days(run: re.Match[str], year: int) -> Sequence[date]:
    """The days of a run; none where there is no such day, or far too many."""
    try:
        first = date(int(run["year"] or year), int(run["month"]), int(run["day"]))
        last = first
        if run["to_day"]:
            last = date(
                int(run["to_year"] or first.year),
                int(run["to_month"] or first.month),
                int(run["to_day"]),
            )
    except ValueError:
        return ()
    count = (last - first).days + 1
    if not 0 < count <= _MOST_DAYS:
        return ()
    return [first + timedelta(days=number) for number in range(count)]
