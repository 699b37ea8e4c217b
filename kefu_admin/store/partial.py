"""Conditions of partial indexes ("unique per state") as constant SQL.

An index can only look at the row itself and at constants, so the grammar is small: comparisons and
membership of own columns, empty or not, joined by all, any and not.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from kefu_admin.definitions.condition import (
    All,
    Any_,
    Compare,
    Condition,
    Literal,
    Not,
    Op,
    Path,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.store.columns import to_column
from kefu_admin.store.dialect import literal, quoted

_OPERATORS = {Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


class NotIndexable(ValueError):
    """The condition reads more than the row's own constants; `check` refuses it at load."""


def partial(condition: Condition, type: ContentType) -> str:
    """The condition as portable SQL without parameters.

    Raises:
        NotIndexable: it uses paths, relative values, children or other operators.
    """
    match condition:
        case All(parts=parts) if parts:
            return " AND ".join(f"({partial(part, type)})" for part in parts)
        case Any_(parts=parts) if parts:
            return " OR ".join(f"({partial(part, type)})" for part in parts)
        case Not(part=part):
            return f"NOT ({partial(part, type)})"
        case Compare(left=Path(names=(name,)), op=op, right=Literal(value=value)):
            return _compare(type.fields[name], op, value)
        case _:
            raise NotIndexable(condition)


def _compare(field: Field, op: Op, value: object) -> str:
    """Never NULL, so that `not` of an absent value's comparison is true, as in Python."""
    name = quoted(field.id)
    match op:
        case Op.BETWEEN if isinstance(value, tuple):
            low, high = (_constant(field, item) for item in value)
            return f"{name} BETWEEN {low} AND {high} AND {name} IS NOT NULL"
        case _ if op in _OPERATORS:
            return f"{name} {_OPERATORS[op]} {_constant(field, value)} AND {name} IS NOT NULL"
        case Op.IN | Op.NOT_IN if isinstance(value, tuple):
            listed = ", ".join(_constant(field, item) for item in value)
            operator = "IN" if op is Op.IN else "NOT IN"
            return f"{name} {operator} ({listed}) AND {name} IS NOT NULL"
        case Op.IS_EMPTY:
            return f"{name} IS {'NULL' if value else 'NOT NULL'}"
        case _:
            raise NotIndexable(op)


def _constant(field: Field, value: object) -> str:
    neutral = to_column(field, value)
    if isinstance(neutral, bool):
        return str(int(neutral))
    if isinstance(neutral, (int, str)):
        return literal(neutral)
    if isinstance(neutral, datetime):
        return literal(neutral.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds"))
    if isinstance(neutral, date):
        return literal(neutral.isoformat())
    raise NotIndexable(value)
