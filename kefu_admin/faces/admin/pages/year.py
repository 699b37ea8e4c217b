"""What stands on the page of a year: months as weeks of cells, and the unusual days as lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.spans import DAY_MINUTES, Span
from kefu_admin.faces import http
from kefu_admin.faces.admin.words import Translate
from kefu_admin.operations.calendars import DayMark, Run

WEEKDAYS = (
    Label("周一", "Mon"),
    Label("周二", "Tue"),
    Label("周三", "Wed"),
    Label("周四", "Thu"),
    Label("周五", "Fri"),
    Label("周六", "Sat"),
    Label("周日", "Sun"),
)

MONTHS = (
    Label("一月", "January"),
    Label("二月", "February"),
    Label("三月", "March"),
    Label("四月", "April"),
    Label("五月", "May"),
    Label("六月", "June"),
    Label("七月", "July"),
    Label("八月", "August"),
    Label("九月", "September"),
    Label("十月", "October"),
    Label("十一月", "November"),
    Label("十二月", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day. `mark`: 休 or 班 where it is unlike its weekday; `css` what it looks like."""

    number: int
    mark: str
    css: str
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month: whole weeks from Monday, None where another month's day would stand."""

    name: str
    worked: int
    weeks: Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """Unusual days that belong together, as one line; `who` said so."""

    name: str
    days: str
    count: int
    works: bool
    who: str


def month(
    marks: Sequence[DayMark], today: date, links: Mapping[str, str], said: Translate
) -> Month:
    """A month of marks; `links` leads from a day to where it is written, "" from any other day."""
    first = marks[0].day.weekday()
    cells: list[Cell | None] = [None] * first
    cells += [_cell(mark, today, links, said) for mark in marks]
    cells += [None] * (-len(cells) % 7)
    return Month(
        name=MONTHS[marks[0].day.month - 1].text(http.locale()),
        worked=sum(mark.works for mark in marks),
        weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)],
    )


def _cell(mark: DayMark, today: date, links: Mapping[str, str], said: Translate) -> Cell:
    day = mark.day.isoformat()
    special = bool(mark.label.zh) or mark.unusual
    css = ["rest" if special and not mark.works else "off" if not mark.works else "worked"]
    css += ["make-up"] if special and mark.works else []
    css += ["own"] if mark.own else []
    css += ["today"] if mark.day == today else []
    word = said("上班") if mark.works else said("休息")
    told = [weekday_text(mark.day), mark.label.text(http.locale()), word]
    told += [spans_text(mark.spans)] if mark.own and mark.works else []
    told += [said("暂定")] if mark.provisional else []
    new = links.get("")
    return Cell(
        number=mark.day.day,
        mark=(said("班") if mark.works else said("休")) if special else "",
        css=" ".join(css),
        title=f"{day} " + " ".join(part for part in told if part),
        href=links.get(day) or (f"{new}{day}" if new else ""),
    )


def run_lines(runs: Iterable[Run], said: Translate) -> list[RunLine]:
    """The unusual days of a year."""
    return [
        RunLine(
            name=run.first.label.text(http.locale()) or "—",
            days=_days_text(run),
            count=run.days,
            works=run.first.works,
            who=_who(run.first, said),
        )
        for run in runs
    ]


def facts(calendar: Calendar, said: Translate) -> list[tuple[str, str]]:
    """When it works, when customers are left in peace, when they are best called."""
    lines = [
        (_weekdays_text(days, said), spans_text(spans))
        for days, spans in _alike(calendar.week)
        if spans
    ]
    if calendar.quiet:
        lines.append((said("不打扰客户"), spans_text(_over_midnight(calendar.quiet))))
    if calendar.recommended:
        lines.append((said("宜联系"), spans_text(calendar.recommended)))
    return lines


def year_of(text: str, otherwise: int) -> int:
    """A year somebody asked for; another where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else otherwise


def weekday_text(day: date) -> str:
    """周一."""
    return WEEKDAYS[day.weekday()].text(http.locale())


def heads() -> list[str]:
    """The weekdays above a month, as short as they are read."""
    locale = http.locale()
    return [one.zh[-1] if locale == "zh" else one.text(locale) for one in WEEKDAYS]


def spans_text(spans: Sequence[Span]) -> str:
    """08:30–12:00 13:30–17:30."""
    return ", ".join(str(span).replace("-", "–") for span in spans)


def _over_midnight(spans: Sequence[Span]) -> Sequence[Span]:
    """The span that ends a day and the one that begins it as the one they were written as."""
    if len(spans) < 2 or spans[0].begins or spans[-1].ends < DAY_MINUTES:
        return spans
    return (*spans[1:-1], Span(spans[-1].begins, spans[0].ends))


def _alike(week: Sequence[tuple[Span, ...]]) -> list[tuple[tuple[int, int], tuple[Span, ...]]]:
    """Runs of weekdays with the same spans: first and last."""
    runs: list[tuple[tuple[int, int], tuple[Span, ...]]] = []
    for number, spans in enumerate(week):
        if runs and runs[-1][1] == spans:
            runs[-1] = ((runs[-1][0][0], number), spans)
        else:
            runs.append(((number, number), spans))
    return runs


def _weekdays_text(days: tuple[int, int], said: Translate) -> str:
    first, last = (WEEKDAYS[number].text(http.locale()) for number in days)
    return first if first == last else said("{first}至{last}", first=first, last=last)


def _days_text(run: Run) -> str:
    texts = [
        f"{mark.day:%m-%d} {weekday_text(mark.day)}"
        for mark in ((run.first, run.last) if run.days > 1 else (run.first,))
    ]
    return " – ".join(texts)


def _who(mark: DayMark, said: Translate) -> str:
    if mark.own:
        return said("本单位录入")
    return said("法定（暂定）") if mark.provisional else said("国家安排")
