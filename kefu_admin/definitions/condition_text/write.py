"""Writes conditions as plain trees that `parse` reads as the same condition."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.builtin import content_type
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
    RelativeDate,
)
from kefu_admin.definitions.condition_text.left import PARTIAL, formula_field
from kefu_admin.definitions.condition_text.reads import walk
from kefu_admin.definitions.condition_text.symbols import write_symbol
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field


def write_condition(
    condition: Condition, type: ContentType, types: Mapping[str, ContentType]
) -> dict[str, object]:
    """The plain tree (dict, list, JSON scalars) of a condition on records of `type`."""
    match condition:
        case All(parts=parts):
            return {"all": [write_condition(part, type, types) for part in parts]}
        case Any_(parts=parts):
            return {"any": [write_condition(part, type, types) for part in parts]}
        case Not(part=part):
            return {"not": write_condition(part, type, types)}
        case Children(path=path, quantifier=quantifier, where=where):
            inner = write_condition(where, _child(path, type, types), types)
            return {str(path): {quantifier.value: inner}}
        case Count(path=path, where=where, op=op, number=number):
            inner = write_condition(where, _child(path, type, types), types)
            return {str(path): {"count": {op.value: number, "where": inner}}}
        case Compare(left=FormulaOperand(formula=formula), op=op, right=right):
            field = formula_field(formula.root.type, _zone(type))
            written = _written(op, right).value
            return {"formula": formula.text, written: _operand(right, op, field)}
        case Compare(left=Path() as left, op=op, right=right):
            field = walk(left, type, types)[-1].fields[left.names[-1]]
            return {str(left): {_written(op, right).value: _operand(right, op, field)}}
    raise AssertionError(condition)


def _child(path: Path, type: ContentType, types: Mapping[str, ContentType]) -> ContentType:
    child = content_type(types, walk(path, type, types)[-1].fields[path.names[-1]].to)
    assert child is not None
    return child


def _zone(type: ContentType) -> str:
    return next(iter(type.fields.values())).zone


def _written(op: Op, right: Operand) -> Op:
    """The operator as written: the end of a day stands for the whole day."""
    if isinstance(right, RelativeDate) and right.day_end:
        return {Op.LT: Op.LE, Op.GE: Op.GT}[op]
    return op


def _operand(operand: Operand, op: Op, field: Field) -> object:
    match operand:
        case Path():
            return {"field": str(operand)}
        case FormulaOperand(formula=formula):
            return {"formula": formula.text}
        case Literal(value=value):
            if op is Op.IS_EMPTY:
                return value
            if isinstance(value, tuple):
                return [_literal(one, op, field) for one in value]
            return _literal(value, op, field)
        case _:
            return write_symbol(operand)


def _literal(value: object, op: Op, field: Field) -> object:
    type = value_type(field)
    if op in PARTIAL:
        plain = value
    elif type.many:
        members = type.plain(field, (value,))
        plain = members[0] if isinstance(members, list | tuple) else members
    else:
        plain = type.plain(field, value)
    return "$" + plain if isinstance(plain, str) and plain.startswith("$") else plain
