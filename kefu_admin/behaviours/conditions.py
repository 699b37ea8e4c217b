"""Decides conditions on a record's values; `store.where` asks the database the same.

Two-valued: an absent value (None, or `()` for many-valued fields) makes every comparison false
except `is_empty`, and `not` of it true.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

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


class NoLookup(LookupError):
    """A condition goes through a reference, but nothing was given to follow it with."""


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
    return _Judge(binding, lookup).holds(condition, _Record(values))


@dataclass(frozen=True, slots=True)
class _Record:
    """A record's values; an owned row also knows its owner, found by its field `by`."""

    values: Values
    by: str = ""
    owner: _Record | None = None


@dataclass(frozen=True, slots=True)
class _Judge:
    binding: Binding
    lookup: Lookup | None

    def holds(self, condition: Condition, record: _Record) -> bool:
        match condition:
            case All(parts=parts):
                return all(self.holds(part, record) for part in parts)
            case Any_(parts=parts):
                return any(self.holds(part, record) for part in parts)
            case Not(part=part):
                return not self.holds(part, record)
            case Compare():
                return self.compare(condition, record)
            case Children(quantifier=quantifier, where=where):
                found = (self.holds(where, row) for row in self.rows(condition, record))
                if quantifier is Quantifier.ALL:
                    return all(found)
                return any(found) is (quantifier is Quantifier.ANY)
            case Count(where=where, op=op, number=number):
                count = sum(self.holds(where, row) for row in self.rows(condition, record))
                return _ORDER[op](count, number)

    def compare(self, leaf: Compare, record: _Record) -> bool:
        left = self.value(leaf.left, record)
        absent = left is None or left == ()
        if leaf.op is Op.IS_EMPTY:
            return absent is self.value(leaf.right, record)
        right = self.value(leaf.right, record)
        if absent or right is None:
            return False
        return self.comparison(left, leaf.op, right)

    def comparison(self, left: object, op: Op, right: object) -> bool:
        if op in _ORDER:
            return _ORDER[op](left, right)
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
                return self.is_under(left, right)
        raise TypeError(f"{left!r} {op} {right!r}")

    def is_under(self, department: int, above: int) -> bool:
        """Whether a department is another one or lies below it."""
        here: object = department
        for _ in range(_MOST_DEPARTMENTS):
            if here == above:
                return True
            found = self.look_up("department", here)
            if found is None:
                return False
            here = found.get("parent")
        return False

    def value(self, operand: Operand, record: _Record) -> object:
        match operand:
            case Path():
                return self.at(operand, record)
            case FormulaOperand(formula=formula):
                binding = self.binding
                return evaluate(formula, record.values, now=binding.now, zone=binding.zone)
            case _:
                return resolve(operand, self.binding)

    def at(self, path: Path, record: _Record) -> object:
        """The value at the end of a path; None where a reference on the way is absent."""
        here: _Record | None = record
        for name, type_id in zip(path.names[:-1], path.through, strict=True):
            here = self.step(name, type_id, here)
            if here is None:
                return None
        assert here is not None
        return here.values.get(path.names[-1])

    def step(self, name: str, type_id: str, record: _Record | None) -> _Record | None:
        assert record is not None
        if record.owner is not None and name == record.by:
            return record.owner  # as it is being written, not as it is stored
        found = self.look_up(type_id, record.values.get(name))
        return None if found is None else _Record(found)

    def look_up(self, type_id: str, id: object) -> Values | None:
        if not isinstance(id, int):
            return None
        if self.lookup is None:
            raise NoLookup(type_id)
        return self.lookup(type_id, id)

    def rows(self, asked: Children | Count, record: _Record) -> list[_Record]:
        """The owned rows, each knowing its owner."""
        owner: _Record | None = record
        for name, type_id in zip(asked.path.names[:-1], asked.path.through, strict=True):
            owner = self.step(name, type_id, owner)
            if owner is None:
                return []
        assert owner is not None
        rows = owner.values.get(asked.path.names[-1]) or ()
        assert isinstance(rows, Collection)
        return [_Record(row, asked.by, owner) for row in rows]
