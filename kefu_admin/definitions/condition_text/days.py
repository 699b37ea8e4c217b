"""A day asked of a datetime field: `created_at: {le: 2026-05-01}` includes the whole day.

The day runs from midnight to midnight in the field's zone, so `eq` is "on that day", `le` "until
its end" and `gt` "after it".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from kefu_admin.definitions.condition import (
    All,
    Anchor,
    Any_,
    Compare,
    Condition,
    FormulaOperand,
    Literal,
    Op,
    Path,
    RelativeDate,
)
from kefu_admin.definitions.condition_text.symbols import NoSymbol, TooFar, is_symbol, parse_symbol
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.times import to_date, zone
from kefu_admin.problems import Place

Day = tuple[Literal | RelativeDate, Literal | RelativeDate]  # where it begins; where the next does


def day(field: Field, raw: object) -> Day | None:
    """The ends of a day, when a plain value means one; None for instants and anything else."""
    if is_symbol(raw):
        try:
            symbol = parse_symbol(str(raw))
        except (NoSymbol, TooFar):
            return None
        if not isinstance(symbol, RelativeDate) or symbol.anchor is Anchor.NOW:
            return None
        begin = RelativeDate(symbol.anchor, symbol.amount, symbol.unit, as_instant=True)
        end = RelativeDate(symbol.anchor, symbol.amount, symbol.unit, True, True)
        return begin, end
    if not isinstance(raw, str | date) or isinstance(raw, datetime):
        return None
    try:
        found = to_date(field, raw)
    except BadValue:
        return None
    if found is None or found >= date(9999, 12, 30):
        return None
    return Literal(_midnight(field, found)), Literal(_midnight(field, found + timedelta(days=1)))


def compare_day(side: Path | FormulaOperand, op: Op, ends: Day, place: Place) -> Condition:
    """`side op day` as comparisons with instants."""
    begin, end = ends
    parts: dict[Op, Callable[[], Condition]] = {
        Op.EQ: lambda: All((Compare(side, Op.GE, begin, place), Compare(side, Op.LT, end, place))),
        Op.NE: lambda: Any_((Compare(side, Op.LT, begin, place), Compare(side, Op.GE, end, place))),
        Op.LT: lambda: Compare(side, Op.LT, begin, place),
        Op.LE: lambda: Compare(side, Op.LT, end, place),
        Op.GT: lambda: Compare(side, Op.GE, end, place),
        Op.GE: lambda: Compare(side, Op.GE, begin, place),
    }
    return parts[op]()


def _midnight(field: Field, day: date) -> datetime:
    return datetime.combine(day, time(), zone(field.zone)).astimezone(UTC)
