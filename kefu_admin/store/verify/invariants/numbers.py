"""Business numbers: up to the counter every number stands on a record, on one in the bin, or in the
void register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kefu_admin.definitions.number import Counter, DatePart, DepartmentPart, Fixed, Reset, Series
from kefu_admin.store import bin
from kefu_admin.store.change.recorded import Past
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.numbers import per_department
from kefu_admin.store.verify.report import Finding

_TOKENS = {"YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})"} | {
    "MM": r"(?P<month>\d{2})",
    "DD": r"(?P<day>\d{2})",
}
_NEEDED = {Reset.NEVER: "", Reset.YEAR: "y", Reset.MONTH: "ym", Reset.DAY: "ymd"}
_PORTION = 5000
_SHOWN = 20


@dataclass(slots=True)
class _Seen:
    """What the numbers of one counter are: a mark per number, those beyond the counter apart."""

    marks: bytearray
    beyond: int = 0
    twice: list[int] = field(default_factory=list)


def numbers(store: Store, now: datetime) -> Iterator[Finding]:
    """No number of a gapless series is missing, twice there, or beyond its counter.

    Numbers written in another form than today's (the series was changed) count as present.
    """
    for series in store.project.numbers.values():
        if series.gapless:
            yield from _check(store, series)


def _check(store: Store, series: Series) -> Iterator[Finding]:
    pattern = _pattern(series)
    if pattern is None:
        return  # the number does not tell its period
    seen = {
        (str(period), str(department)): _Seen(bytearray(int(value) + 1))
        for period, department, value in store.rows(
            'SELECT "period", "department", "value" FROM "kefu_counter" WHERE "series" = ?',
            (series.id,),
        )
    }
    other_form = 0
    for number in _all(store, series):
        found = pattern.fullmatch(number)
        if found is None:
            other_form += 1
            continue
        department = found["department"] if per_department(series) else ""
        counter = seen.setdefault((_period(series, found), department), _Seen(bytearray(1)))
        _mark(counter, int(found["counter"]))
    for (period, department), counter in sorted(seen.items()):
        facts = {"series": series.id, "period": period, "department": department}
        missing = [n for n in range(1, len(counter.marks)) if not counter.marks[n]]
        if len(missing) > other_form:
            yield Finding("number_gap", {**facts, "count": len(missing), "first": missing[0]})
        if counter.beyond:
            yield Finding("number_beyond", {**facts, "count": counter.beyond})
        for one in counter.twice[:_SHOWN]:
            yield Finding("number_twice", {**facts, "number": one})


def _mark(counter: _Seen, number: int) -> None:
    if number >= len(counter.marks):
        counter.beyond += 1
    elif counter.marks[number]:
        counter.twice.append(number)
    else:
        counter.marks[number] = 1


def _all(store: Store, series: Series) -> Iterator[str]:
    """Every number of the series on a record, on one in the bin, or in the void register."""
    yield from _column(store, "kefu_void_number", "number", '"series" = ?', (series.id,))
    for content_type in store.project.types.values():
        for one in content_type.fields.values():
            if one.type == "number" and one.series == series.id:
                yield from _column(store, content_type.id, one.id, "1 = 1", ())
                yield from _binned(store, content_type.id, one.id)


def _binned(store: Store, type_id: str, field: str) -> Iterator[str]:
    last = 0
    past = Past(store, Reader(store))
    while portion := bin.every(store, type_id, above=last, limit=_PORTION):
        for one in past.of(portion).values():
            if one.values[field] is not None:
                yield str(one.values[field])
        last = portion[-1].id


def _column(
    store: Store, table: str, column: str, where: str, params: tuple[object, ...]
) -> Iterator[str]:
    last = 0
    while True:
        rows = store.rows(
            f'SELECT "id", "{column}" FROM "{table}" WHERE {where} AND "{column}" IS NOT NULL'
            ' AND "id" > ? ORDER BY "id" LIMIT ?',
            (*params, last, _PORTION),
        )
        for id, number in rows:
            last = int(id)
            yield str(number)
        if len(rows) < _PORTION:
            return


def _pattern(series: Series) -> re.Pattern[str] | None:
    """The form of the series' numbers; None when period or counter cannot be told from it."""
    parts: list[str] = []
    for part in series.parts:
        match part:
            case Fixed(text=text):
                parts.append(re.escape(text))
            case DatePart(pattern=date):
                parts.append(re.sub("YYYY|YY|MM|DD", lambda token: _TOKENS[token[0]], date))
            case DepartmentPart():
                parts.append("(?P<department>.*?)")
            case Counter(digits=digits):
                parts.append(rf"(?P<counter>\d{{{digits}}})")
    try:
        pattern = re.compile("".join(parts))
    except re.error:  # a part of the date twice
        return None
    told = "".join(name[0] for name in pattern.groupindex if name in ("year", "month", "day"))
    if "short" in pattern.groupindex and "y" not in told:
        told += "y"
    return pattern if set(_NEEDED[series.reset]) <= set(told) else None


def _period(series: Series, found: re.Match[str]) -> str:
    """The counting period a number belongs to, as the counter's row names it."""
    groups = found.groupdict()
    year = groups.get("year") or f"20{groups.get('short')}"
    parts = {"y": year, "m": groups.get("month"), "d": groups.get("day")}
    return "".join(str(parts[letter]) for letter in _NEEDED[series.reset])
