"""Conditions put together: all of, any of, not, and the same asked of a record that refers here.

Trivial parts fall away (`ALWAYS` in an all, `NEVER` in an any, repetitions), so that rules stay as
small as they were written and equal rules stay equal values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kefu_admin.definitions.condition import (
    ALWAYS,
    NEVER,
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    FormulaOperand,
    Not,
    Operand,
    Path,
)


def all_of(parts: Iterable[Condition]) -> Condition:
    """True when every part is; nested alls are flattened."""
    kept: dict[Condition, None] = {}
    for part in parts:
        if part == NEVER:
            return NEVER
        kept.update(dict.fromkeys(part.parts if isinstance(part, All) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else All(tuple(kept))


def any_of(parts: Iterable[Condition]) -> Condition:
    """True when one part is; nested anys are flattened."""
    kept: dict[Condition, None] = {}
    for part in parts:
        if part == ALWAYS:
            return ALWAYS
        kept.update(dict.fromkeys(part.parts if isinstance(part, Any_) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else Any_(tuple(kept))


def negate(part: Condition) -> Condition:
    """True when the part is not."""
    if part == ALWAYS:
        return NEVER
    if part == NEVER:
        return ALWAYS
    return part.part if isinstance(part, Not) else Not(part)


def through(reference: str, condition: Condition, to: str) -> Condition:
    """The condition of a record of type `to`, asked of one that refers to it by `reference`.

    Raises:
        ValueError: the condition holds a formula, which only its own record can work out.
    """
    match condition:
        case Compare(left=left, op=op, right=right, place=place):
            if isinstance(left, FormulaOperand):
                raise ValueError("a formula cannot be asked through a reference")
            behind = _behind(reference, left, to)
            return Compare(behind, op, _operand(reference, right, to), place)
        case All(parts=parts):
            return All(tuple(through(reference, part, to) for part in parts))
        case Any_(parts=parts):
            return Any_(tuple(through(reference, part, to) for part in parts))
        case Not(part=part):
            return Not(through(reference, part, to))
        case Children(path=path) | Count(path=path):
            return replace(condition, path=_behind(reference, path, to))


def _behind(reference: str, path: Path, to: str) -> Path:
    return replace(path, names=(reference, *path.names), through=(to, *path.through))


def _operand(reference: str, operand: Operand, to: str) -> Operand:
    if isinstance(operand, FormulaOperand):
        raise ValueError("a formula cannot be asked through a reference")
    return _behind(reference, operand, to) if isinstance(operand, Path) else operand
