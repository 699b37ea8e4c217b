"""Business numbers: counters taken in the writing transaction, and the register of void numbers.

One counter row per (series, period, department) is raised by the transaction that uses the number,
so a rolled-back change gives it back and there is neither duplicate nor gap. A number that will
never stand on a record is written to the append-only void register. Rule: D10 of the design rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kefu_admin.definitions.number import (
    Counter,
    DatePart,
    DepartmentPart,
    Fixed,
    Reset,
    Series,
)
from kefu_admin.problems import NumbersExhausted
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

PURGED = "purged"  # the reason the store itself gives; faces word it
_PERIODS = {Reset.NEVER: "", Reset.YEAR: "%Y", Reset.MONTH: "%Y%m", Reset.DAY: "%Y%m%d"}
_DATE_TOKENS = (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"))


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidNumber:
    """One number that was given out (or taken) and stands on no record."""

    series: str
    number: str
    reason: str
    type: str
    record_id: int | None
    at: datetime
    actor_id: int | None
    actor: str


def per_department(series: Series) -> bool:
    """Whether the counter runs per department (a department part is in the number)."""
    return any(isinstance(part, DepartmentPart) for part in series.parts)


def period(series: Series, on: date) -> str:
    """The name of the counting period a business day falls in; "" when it never resets."""
    return on.strftime(_PERIODS[series.reset])


def render(series: Series, counter: int, *, on: date, department: str) -> str:
    """The number of a counter value.

    Args:
        on: the business day in the project's zone.
        department: the department's code; only used by a department part.

    Raises:
        NumbersExhausted: the counter needs more digits than the series has.
    """
    return next(_rendered(series, (counter,), on=on, department=department))


def _rendered(
    series: Series, counters: Iterable[int], *, on: date, department: str
) -> Iterator[str]:
    """The numbers of several counter values of one day and department."""
    before, after, digits = "", "", 0
    for part in series.parts:
        match part:
            case Fixed(text=text):
                after += text
            case DatePart(pattern=pattern):
                after += _date_text(pattern, on)
            case DepartmentPart():
                after += department
            case Counter(digits=digits):
                before, after = after, ""
    for counter in counters:
        if counter >= 10**digits:
            raise NumbersExhausted(series=series.id)
        yield f"{before}{counter:0{digits}d}{after}"


def take(
    store: Store, series: Series, count: int, *, now: datetime, zone: ZoneInfo, department: str = ""
) -> list[str]:
    """The next `count` numbers, in order; holds the counter's row lock until the commit.

    Raises:
        NumbersExhausted: the last of them has no digits left; none is taken.
    """
    on = now.astimezone(zone).date()
    counted_for = department if per_department(series) else ""
    row = store.row(
        _TAKE_MARIADB if store.dialect == "mariadb" else _TAKE,
        (series.id, period(series, on), counted_for, count, count),
    )
    assert row is not None  # RETURNING of an upsert always has a row
    last = int(row[0])
    return list(_rendered(series, range(last - count + 1, last + 1), on=on, department=department))


def void(store: Store, entries: Sequence[VoidNumber]) -> None:
    """Write numbers to the void register, in the open transaction."""
    for start in range(0, len(entries), 500):
        part = entries[start : start + 500]
        params = [
            value
            for entry in part
            for value in (
                entry.series,
                entry.number,
                entry.reason,
                entry.type,
                entry.record_id,
                store.to_db(ColumnKind.INSTANT, entry.at),
                entry.actor_id,
                entry.actor,
            )
        ]
        store.execute(
            'INSERT INTO "kefu_void_number"'
            ' ("series", "number", "reason", "type", "record_id", "at", "actor_id", "actor")'
            " VALUES " + ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(part)),
            params,
        )


def voided(
    store: Store, *, series: str = "", before_id: int = 0, limit: int = 50
) -> list[tuple[int, VoidNumber]]:
    """The void register, newest first, as (row id, entry); `before_id` continues a page."""
    where, params = ["1 = 1"], list[object]()
    if series:
        where.append('"series" = ?')
        params.append(series)
    if before_id:
        where.append('"id" < ?')
        params.append(before_id)
    rows = store.rows(
        'SELECT "id", "series", "number", "reason", "type", "record_id", "at", "actor_id", "actor"'
        f' FROM "kefu_void_number" WHERE {" AND ".join(where)} ORDER BY "id" DESC LIMIT ?',
        (*params, limit),
    )
    return [
        (
            row[0],
            VoidNumber(
                series=row[1],
                number=row[2],
                reason=row[3],
                type=row[4],
                record_id=row[5],
                at=store.from_db(ColumnKind.INSTANT, row[6]),
                actor_id=row[7],
                actor=row[8],
            ),
        )
        for row in rows
    ]


_INSERT = (
    'INSERT INTO "kefu_counter" ("series", "period", "department", "value") VALUES (?, ?, ?, ?)'
)
_TAKE = (
    f'{_INSERT} ON CONFLICT ("series", "period", "department")'
    ' DO UPDATE SET "value" = "kefu_counter"."value" + ? RETURNING "value"'
)
_TAKE_MARIADB = f'{_INSERT} ON DUPLICATE KEY UPDATE "value" = "value" + ? RETURNING "value"'


def _date_text(pattern: str, on: date) -> str:
    for token, directive in _DATE_TOKENS:
        if token in pattern:
            pattern = pattern.replace(token, on.strftime(directive))
    return pattern
