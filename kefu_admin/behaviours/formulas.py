"""Works formulas out, exactly.

Numbers are fractions until the end, so nothing is lost between steps; the result is rounded half
away from zero to its declared scale. Absent operands and division by zero give an absent result;
`and`, `or`, `if`, `first` and `is_empty` look at their operands one by one, so that an absent one
which does not matter does not spoil the result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.formula_functions import FUNCTIONS, as_day, round_half_away
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.formula import (
    Binary,
    Call,
    ChildrenOf,
    Constant,
    FieldName,
    Formula,
    Node,
    Unary,
)

BUDGET = 10_000  # nodes worked out and rows looked at
LONGEST_TEXT = 255  # what a column of a computed text holds
LARGEST = 2**63 - 1  # what a column of numbers holds, scaled


def evaluate(
    formula: Formula, values: Mapping[str, object], *, now: datetime, zone: ZoneInfo
) -> object | None:
    """The value of a formula on a record's canonical values, or None when it is absent.

    With `formula.result` the canonical value of that field type; without, numbers come as
    `Fraction` (conditions compare them unrounded).

    Raises:
        BadValue: the result cannot be kept: too large, too long, a date out of range, or more than
            10,000 steps.
    """
    value = _Evaluation(values, now, zone).value(formula.root)
    if isinstance(value, Fraction) and formula.result:
        return _canonical(value, formula)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise BadValue("formula_text_too_long", limit=LONGEST_TEXT)
    return value or None if isinstance(value, str) else value


def _canonical(value: Fraction, formula: Formula) -> int | Decimal:
    scale = formula.scale if formula.result in ("decimal", "money") else 0
    scaled = round_half_away(value * 10**scale)
    if abs(scaled) > LARGEST:
        raise BadValue("formula_too_large")
    return Decimal(scaled).scaleb(-scale) if formula.result in ("decimal", "money") else scaled


@dataclass(slots=True)
class _Evaluation:
    values: Mapping[str, object]
    now: datetime
    zone: ZoneInfo
    steps: int = field(default=0)

    def value(self, node: Node) -> object:
        self.spend(1)
        match node:
            case Constant(value=value):
                return _number(value)
            case FieldName(name=name):
                return _number(self.values.get(name))
            case Unary(operator=operator, operand=operand):
                inner = self.value(operand)
                if inner is None:
                    return None
                return not inner if operator == "not" else -_fraction(inner)
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)
            case ChildrenOf():
                return self.children(node)

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > BUDGET:
            raise BadValue("formula_too_long_running", limit=BUDGET)

    def binary(self, node: Binary) -> object:
        left = self.value(node.left)
        if node.operator in ("and", "or"):
            return self.logic(node, left)
        if left is None:
            return None
        if node.operator == "in":
            assert isinstance(node.right, Call)
            return any(self.value(one) == left for one in node.right.arguments)
        right = self.value(node.right)
        if right is None:
            return None
        return _OPERATORS[node.operator](left, right)

    def logic(self, node: Binary, left: object) -> object:
        """One side that decides is enough, whichever it is."""
        decides = node.operator == "or"
        if left is decides:
            return decides
        right = self.value(node.right)
        if right is decides:
            return decides
        return None if left is None or right is None else not decides

    def call(self, node: Call) -> object:
        match node.function, node.arguments:
            case "if", (condition, then, otherwise):
                chosen = self.value(condition)
                return None if chosen is None else self.value(then if chosen else otherwise)
            case "first", arguments:
                return next((v for one in arguments if (v := self.value(one)) is not None), None)
            case "is_empty", (argument,):
                return self.value(argument) is None
            case "now", _:
                return self.now
            case "today", _:
                return as_day(self.now, self.zone)
            case name, (ChildrenOf() as rows,):
                return _over_rows(name, self.children(rows))
        given = [self.value(one) for one in node.arguments]
        if any(one is None for one in given):
            return None
        return FUNCTIONS[node.function](self.zone, *given)

    def children(self, node: ChildrenOf) -> list[object]:
        """The rows' values that are not absent; without a field one entry per row."""
        rows = self.values.get(node.name) or ()
        assert isinstance(rows, Collection)
        self.spend(len(rows))
        if node.field is None:
            return list(rows)
        found = (_number(row.get(node.field)) for row in rows)
        return [value for value in found if value is not None]


def _over_rows(name: str, found: list[object]) -> object:
    """No rows sum to 0; the least and greatest of none are absent."""
    if name == "count":
        return Fraction(len(found))
    if name == "sum":
        return sum((_fraction(value) for value in found), Fraction(0))
    choose: Callable[..., object] = min if name == "min" else max
    return choose(found) if found else None


def _number(value: object) -> object:
    """Numbers as fractions; everything else as it is."""
    if isinstance(value, bool):
        return value
    return Fraction(value) if isinstance(value, int | Decimal) else value


def _fraction(value: object) -> Fraction:
    assert isinstance(value, Fraction), value
    return value


def _divided(left: Fraction, right: Fraction) -> Fraction | None:
    return left / right if right else None


_OPERATORS: Mapping[str, Callable[..., object]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
