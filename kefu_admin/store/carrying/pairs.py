"""Which kinds of value become which: one table, read by the plan and by the back-fill.

A pair that is not in the table cannot be carried while rows have values. What a pair hands on is
then converted like something typed into the field, so nothing enters that could not be entered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from kefu_admin.definitions.field_types import FIELD_TYPES, value_type
from kefu_admin.definitions.fields import BadValue, Field, Storage
from kefu_admin.store.carrying.notation import Notation, Written

Take = Callable[[Written, Field], object]


def _text(written: Written, field: Field) -> object:
    return written.text


def _value(written: Written, field: Field) -> object:
    return written.value


def _whole(written: Written, field: Field) -> object:
    value = written.value
    if isinstance(value, Decimal):
        if value != value.to_integral_value():
            raise BadValue("not_an_integer")
        return int(value)
    return int(str(value))


def _yes_or_no(written: Written, field: Field) -> object:
    return "是" if written.value else "否"


def _as_number(written: Written, field: Field) -> object:
    return int(bool(written.value))


def _minutes(written: Written, field: Field) -> object:
    at = written.value
    assert isinstance(at, time)
    return at.hour * 60 + at.minute


def _clock(written: Written, field: Field) -> object:
    hours, minutes = divmod(int(str(written.value)), 60)
    return f"{hours}:{minutes:02}"


def _midnight(written: Written, field: Field) -> object:
    return f"{written.text} 00:00"


def _day(written: Written, field: Field) -> object:
    """The day of an instant that is a midnight; a time of day would be lost."""
    assert isinstance(written.value, datetime)
    local = written.value.astimezone(ZoneInfo(field.zone))
    if local.time() != time():
        raise BadValue("carry_time_lost")
    return local.date()


def _only_one(written: Written, field: Field) -> object:
    assert isinstance(written.value, tuple)
    if len(written.value) > 1:
        raise BadValue("carry_more_than_one")
    return written.value[0]


_TEXTS = tuple(
    row.id for row in FIELD_TYPES.values() if row.storage in (Storage.TEXT, Storage.LONG_TEXT)
)
_NUMBERS = ("integer", "decimal", "money")
_TABLE: Mapping[tuple[Notation, str], Take] = MappingProxyType(
    {
        **{(Notation.NUMBER, id): _text for id in _TEXTS},
        **{(Notation.NUMBER, id): _value for id in ("decimal", "money")},
        (Notation.NUMBER, "integer"): _whole,
        (Notation.NUMBER, "duration"): _whole,
        (Notation.NUMBER, "boolean"): _text,
        **{(Notation.TIME, id): _text for id in ("text", "long_text", "choice")},
        (Notation.TIME, "time"): _value,
        **{(Notation.TIME, id): _minutes for id in ("duration", "integer")},
        **{(Notation.MINUTES, id): _text for id in ("text", "long_text")},
        **{(Notation.MINUTES, id): _whole for id in ("duration", *_NUMBERS)},
        (Notation.MINUTES, "time"): _clock,
        **{(Notation.BOOLEAN, id): _yes_or_no for id in ("text", "long_text")},
        **{(Notation.BOOLEAN, id): _as_number for id in _NUMBERS},
        (Notation.BOOLEAN, "boolean"): _value,
        (Notation.BOOLEAN, "choice"): _text,
        **{(Notation.DATE, id): _text for id in ("text", "long_text")},
        (Notation.DATE, "date"): _value,
        (Notation.DATE, "datetime"): _midnight,
        **{(Notation.INSTANT, id): _text for id in ("text", "long_text")},
        (Notation.INSTANT, "datetime"): _value,
        (Notation.INSTANT, "date"): _day,
        **{(Notation.MEMBERS, id): _value for id in ("multi_choice", "tags")},
        **{(Notation.MEMBERS, id): _text for id in ("text", "long_text")},
        (Notation.MEMBERS, "choice"): _only_one,
    }
)
_COLUMNLESS = (Storage.LINKS, Storage.FILES, Storage.ROWS, Storage.LINK)


def pair(found: Notation, field: Field) -> Take | None:
    """How values of this notation are handed to the field; None when they cannot become its own.

    Text may become anything: what reads like a value of the field is one.
    """
    target = value_type(field)
    if target.storage in _COLUMNLESS:
        return None
    if found in (Notation.TEXT, Notation.SECRET):
        return _text
    return _TABLE.get((found, target.id))
