"""A field's value as the list and the detail show it: prepared here, printed by the template.

Values come from `operations.reading` and are already masked and labelled; nothing here decides who
may see what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.regions import region_label
from kefu_admin.faces.admin.words import clock_text, minutes_text, time_text, translator
from kefu_admin.store.query import File, Ref

NOTHING = "—"
COLORS = frozenset(
    {"blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green"}
    | {"teal", "cyan", "gray"}
)


_NUMERIC = frozenset({"integer", "decimal", "money", "duration", "children"})


def is_numeric(field: Field) -> bool:
    """Whether the field's column is set to the right."""
    return shown_as(value_type(field).id) in _NUMERIC


class Cell(NamedTuple):
    """`css` is a class (n number, m masked, z nothing), `color` that of a badge or ""."""

    css: str
    text: str
    color: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no value to show."""
        return self.css.startswith("z")


class Shown(NamedTuple):
    """What a writer needs beside the value."""

    locale: str
    zone: ZoneInfo


_EMPTY = Cell("z", NOTHING)
_NO_NUMBER = Cell("z n", NOTHING)  # stands under the numbers of its column
Writer = Callable[[Field, object, Shown], Cell]


def cell(field: Field, value: object, shown: Shown, *, masked: bool = False) -> Cell:
    """One value of a field, as text with the little it takes to set it."""
    if value is None or value == "" or value == ():
        return _nothing(field, shown)
    if masked:
        return Cell("m", str(value))
    return WRITERS[shown_as(value_type(field).id)](field, value, shown)


def column(
    field: Field, values: Sequence[object], shown: Shown, *, masked: Sequence[bool] = ()
) -> list[Cell]:
    """`cell` for the values of one field in many rows; equal values are written once."""
    if field.type == "children" or any(masked):  # rows are no keys; masked values are texts
        hidden = masked or (False,) * len(values)
        return [cell(field, v, shown, masked=m) for v, m in zip(values, hidden, strict=True)]
    known = _Written(field, shown)
    return [known[value] for value in values]


class _Written(dict[object, Cell]):
    """The cells of one field's values, each made when it is first asked for."""

    def __init__(self, field: Field, shown: Shown) -> None:
        super().__init__(dict.fromkeys((None, "", ()), _nothing(field, shown)))
        self._field, self._shown = field, shown
        self._write = WRITERS[shown_as(value_type(field).id)]

    def __missing__(self, value: object) -> Cell:
        made = self[value] = self._write(self._field, value, self._shown)
        return made


def _nothing(field: Field, shown: Shown) -> Cell:
    """No value: nobody's hand made or changed a record that the desk itself did."""
    if field.system and field.type == "person":
        return Cell("z", translator(shown.locale)("系统"))
    return _NO_NUMBER if is_numeric(field) else _EMPTY


def _text(field: Field, value: object, shown: Shown) -> Cell:
    return Cell("", str(value))


def _code(field: Field, value: object, shown: Shown) -> Cell:
    return Cell("c", str(value))


def _number(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, int | Decimal)
    unit = field.unit.text(shown.locale)
    return Cell("n", f"{value:,}{unit and ' ' + unit}")


def _boolean(field: Field, value: object, shown: Shown) -> Cell:
    said = translator(shown.locale)
    return Cell("", said("是") if value else said("否"))


def _date(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, date)
    return Cell("d", value.isoformat())


def _datetime(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, datetime)
    return Cell("d", clock_text(value, shown.zone))


def _time(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, time)
    return Cell("d", time_text(value))


def _duration(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, int)
    return Cell("n", minutes_text(value, shown.locale))


def choice_label(field: Field, id: str, locale: str) -> str:
    """The label of a choice; the id itself where the config no longer knows it."""
    chosen = field.choice(id)
    return chosen.label.text(locale) if chosen else id


def _choice(field: Field, value: object, shown: Shown) -> Cell:
    chosen = field.choice(str(value))
    color = chosen.color if chosen and chosen.color in COLORS else ""
    return Cell("", choice_label(field, str(value), shown.locale), color)


def _many(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, tuple)
    joint = ", " if shown.locale == "en" else "、"
    return Cell("", joint.join(choice_label(field, str(one), shown.locale) for one in value))


def _region(field: Field, value: object, shown: Shown) -> Cell:
    return Cell("", region_label(str(value)))


def _ref(field: Field, value: object, shown: Shown) -> Cell:
    return Cell("", value.label if isinstance(value, Ref) else str(value))


def _refs(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, tuple)
    joint = ", " if shown.locale == "en" else "、"
    return Cell("", joint.join(_ref(field, one, shown).text for one in value))


def _files(field: Field, value: object, shown: Shown) -> Cell:
    files = value if isinstance(value, tuple) else (value,)
    joint = ", " if shown.locale == "en" else "、"
    return Cell("", joint.join(one.name if isinstance(one, File) else str(one) for one in files))


def _rows(field: Field, value: object, shown: Shown) -> Cell:
    assert isinstance(value, tuple)
    return Cell("n", translator(shown.locale)("{count} 条", count=len(value)))


WRITERS: Mapping[str, Writer] = {
    "text": _text,
    "long_text": _text,
    "integer": _number,
    "decimal": _number,
    "money": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "duration": _duration,
    "choice": _choice,
    "multi_choice": _many,
    "tags": _many,
    "phone": _code,
    "id_number": _code,
    "email": _text,
    "url": _text,
    "region": _region,
    "address": _text,
    "person": _ref,
    "department": _ref,
    "reference": _ref,
    "references": _refs,
    "children": _rows,
    "attachment": _files,
    "attachments": _files,
    "image": _files,
    "images": _files,
    "number": _code,
    "computed": _text,
    "rollup": _text,
}
