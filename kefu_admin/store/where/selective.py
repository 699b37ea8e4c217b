"""Which conditions few rows meet, as far as their form tells."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.condition import (
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Literal,
    Me,
    Op,
    Path,
    Quantifier,
)
from kefu_admin.definitions.condition_text.reads import walk
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage

FEW = 20  # values of an `in`
_TELLING = frozenset({Storage.TEXT, Storage.SECRET, Storage.LINK, Storage.LINKS})


def selective(condition: Condition, type: ContentType, types: Mapping[str, ContentType]) -> bool:
    """Whether it names what it looks for: a number, phone, person, the beginning of a name."""
    match condition:
        case All(parts=parts):
            return any(selective(part, type, types) for part in parts)
        case Any_(parts=parts):
            return bool(parts) and all(selective(part, type, types) for part in parts)
        case Compare(left=Path() as path, op=op, right=Literal() | Me() as right):
            field = walk(path, type, types)[-1].fields[path.names[-1]]
            return _names_it(field, op, right)
        case Children(quantifier=Quantifier.ANY, path=path, where=where):
            owner = walk(path, type, types)[-1]
            return selective(where, types[owner.fields[path.names[-1]].to], types)
        case _:
            return False


def _names_it(field: Field, op: Op, right: Literal | Me) -> bool:
    if field.choices or not (storage(field) in _TELLING or field.id == "id"):
        return False
    value = right.value if isinstance(right, Literal) else None
    match op:
        case Op.EQ | Op.HAS:
            return True
        case Op.STARTS_WITH:
            return len(str(value)) > 1
        case Op.IN | Op.HAS_ANY | Op.HAS_ALL:
            return isinstance(value, tuple) and len(value) <= FEW
        case _:
            return False
