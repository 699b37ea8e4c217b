"""Values as a spreadsheet holds them: labels for codes, texts no program runs, exact numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

from kefu_admin import wording
from kefu_admin.definitions.field_types import plain, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.regions import region_label
from kefu_admin.operations.reading.tables import Column
from kefu_admin.store.query import File, Ref

LONGEST = 32_767
"""Characters a cell of a workbook holds."""
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """How a column's cells are written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Setting:
    """The language and the clock a file is written in; `full`: personal values are not masked."""

    locale: str
    zone: ZoneInfo
    full: bool


_KINDS = {
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "money": Kind.NUMBER,
    "duration": Kind.NUMBER,
    "children": Kind.NUMBER,
    "date": Kind.DATE,
    "datetime": Kind.INSTANT,
}


def kind_of(field: Field) -> Kind:
    """How the field's values are written; ids, phones and business numbers are texts."""
    return (
        Kind.TEXT
        if field.system and field.type == "integer"
        else _KINDS.get(value_type(field).id, Kind.TEXT)
    )


def head(field: Field, locale: str) -> str:
    """A column's head: its label, with the unit of its numbers."""
    label = field.label.text(locale)
    unit = field.unit.text(locale)
    if value_type(field).id == "duration":
        unit = wording.text("分钟", locale)
    if not unit:
        return label
    return f"{label} ({unit})" if locale == "en" else f"{label}（{unit}）"


def clean(text: str) -> str:
    """A text without what no spreadsheet keeps, no longer than a cell."""
    return (text if text.isprintable() else _CONTROLS.sub("", text))[:LONGEST]


def are_plain(texts: Sequence[str]) -> bool:
    """Whether texts hold nothing to be taken out, so that a column need not be looked at cell by
    cell."""
    whole = "".join(texts)
    return whole.isprintable() and (len(whole) <= LONGEST or max(map(len, texts)) <= LONGEST)


def are_harmless(texts: Sequence[str]) -> bool:
    """Whether a spreadsheet takes every text for a text."""
    return {text[:1] for text in set(texts)}.isdisjoint(STARTS)


def texts(
    column: Column, values: Sequence[object], masked: Sequence[bool], setting: Setting
) -> list[str]:
    """The texts of a column's values; "" for what is empty."""
    field = column.field
    write = _writer(field, setting)
    if column.mask and not setting.full:
        write = _masking(column, write)
    if any(masked):
        return [
            "" if _is_empty(v) else str(v) if m else write(v)
            for v, m in zip(values, masked, strict=True)
        ]
    if field.type in _REPEATED:
        known = _Known(write)
        return [known[value] for value in values]
    if field.type in _CALLED and not column.mask:
        return [value.label if value is not None else "" for value in cast("Refs", values)]
    return ["" if v is None or v == "" or v == () else write(v) for v in values]


_REPEATED = frozenset({"choice", "boolean", "multi_choice", "tags", "region", "date"})
_CALLED = frozenset({"person", "department", "reference"})
Refs = Sequence[Ref | None]


class _Known(dict[object, str]):
    """Texts of values that come often, each written once."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__({None: "", (): "", "": ""})
        self._write = write

    def __missing__(self, value: object) -> str:
        self[value] = written = self._write(value)
        return written


def _is_empty(value: object) -> bool:
    return value is None or value in ("", ())


def _masking(column: Column, write: Callable[[Any], str]) -> Callable[[Any], str]:
    """As one who sees the field masked meets it."""
    mask, field = MASKS[column.mask], column.field

    def masked(value: Any) -> str:
        if isinstance(value, Ref):
            return mask(value.label)
        if isinstance(value, tuple) and value and isinstance(value[0], Ref):
            return "、".join(mask(one.label) for one in value)
        return mask(str(plain(field, value)))

    return masked


def _writer(field: Field, setting: Setting) -> Callable[[Any], str]:
    made = _WRITERS.get("integer" if field.system and field.type == "integer" else _id(field))
    return made(field, setting) if made is not None else lambda value: str(plain(field, value))


def _id(field: Field) -> str:
    return value_type(field).id


def _as_it_is(field: Field, setting: Setting) -> Callable[[Any], str]:
    return str


def _number(field: Field, setting: Setting) -> Callable[[Any], str]:
    return number_text


def number_text(value: object) -> str:
    """A number in digits, never with an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _boolean(field: Field, setting: Setting) -> Callable[[Any], str]:
    said = [wording.text(one, setting.locale) for one in ("否", "是")]
    return lambda value: said[bool(value)]


