"""Constants of column defaults, as the databases write them back."""

from __future__ import annotations

import re

from kefu_admin.store.shapes import ColumnKind

_TEXT = re.compile(r"^'((?:[^']|'')*)'(?:::[\w ()\"]+)?$")
_NUMBER = re.compile(r"^\(?'?(-?\d+)'?\)?(?:::\w+)?$")
_NUMBERS = (ColumnKind.INTEGER, ColumnKind.BOOLEAN, ColumnKind.ID)


def constant(text: str | None, kind: ColumnKind) -> str | int | None:
    """The value of a default's text; the text itself where it is no constant."""
    if text is None or text.upper() == "NULL":
        return None
    if kind in _NUMBERS and (number := _NUMBER.match(text)):
        return int(number[1])
    if quoted := _TEXT.match(text):
        return quoted[1].replace("''", "'")
    return text
