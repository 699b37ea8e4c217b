"""Formulas: a small closed arithmetic language, parsed at load (design rule D31).

Names of fields, literals, `+ - * /`, comparisons, `and or not`, `in`, and the functions in
`FUNCTIONS`. No attributes, indexing, lambdas, powers or string repetition; at most 200 nodes and
depth 20. Numbers are exact decimals; a result is rounded half away from zero to its declared scale;
division by zero and any absent operand give an absent result. Text syntax, typed tree and checks
live here; `behaviours.formulas` evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kefu_admin.problems import NOWHERE, Place


class ValueType(StrEnum):
    """The types a formula knows. Integers and decimals are both NUMBER."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Constant:
    value: Decimal | str | bool | date
    type: ValueType


@dataclass(frozen=True, slots=True)
class FieldName:
    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: Node
    type: ValueType


@dataclass(frozen=True, slots=True)
class Binary:
    """`+ - * /`, `== != < <= > >=`, `and or`, `in`."""

    operator: str
    left: Node
    right: Node
    type: ValueType


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the closed list; over children: `sum(contacts, field)`, `count(contacts)`."""

    function: str
    arguments: tuple[Node, ...]
    type: ValueType


@dataclass(frozen=True, slots=True)
class ChildrenOf:
    """The rows of a `children` field as the argument of sum, count, min, max."""

    name: str
    field: str | None
    type: ValueType


Node = Constant | FieldName | Unary | Binary | Call | ChildrenOf


def nodes(root: Node) -> Iterator[Node]:
    """A node and everything below it."""
    yield root
    match root:
        case Unary(operand=operand):
            yield from nodes(operand)
        case Binary(left=left, right=right):
            yield from nodes(left)
            yield from nodes(right)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from nodes(argument)


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: its text, typed tree, the own fields it reads, and whether it reads now.

    `result` is the field type its value is rounded and turned into, with `scale` decimal places;
    "" leaves the exact value (the operand of a condition).
    """

    text: str
    root: Node
    fields: frozenset[str]
    uses_now: bool = False
    result: str = ""
    scale: int = 0
    place: Place = field(default=NOWHERE, compare=False)
