"""Records as JSON: what `json.dumps` writes itself stays as it is, `plain` is asked for the rest.

Only owned rows and the field types of extensions have a writer of their own, made once per type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import OWN_TYPES, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.project import Project
from kefu_admin.store.query import File, Ref, Row

Json = dict[str, object]
Write = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Writers:
    """How each type's values become JSON; fields whose values are JSON already have no writer."""

    types: Mapping[str, Mapping[str, Write]]

    def record(self, row: Row) -> Json:
        """A record of a list: what it is called, its version, values in sight, masked fields."""
        masked = row.masked
        values = dict(row.values)
        for name, write in self.types[row.type].items():
            value = values.get(name)
            if value is not None and name not in masked:
                values[name] = write(value)
        values.pop("id", None)  # these stand beside the values
        values.pop("version", None)
        return {
            "id": row.id,
            "version": row.version,
            "title": row.title,
            "values": values,
            "masked": _sorted(masked),
        }

    def detail(self, row: Row) -> Json:
        """A single record: also what the actor may change and do."""
        return {
            **self.record(row),
            "editable": _sorted(row.editable),
            "actions": _sorted(row.actions),
        }

    def values(self, type_id: str, values: Mapping[str, object], masked: Iterable[str]) -> Json:
        """Values of some fields of a type, as history shows them."""
        writers, hidden = self.types[type_id], frozenset(masked)
        return {
            name: value
            if value is None or name in hidden or name not in writers
            else writers[name](value)
            for name, value in values.items()
        }


def writers(project: Project) -> Writers:
    """The writers of every type of the project."""
    types: dict[str, Mapping[str, Write]] = {}
    made = Writers(types)
    for content_type in project.types.values():
        types[content_type.id] = _of_type(content_type, made)
    return made


def _of_type(content_type: ContentType, made: Writers) -> Mapping[str, Write]:
    fields = content_type.fields.values()
    return {field.id: write for field in fields if (write := _of_field(field, made)) is not None}


def _of_field(field: Field, made: Writers) -> Write | None:
    if field.type == "children":
        return lambda rows: (
            [_child(field.to, row, made) for row in rows] if isinstance(rows, tuple) else rows
        )
    shown = value_type(field)
    return None if shown.id in OWN_TYPES else lambda value: shown.plain(field, value)


def _child(type_id: str, row: object, made: Writers) -> object:
    if isinstance(row, Row):
        return made.record(row)
    if isinstance(row, Ref):
        return row  # history names owned rows; each has a history of its own
    assert isinstance(row, Mapping)
    return made.values(type_id, row, ())


def reference(ref: Ref) -> Json:
    """A reference: the record's id and what it is called."""
    return {"id": ref.id, "label": ref.label}


def file(value: File) -> Json:
    """An attachment: what it is, not where it lies."""
    return {
        "id": value.id,
        "name": value.name,
        "size": value.size,
        "media_type": value.media_type,
    }


def plain(value: object) -> object:
    """The JSON of a value `json.dumps` does not know: numbers and instants leave as text, so that
    no reader rounds them.

    Raises:
        TypeError: it has none (a programming fault).
    """
    write = _PLAIN.get(type(value))
    if write is None:
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return write(value)


_PLAIN: Mapping[type, Callable[[Any], object]] = {
    Ref: reference,
    File: file,
    datetime: lambda instant: instant.isoformat().replace("+00:00", "Z"),
    date: date.isoformat,
    time: lambda moment: moment.strftime("%H:%M"),
    Decimal: lambda number: f"{number:f}",
}


@lru_cache(maxsize=1024)
def _sorted(names: frozenset[str]) -> tuple[str, ...]:
    """Names in order; the rows of a page share few sets of them."""
    return tuple(sorted(names))
