"""Pieces of SQL with parameters, some of them known only when the statement runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Me, MyDepartment, MyDepartments, RelativeDate
from kefu_admin.definitions.resolve import resolve
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_NO_ID = (-1,)  # stands for the empty set: equal to no id, and `NOT IN` stays true


@dataclass(frozen=True, slots=True)
class Late:
    """A parameter that `bind` resolves. `$my_departments` becomes as many as there are."""

    operand: Me | MyDepartment | MyDepartments | RelativeDate
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Fragment:
    """SQL with `?` for each parameter; parameters are database values or `Late`."""

    text: str
    params: tuple[object, ...] = ()


def joined(parts: Iterable[Fragment], word: str) -> Fragment:
    """The parts between brackets, with a word between them."""
    several = tuple(parts)
    text = "(" + f" {word} ".join(part.text for part in several) + ")"
    return Fragment(text, tuple(param for part in several for param in part.params))


def bind(
    text: str, params: Sequence[object], *, binding: Binding, store: Store
) -> tuple[str, tuple[object, ...]]:
    """The statement with all parameters resolved; other parameters pass as they are."""
    values: list[object] = []
    counts: list[int] = []
    for param in params:
        if not isinstance(param, Late):
            values.append(param)
            counts.append(1)
            continue
        value = resolve(param.operand, binding)
        several = (value or _NO_ID) if isinstance(value, tuple) else (value,)
        values += [store.to_db(param.kind, one) for one in several]
        counts.append(len(several))
    if len(values) == len(params):
        return text, tuple(values)
    return _widened(text, tuple(counts)), tuple(values)


@lru_cache(maxsize=1024)
def _widened(text: str, counts: tuple[int, ...]) -> str:
    """The text with as many `?` for each parameter as it has values."""
    parts: list[str] = []
    quote, at = "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "?":
            parts.append(", ".join("?" * counts[at]))
            at += 1
            continue
        parts.append(character)
    return "".join(parts)
