"""Records as JSON: one writer per type, made once, so that a page of rows is a loop of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.project import Project
from kefu_admin.store.query import File, Ref, Row

T = TypeVar("T")
Json = dict[str, object]
Write = Callable[[object], object]
_AS_IS = frozenset(
    {"text", "long_text", "integer", "boolean", "duration", "choice", "phone", "id_number"}
    | {"email", "url", "region", "address", "number"}
)


@dataclass(frozen=True, slots=True)
class Writers:
    """How each type's values become JSON."""

    types: Mapping[str, Mapping[str, Write | None]]

    def record(self, row: Row) -> Json:
        """A record of a list: what it is called, its version, values in sight, masked fields."""
        writers = self.types[row.type]
        masked = row.masked
        values: Json = {}
        for name, value in row.values.items():
            write = writers.get(name)
            values[name] = (
                value if value is None or write is None or name in masked else write(value)
            )
        values.pop("id", None)  # these stand beside the values
        values.pop("version", None)
        return {
            "id": row.id,
            "version": row.version,
            "title": row.title,
            "values": values,
            "masked": sorted(masked),
        }

    def detail(self, row: Row) -> Json:
        """A single record: also what the actor may change and do."""
        return {
            **self.record(row),
            "editable": sorted(row.editable),
            "actions": sorted(row.actions),
        }

    def values(self, type_id: str, values: Mapping[str, object], masked: Iterable[str]) -> Json:
        """Values of some fields of a type, as history shows them."""
        writers, hidden = self.types[type_id], frozenset(masked)
        return {
            name: value
            if value is None or name in hidden or writers.get(name) is None
            else writers[name](value)  # type: ignore[misc]  # None was excluded just before
            for name, value in values.items()
        }


def writers(project: Project) -> Writers:
    """The writers of every type of the project."""
    types: dict[str, Mapping[str, Write | None]] = {}
    made = Writers(types)
    for content_type in project.types.values():
        types[content_type.id] = _of_type(content_type, made)
    return made


def _of_type(content_type: ContentType, made: Writers) -> Mapping[str, Write | None]:
    return {field.id: _of_field(field, made) for field in content_type.fields.values()}


def _of_field(field: Field, made: Writers) -> Write | None:
    if field.type in _AS_IS:
        return None
    if field.type in ("person", "department", "reference"):
        return _one(reference, Ref)
    if field.type == "references":
        return _each(_one(reference, Ref))
    if field.type in ("attachment", "image"):
        return _one(file, File)
    if field.type in ("attachments", "images"):
        return _each(_one(file, File))
    if field.type == "children":
        return _each(lambda row: _child(field.to, row, made))
    shown = value_type(field).plain
    return lambda value: shown(field, value)


def _one(write: Callable[[T], Json], kind: type[T]) -> Write:
    """A writer of one reference or file; history holds ids where nothing is left to name."""
    return lambda value: write(value) if isinstance(value, kind) else value


def _each(write: Write) -> Write:
    def many(value: object) -> object:
        return [write(item) for item in value] if isinstance(value, tuple) else value

    return many


def _child(type_id: str, row: object, made: Writers) -> object:
    if isinstance(row, Row):
        return made.record(row)
    if isinstance(row, Ref):
        return reference(row)  # history names owned rows; each has a history of its own
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
