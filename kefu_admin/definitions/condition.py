"""Conditions as data: the tree every layer shares.

One tree serves guards, row rules, filters, saved views and the API. `behaviours.conditions` decides
it in Python, `store.where` turns it into SQL; a property test proves they agree.

An absent value makes every comparison false except `is_empty`. Written form (YAML or JSON):
`{field: value}`, `{field: {op: operand}}`, several keys together mean all; `{all: [..]}`,
`{any: [..]}`, `{not: ..}`; `owner.department.name` goes through up to three references;
`{formula: text, op: operand}` compares a formula; children take `{contacts: {any|all|none: {...}}}`
and `{contacts: {count: {ge: 1}}}` (count may carry `where:`). Operands: a literal; `$me`,
`$my_department`, `$my_departments` (own and below); `$today`, `$now`, `$today-7d`, `$today+1m`,
`$start_of_month`…; `{field: path}`; `{formula: text}`. A literal that begins with `$` doubles it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from kefu_admin.problems import NOWHERE, Place

if TYPE_CHECKING:
    from kefu_admin.definitions.formula import Formula


class Op(StrEnum):
    """Comparison operators. Which apply to a field is said by its field type."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"  # both ends included
    IN = "in"
    NOT_IN = "not_in"
    IS_EMPTY = "is_empty"  # operand true/false
    CONTAINS = "contains"  # text, by code point
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"  # also the "last digits" search of a masked phone
    HAS = "has"  # multi-choice, tags, references: one member
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    UNDER = "under"  # region code or department: this one and all below


class Anchor(StrEnum):
    """What a relative date counts from, in the project's time zone."""

    NOW = "now"
    TODAY = "today"
    START_OF_WEEK = "start_of_week"
    START_OF_MONTH = "start_of_month"
    START_OF_QUARTER = "start_of_quarter"
    START_OF_YEAR = "start_of_year"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value already converted by the field type it is compared with; a tuple for in/between."""

    value: object


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a field reached through up to three references.

    `through` holds the type id each reference leads to (one fewer than `names`); the parser fills
    it, and a path of several names cannot be decided without.
    """

    names: tuple[str, ...]
    through: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Me:
    """The actor's user id (`person` fields)."""


@dataclass(frozen=True, slots=True)
class MyDepartment:
    """The actor's own department id."""


@dataclass(frozen=True, slots=True)
class MyDepartments:
    """The actor's department and all below it; only with `in`."""


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """An anchor moved by an amount. Units: d days, w weeks, m months (end of month kept), y years,
    h hours, min minutes (the last two only on `now`). Against a date field it is a date. Against a
    datetime field it is an instant (`as_instant`): that of `now`, or the one at which the day
    begins, with `day_end` the next one, in the project's zone."""

    anchor: Anchor
    amount: int = 0
    unit: str = "d"
    as_instant: bool = False
    day_end: bool = False


@dataclass(frozen=True, slots=True)
class FormulaOperand:
    """A value worked out by a formula over the same record; decided in Python only."""

    formula: Formula


Operand = Literal | Path | Me | MyDepartment | MyDepartments | RelativeDate | FormulaOperand


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`."""

    left: Path | FormulaOperand
    op: Op
    right: Operand
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; the empty All is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """True when one part is; the empty Any_ is false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


class Quantifier(StrEnum):
    ANY = "any"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Children:
    """Quantifies over the owned rows of a `children` field; `where` is in the child's fields."""

    path: Path
    quantifier: Quantifier
    where: Condition
    place: Place = field(default=NOWHERE, compare=False)
    by: str = field(default="", compare=False)  # the child's reference back, filled by the parser


@dataclass(frozen=True, slots=True)
class Count:
    """Compares how many owned rows match `where`."""

    path: Path
    where: Condition
    op: Op
    number: int
    place: Place = field(default=NOWHERE, compare=False)
    by: str = field(default="", compare=False)  # the child's reference back, filled by the parser


Condition = Compare | All | Any_ | Not | Children | Count

ALWAYS = All(())
NEVER = Any_(())


def paths(condition: Condition) -> Iterator[Path]:
    """Every path a condition reads on its own record (children's inner paths are not included)."""
    match condition:
        case Compare(left=left, right=right):
            for side in (left, right):
                if isinstance(side, Path):
                    yield side
                elif isinstance(side, FormulaOperand):
                    yield from (Path((name,)) for name in side.formula.fields)
        case All(parts=parts) | Any_(parts=parts):
            for part in parts:
                yield from paths(part)
        case Not(part=part):
            yield from paths(part)
        case Children(path=path) | Count(path=path):
            yield path
