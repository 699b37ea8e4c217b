"""Decides conditions on a record's values; `store.where` asks the database the same.

Two-valued: an absent value (None, or `()` for many-valued fields) makes every comparison false
except `is_empty`, and `not` of it true. A condition is compiled to functions once; deciding it for
a record then only calls them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping

from kefu_admin.behaviours.formulas import evaluate
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import (
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    FormulaOperand,
    Literal,
    Not,
    Op,
    Operand,
    Path,
    Quantifier,
)
from kefu_admin.definitions.regions import region_prefix
from kefu_admin.definitions.resolve import resolve

Values = Mapping[str, object]
Lookup = Callable[[str, int], Values | None]

_ORDER: dict[Op, Callable[..., bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}
_MOST_DEPARTMENTS = 64  # levels of the department tree
_MOST_COMPILED = 4096


class NoLookup(LookupError):
    """A condition goes through a reference, but nothing was given to follow it with."""


class Asked:
    """Who asks, and how references are followed."""

    __slots__ = ("binding", "lookup")

    def __init__(self, binding: Binding, lookup: Lookup | None) -> None:
        self.binding = binding
        self.lookup = lookup

    def look_up(self, type_id: str, id: object) -> Values | None:
        """A referenced record's values; None when there is none."""
        if not isinstance(id, int):
            return None
        if self.lookup is None:
            raise NoLookup(type_id)
        return self.lookup(type_id, id)


class Rec:
    """A record's values; an owned row also knows its owner, found by its field `by`."""

    __slots__ = ("by", "owner", "values")

    def __init__(self, values: Values, by: str = "", owner: Rec | None = None) -> None:
        self.values = values
        self.by = by
        self.owner = owner


Test = Callable[[Asked, Rec], bool]
_Value = Callable[[Asked, Rec], object]
_known: dict[int, tuple[Condition, Test]] = {}  # by identity: the condition is held, its id stays


def decide(
    condition: Condition, values: Values, *, binding: Binding, lookup: Lookup | None = None
) -> bool:
    """Whether the condition holds for a record.

    Args:
        values: the record's canonical values; owned rows as mappings under their field.
        lookup: the canonical values of a referenced record by (type id, record id), None when
            there is none; needed for paths and for `under` a department.

    Raises:
        NoLookup: the condition needs `lookup` and there is none.
        BadValue: a formula in it overflows.
    """
    known = _known.get(id(condition))
    if known is None:
        if len(_known) >= _MOST_COMPILED:
            _known.clear()
        known = _known[id(condition)] = (condition, compiled(condition))
    return known[1](Asked(binding, lookup), Rec(values))


def compiled(condition: Condition) -> Test:
    """The condition as a function, for who decides it often."""
    match condition:
        case All(parts=parts):
            every = [compiled(part) for part in parts]
            return lambda asked, record: all(test(asked, record) for test in every)
        case Any_(parts=parts):
            some = [compiled(part) for part in parts]
            return lambda asked, record: any(test(asked, record) for test in some)
        case Not(part=part):
            test = compiled(part)
            return lambda asked, record: not test(asked, record)
        case Compare():
            return _comparing(condition)
        case Children(quantifier=quantifier, where=where):
            return _quantified(condition, quantifier, compiled(where))
        case Count(where=where, op=op, number=number):
            counted, compare = compiled(where), _ORDER[op]
            return lambda asked, record: compare(
                sum(counted(asked, row) for row in _rows(condition, asked, record)), number
            )


def _quantified(condition: Children, quantifier: Quantifier, test: Test) -> Test:
    def holds(asked: Asked, record: Rec) -> bool:
        found = (test(asked, row) for row in _rows(condition, asked, record))
        if quantifier is Quantifier.ALL:
            return all(found)
        return any(found) is (quantifier is Quantifier.ANY)

    return holds


