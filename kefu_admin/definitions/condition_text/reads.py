"""Questions about a finished condition: what it reads, has it an SQL form, does time move it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.condition import (
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
    RelativeDate,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.formula import ChildrenOf, nodes


def has_sql(condition: Condition) -> bool:
    """Whether the store can ask it: formulas it cannot."""
    match condition:
        case Compare(left=left, right=right):
            return _side_has_sql(left) and _side_has_sql(right)
        case All(parts=parts) | Any_(parts=parts):
            return all(has_sql(part) for part in parts)
        case Not(part=part):
            return has_sql(part)
        case Children(where=where) | Count(where=where):
            return has_sql(where)


def depends_on_now(condition: Condition) -> bool:
    """Whether its answer may change while no record does."""
    match condition:
        case Compare(left=left, right=right):
            return _side_moves(left) or _side_moves(right)
        case All(parts=parts) | Any_(parts=parts):
            return any(depends_on_now(part) for part in parts)
        case Not(part=part):
            return depends_on_now(part)
        case Children(where=where) | Count(where=where):
            return depends_on_now(where)


def reads(
    condition: Condition, type: ContentType, types: Mapping[str, ContentType]
) -> Iterator[tuple[str, str]]:
    """Every (type id, field id) it looks at: steps of paths, fields of children and formulas."""
    match condition:
        case Compare(left=left, right=right):
            yield from _side_reads(left, type, types)
            yield from _side_reads(right, type, types)
        case All(parts=parts) | Any_(parts=parts):
            for part in parts:
                yield from reads(part, type, types)
        case Not(part=part):
            yield from reads(part, type, types)
        case Children(path=path, where=where) | Count(path=path, where=where):
            yield from _side_reads(path, type, types)
            owner = walk(path, type, types)[-1]
            child = content_type(types, owner.fields[path.names[-1]].to)
            assert child is not None
            yield from reads(where, child, types)


def walk(
    path: Path, type: ContentType, types: Mapping[str, ContentType]
) -> tuple[ContentType, ...]:
    """The type each name of a checked path belongs to."""
    owners = [type]
    for name in path.names[:-1]:
        step = owners[-1].fields[name]
        target = content_type(types, target_type(step.type, step.to))
        assert target is not None
        owners.append(target)
    return tuple(owners)


def _side_has_sql(side: Operand) -> bool:
    return not isinstance(side, FormulaOperand)


def _side_moves(side: Operand) -> bool:
    if isinstance(side, FormulaOperand):
        return side.formula.uses_now
    return isinstance(side, RelativeDate)


def _side_reads(
    side: Operand, type: ContentType, types: Mapping[str, ContentType]
) -> Iterator[tuple[str, str]]:
    if isinstance(side, FormulaOperand):
        yield from ((type.id, name) for name in sorted(side.formula.fields))
        for node in nodes(side.formula.root):
            if isinstance(node, ChildrenOf) and node.field:
                yield type.fields[node.name].to, node.field
    elif isinstance(side, Path):
        for owner, name in zip(walk(side, type, types), side.names, strict=True):
            yield owner.id, name