def _date(field: Field, setting: Setting) -> Callable[[Any], str]:
    return date.isoformat


def _instant(field: Field, setting: Setting) -> Callable[[Any], str]:
    days = _Known(lambda day: date.fromordinal(cast("int", day)).isoformat())
    moment = clock(setting.zone)

    def written(value: datetime) -> str:
        day, minute = moment(value)
        return f"{days[day]} {_MINUTES[minute]}"

    return written


_MINUTES = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440))


def clock(zone: ZoneInfo) -> Callable[[datetime], tuple[int, int]]:
    """From instants to day (ordinal) and minute of that zone's clock. No zone changes its offset
    within a quarter of an hour, so it is asked once for each; seconds of an offset (local mean
    time, before 1901) are left out."""
    offsets: dict[int, int] = {}

    def moment(instant: datetime) -> tuple[int, int]:
        minutes = (instant - _FIRST) // _MINUTE
        offset = offsets.get(minutes // 15)
        if offset is None:
            shift = instant.astimezone(zone).utcoffset()
            assert shift is not None
            offset = offsets[minutes // 15] = shift // _MINUTE
        day, minute = divmod(minutes + offset, 1440)
        return day + 1, minute

    return moment


def _time(field: Field, setting: Setting) -> Callable[[Any], str]:
    def written(value: time) -> str:
        return value.strftime("%H:%M")

    return written


def _choice(field: Field, setting: Setting) -> Callable[[Any], str]:
    def label(id: object) -> str:
        chosen = field.choice(str(id))
        return chosen.label.text(setting.locale) if chosen else str(id)

    return label


def _choices(field: Field, setting: Setting) -> Callable[[Any], str]:
    label, joint = _choice(field, setting), _joint(setting)
    return lambda value: joint.join(map(label, value))


def _region(field: Field, setting: Setting) -> Callable[[Any], str]:
    return lambda value: region_label(str(value))


def _ref(field: Field, setting: Setting) -> Callable[[Any], str]:
    return lambda value: value.label if isinstance(value, Ref) else str(value)


def _refs(field: Field, setting: Setting) -> Callable[[Any], str]:
    label, joint = _ref(field, setting), _joint(setting)
    return lambda value: joint.join(map(label, value))


def _files(field: Field, setting: Setting) -> Callable[[Any], str]:
    joint = _joint(setting)

    def names(value: object) -> str:
        several = value if isinstance(value, tuple) else (value,)
        return joint.join(one.name if isinstance(one, File) else str(one) for one in several)

    return names


def _rows(field: Field, setting: Setting) -> Callable[[Any], str]:
    return lambda value: str(len(value))


def _joint(setting: Setting) -> str:
    return ", " if setting.locale == "en" else "、"


_WRITERS: dict[str, Callable[[Field, Setting], Callable[[Any], str]]] = {
    **dict.fromkeys(
        ("text", "long_text", "phone", "id_number", "email", "url", "address", "number"), _as_it_is
    ),
    **dict.fromkeys(("integer", "decimal", "money", "duration"), _number),
    **dict.fromkeys(("attachment", "attachments", "image", "images"), _files),
    **dict.fromkeys(("person", "department", "reference"), _ref),
    **dict.fromkeys(("multi_choice", "tags"), _choices),
    "references": _refs,
    "boolean": _boolean,
    "date": _date,
    "datetime": _instant,
    "time": _time,
    "choice": _choice,
    "region": _region,
    "children": _rows,
}