def _comparing(leaf: Compare) -> Test:
    left_of, op, right_of = _value(leaf.left), leaf.op, _value(leaf.right)
    if op is Op.IS_EMPTY:
        return lambda asked, record: (
            (left_of(asked, record) in (None, ())) is right_of(asked, record)
        )
    ordered = _ORDER.get(op)

    def holds(asked: Asked, record: Rec) -> bool:
        left = left_of(asked, record)
        right = right_of(asked, record)
        if left is None or left == () or right is None:
            return False
        if ordered is not None:
            return ordered(left, right)
        return _comparison(asked, left, op, right)

    return holds


def _comparison(asked: Asked, left: object, op: Op, right: object) -> bool:
    match left, op, right:
        case _, Op.IN, tuple():
            return left in right
        case _, Op.NOT_IN, tuple():
            return left not in right
        case _, Op.BETWEEN, (low, high):
            return _ORDER[Op.GE](left, low) and _ORDER[Op.LE](left, high)
        case str(), Op.CONTAINS, str():
            return right in left
        case str(), Op.STARTS_WITH, str():
            return left.startswith(right)
        case str(), Op.ENDS_WITH, str():
            return left.endswith(right)
        case tuple(), Op.HAS, _:
            return right in left
        case tuple(), Op.HAS_ANY, tuple():
            return any(one in left for one in right)
        case tuple(), Op.HAS_ALL, tuple():
            return all(one in left for one in right)
        case str(), Op.UNDER, str():
            return left.startswith(region_prefix(right))
        case int(), Op.UNDER, int():
            return _is_under(asked, left, right)
    raise TypeError(f"{left!r} {op} {right!r}")


def _is_under(asked: Asked, department: int, above: int) -> bool:
    """Whether a department is another one or lies below it."""
    here: object = department
    for _ in range(_MOST_DEPARTMENTS):
        if here == above:
            return True
        found = asked.look_up("department", here)
        if found is None:
            return False
        here = found.get("parent")
    return False


def _value(operand: Operand) -> _Value:
    match operand:
        case Path(names=(name,)):
            return lambda asked, record: record.values.get(name)
        case Path():
            return lambda asked, record: _at(operand, asked, record)
        case FormulaOperand(formula=formula):
            return lambda asked, record: evaluate(
                formula, record.values, now=asked.binding.now, zone=asked.binding.zone
            )
        case Literal(value=value):
            return lambda asked, record: value
        case _:
            return _Symbol(operand)


class _Symbol:
    """What `$me` or `$today` stands for; remembered while the same one asks."""

    __slots__ = ("_last", "_operand")

    def __init__(self, operand: Operand) -> None:
        self._operand = operand
        self._last: tuple[Binding | None, object] = (None, None)

    def __call__(self, asked: Asked, record: Rec) -> object:
        last = self._last  # read and written whole: threads share it
        if last[0] is not asked.binding:
            self._last = last = (asked.binding, resolve(self._operand, asked.binding))  # type: ignore[arg-type]  # paths and formulas never come here
        return last[1]


def _at(path: Path, asked: Asked, record: Rec) -> object:
    """The value at the end of a path; None where a reference on the way is absent."""
    here: Rec | None = record
    for name, type_id in zip(path.names[:-1], path.through, strict=True):
        here = _step(name, type_id, asked, here)
        if here is None:
            return None
    assert here is not None
    return here.values.get(path.names[-1])


def _step(name: str, type_id: str, asked: Asked, record: Rec | None) -> Rec | None:
    assert record is not None
    if record.owner is not None and name == record.by:
        return record.owner  # as it is being written, not as it is stored
    found = asked.look_up(type_id, record.values.get(name))
    return None if found is None else Rec(found)


def _rows(condition: Children | Count, asked: Asked, record: Rec) -> list[Rec]:
    """The owned rows, each knowing its owner."""
    owner: Rec | None = record
    for name, type_id in zip(condition.path.names[:-1], condition.path.through, strict=True):
        owner = _step(name, type_id, asked, owner)
        if owner is None:
            return []
    assert owner is not None
    rows = owner.values.get(condition.path.names[-1]) or ()
    assert isinstance(rows, Collection)
    return [Rec(row, condition.by, owner) for row in rows]
