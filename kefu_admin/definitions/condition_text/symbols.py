"""The symbols an operand may be (`$me`, `$my_departments`, `$today-7d`…), read and written."""

from __future__ import annotations

import re

from kefu_admin.definitions.condition import Anchor, Me, MyDepartment, MyDepartments, RelativeDate

Symbol = Me | MyDepartment | MyDepartments | RelativeDate
NAMES = ("$me", "$my_department", "$my_departments", *(f"${anchor.value}" for anchor in Anchor))
_ASKER: dict[str, Symbol] = {
    "$me": Me(),
    "$my_department": MyDepartment(),
    "$my_departments": MyDepartments(),
}
_RELATIVE = re.compile(r"\$([a-z_]+)(?:([+-])([0-9]{1,9})(min|[dwmyh]))?", re.ASCII)
_MOST = {"d": 36_600, "w": 5_200, "m": 1_200, "y": 100, "h": 876_000, "min": 52_560_000}


class NoSymbol(Exception):
    """A text that begins with one `$` but is no symbol."""


class TooFar(Exception):
    """A relative date moved by more than a hundred years."""


def is_symbol(raw: object) -> bool:
    """Whether a plain value is written as a symbol (a literal doubles its `$`)."""
    return isinstance(raw, str) and raw.startswith("$") and not raw.startswith("$$")


def parse_symbol(text: str) -> Symbol:
    """The symbol a text names.

    Raises:
        NoSymbol: none of that name, or a unit its anchor does not take.
        TooFar: the amount is out of bounds.
    """
    if text in _ASKER:
        return _ASKER[text]
    match = _RELATIVE.fullmatch(text)
    if match is None or match[1] not in Anchor.__members__.values():
        raise NoSymbol(text)
    anchor, amount, unit = Anchor(match[1]), int(match[3] or 0), match[4] or "d"
    if unit in ("h", "min") and anchor is not Anchor.NOW:
        raise NoSymbol(text)
    if amount > _MOST[unit]:
        raise TooFar(text)
    if amount == 0:
        return RelativeDate(anchor)
    return RelativeDate(anchor, -amount if match[2] == "-" else amount, unit)


def write_symbol(symbol: Symbol) -> str:
    """The inverse of `parse_symbol`."""
    match symbol:
        case Me():
            return "$me"
        case MyDepartment():
            return "$my_department"
        case MyDepartments():
            return "$my_departments"
        case RelativeDate(anchor=anchor, amount=amount, unit=unit):
            return f"${anchor.value}{amount:+d}{unit}" if amount else f"${anchor.value}"
