"""A formula's text as a `Formula`, or the first trouble with it."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.formula import Formula
from kefu_admin.definitions.formula_text.descent import Descent
from kefu_admin.definitions.formula_text.stop import Stop
from kefu_admin.definitions.formula_text.tokens import BadToken, tokens
from kefu_admin.definitions.troubles import Notes, Trouble
from kefu_admin.problems import Place, Problem

MAX_CHARACTERS = 2000
_BAD_TOKENS = {"number": Trouble.NUMBER_TOO_LARGE, "unclosed": Trouble.TEXT_UNCLOSED}


def parse_formula(
    text: str,
    *,
    type: ContentType,
    types: Mapping[str, ContentType],
    place: Place,
    problems: list[Problem],
    result: str,
    scale: int,
) -> Formula | None:
    """The formula of a computed field whose value is of field type `result` with `scale` decimals.

    None when something is wrong, which is then in `problems`.
    """
    notes = Notes(place)
    formula = parse_noting(
        text, type=type, types=types, place=place, notes=notes, result=result, scale=scale
    )
    problems += notes.problems()
    return formula


def parse_noting(
    text: str,
    *,
    type: ContentType,
    types: Mapping[str, ContentType],
    place: Place,
    notes: Notes,
    result: str = "",
    scale: int = 0,
) -> Formula | None:
    """As `parse_formula`, noting the trouble; without `result` the exact value is meant."""
    if len(text) > MAX_CHARACTERS:
        notes.add(place, Trouble.FORMULA_TOO_LONG, limit=MAX_CHARACTERS)
        return None
    try:
        parser = Descent(list(tokens(text)), type, types)
        root = parser.whole()
    except BadToken as bad:
        trouble = _BAD_TOKENS.get(bad.reason, Trouble.SYNTAX)
        notes.add(place, trouble, position=bad.position, found=bad.found)
        return None
    except Stop as stop:
        if stop.known is not None:
            near, far = stop.trouble, stop.far
            notes.unknown(place, near, far, stop.name, stop.known, **stop.facts)
        else:
            notes.add(place, stop.trouble, **stop.facts)
        return None
    if result and field_type(result).formula_type != root.type:
        notes.add(place, Trouble.RESULT_KIND, result=result, found=root.type.value)
        return None
    return Formula(
        text,
        root,
        frozenset(parser.read),
        uses_now=parser.uses_now,
        result=result,
        scale=scale,
        place=place,
    )
