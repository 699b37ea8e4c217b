"""Rows and groups of rows, from plain conditions and back.

What no row can say (formulas, owned rows, two fields compared) is kept as it is written and may
only be taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kefu_admin.definitions.condition_text import MAX_DEPTH
from kefu_admin.faces.admin.filtering.verbs import Form, Values, Verb
from kefu_admin.faces.admin.record.finder import SPANS

DEEPEST = 4  # groups within groups, as the page offers them
MOST_ROWS = 60
_WHOLE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class Join(StrEnum):
    """How the parts of a group hold together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: a path, a verb's id and its values as typed. `fault`: what is wrong."""

    path: str = ""
    verb: str = ""
    values: Values = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A part no line can say."""

    plain: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Group:
    join: Join = Join.ALL
    parts: tuple[Group | Line | Kept, ...] = ()


Part = Group | Line | Kept
VerbsOf = Callable[[str], tuple[Verb, ...]]
"""The verbs of the field at the end of a path; none where there is no such field."""


def read(plain: object, verbs_of: VerbsOf) -> Group:
    """A plain condition as a group; None and {} are the group without parts."""
    if not isinstance(plain, Mapping) or not plain:
        return Group()
    part = _part(plain, verbs_of, 0)
    return part if isinstance(part, Group) else Group(Join.ALL, (part,))


def _part(plain: Mapping[str, object], verbs_of: VerbsOf, depth: int) -> Part:
    if "formula" in plain or depth > MAX_DEPTH:
        return Kept(plain)
    parts = [
        part for key, value in plain.items() for part in _entry(key, value, verbs_of, depth + 1)
    ]
    return parts[0] if len(parts) == 1 else Group(Join.ALL, tuple(parts))


def _entry(key: str, value: object, verbs_of: VerbsOf, depth: int) -> Iterator[Part]:
    if key in ("all", "any") and isinstance(value, list | tuple):
        yield Group(Join(key), tuple(_of_list(value, verbs_of, depth)))
    elif key == "not" and isinstance(value, Mapping):
        inner = _part(value, verbs_of, depth)
        several = isinstance(inner, Group) and inner.join is Join.ANY
        yield Group(Join.NONE, inner.parts if several and isinstance(inner, Group) else (inner,))
    else:
        yield from _lines(key, value, verbs_of)


def _of_list(parts: list[object] | tuple[object, ...], verbs_of: VerbsOf, depth: int) -> list[Part]:
    return [_part(each, verbs_of, depth) for each in parts if isinstance(each, Mapping) and each]


def _lines(path: str, value: object, verbs_of: VerbsOf) -> Iterator[Part]:
    """A field's comparisons: one line that says all of them, else one for each."""
    operands = value if isinstance(value, Mapping) else {"eq": value}
    verbs = verbs_of(path)
    whole = _line(path, operands, verbs)
    if whole is not None:
        yield whole
        return
    for name, operand in operands.items():
        yield _line(path, {name: operand}, verbs) or Kept({path: {name: operand}})


def _line(path: str, operands: Mapping[str, object], verbs: tuple[Verb, ...]) -> Line | None:
    for verb in verbs:
        values = verb.read(operands)
        if values is not None:
            return Line(path, verb.id, values)
    return None


def write(group: Group, verbs_of: VerbsOf) -> dict[str, object]:
    """The plain condition of a group of whole lines; {} where it says nothing."""
    written = _written(group, verbs_of)
    return written if written is not None else {}


def _written(part: Part, verbs_of: VerbsOf) -> dict[str, object] | None:
    if isinstance(part, Kept):
        return dict(part.plain)
    if isinstance(part, Line):
        verb = verb_of(part, verbs_of)
        return {part.path: dict(verb.write(part.values))} if verb is not None else None
    parts = [one for each in part.parts if (one := _written(each, verbs_of)) is not None]
    if not parts:
        return None
    if part.join is Join.NONE:
        return {"not": {"any": parts}}
    return {part.join.value: parts}


def verb_of(line: Line, verbs_of: VerbsOf) -> Verb | None:
    """The verb of a line; None where its field does not know it."""
    return next((verb for verb in verbs_of(line.path) if verb.id == line.verb), None)


def lacks(line: Line, verb: Verb | None) -> bool:
    """Whether a value is still to be given."""
    if verb is None:
        return True
    wanted = {Form.NONE: 0, Form.TWO_NUMBERS: 2, Form.TWO_DAYS: 2}.get(verb.form, 1)
    given = [value for value in line.values if value]
    if verb.form is Form.DAYS:
        return not given or not _WHOLE.fullmatch(given[0])
    if verb.form is Form.SPAN:
        return not given or given[0] not in SPANS
    return len(given) < wanted


def lines(part: Part) -> Iterator[Line]:
    """Every line, in order."""
    if isinstance(part, Line):
        yield part
    elif isinstance(part, Group):
        for each in part.parts:
            yield from lines(each)
