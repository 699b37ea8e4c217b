"""How a stored value reads: as a Python value, and as the text `old_values` calls it by."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kefu_admin.store.shapes import ColumnKind, ColumnShape


class Notation(StrEnum):
    """What a column holds, told by its kind and form alone: the config of that day may be gone."""

    TEXT = "text"
    NUMBER = "number"  # whole, or scaled
    TIME = "time"
    MINUTES = "minutes"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    MEMBERS = "members"
    SECRET = "secret"  # noqa: S105 -- a notation's name
    LINK = "link"


class Written(NamedTuple):
    """One stored value: `value` in Python, `text` as a person would write it."""

    value: object
    text: str


_FORMS = {"time": Notation.TIME, "minutes": Notation.MINUTES, "secret": Notation.SECRET}
_KINDS = {
    ColumnKind.TEXT: Notation.TEXT,
    ColumnKind.LONG_TEXT: Notation.TEXT,
    ColumnKind.INTEGER: Notation.NUMBER,
    ColumnKind.BOOLEAN: Notation.BOOLEAN,
    ColumnKind.DATE: Notation.DATE,
    ColumnKind.INSTANT: Notation.INSTANT,
}


def notation(column: ColumnShape) -> Notation | None:
    """What the column holds; None for keys and hashes, which are no values."""
    if column.references:
        return Notation.LINK
    if column.form.startswith("members"):
        return Notation.MEMBERS
    return _FORMS.get(column.form) or (None if column.form == "hash" else _KINDS.get(column.kind))


def read(found: Notation, raw: object, *, scale: int, zone: ZoneInfo) -> Written:
    """A neutral value of the store (instants aware, cipher texts opened before) as it reads.

    Args:
        scale: decimal places of a number.
        zone: the project's zone, in which instants are written.
    """
    match found:
        case Notation.TEXT:
            return Written(raw, str(raw))
        case Notation.NUMBER if scale:
            number = Decimal(int(str(raw))).scaleb(-scale)
            return Written(number, f"{number:f}")
        case Notation.TIME:
            at = time(*divmod(int(str(raw)), 60))
            return Written(at, at.strftime("%H:%M"))
        case Notation.BOOLEAN:
            return Written(bool(raw), "true" if raw else "false")
        case Notation.DATE:
            assert isinstance(raw, date)
            return Written(raw, raw.isoformat())
        case Notation.INSTANT:
            assert isinstance(raw, datetime)
            local = raw.astimezone(zone).replace(tzinfo=None)
            return Written(raw.astimezone(UTC), local.isoformat(" "))
        case Notation.MEMBERS:
            members = tuple(str(raw).strip("|").split("|"))
            return Written(members, "、".join(members))
        case _:
            return Written(raw, str(raw))
