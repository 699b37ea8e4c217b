"""What stands in a form: raw texts per field, and the labels of picked records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import shown_as
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.regions import region_label
from kefu_admin.faces.admin.words import clock_text, time_text
from kefu_admin.store.query import File, Ref, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """`texts`: a text, several texts or several fillings (children) per field id; `labels`: what a
    picked id is called, per (field id, id); `masked`: what a field shows whose value stays hidden;
    `files`: what hangs on it. `id` and `version` are those of a child row."""

    texts: Mapping[str, object] = dataclass_field(default_factory=dict)
    labels: Mapping[tuple[str, str], str] = dataclass_field(default_factory=dict)
    masked: Mapping[str, str] = dataclass_field(default_factory=dict)
    files: Mapping[str, tuple[File, ...]] = dataclass_field(default_factory=dict)
    id: str = ""
    version: str = ""

    def text(self, name: str) -> str:
        """The single text of a field."""
        found = self.texts.get(name, "")
        return found if isinstance(found, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """The texts of a many-valued field."""
        found = self.texts.get(name, ())
        return tuple(str(one) for one in found) if isinstance(found, tuple) else ()

    def rows(self, name: str) -> tuple[Filled, ...]:
        """The fillings of a children field."""
        found = self.texts.get(name, ())
        if not isinstance(found, tuple):
            return ()
        return tuple(one for one in found if isinstance(one, Filled))


NOTHING = Filled()


def from_row(
    type: ContentType, row: Row, types: Mapping[str, ContentType], zone: ZoneInfo
) -> Filled:
    """A record as the form shows it for editing; masked values stay out, child rows come along."""
    texts: dict[str, object] = {}
    labels: dict[tuple[str, str], str] = {}
    masked: dict[str, str] = {}
    files: dict[str, tuple[File, ...]] = {}
    for name, value in row.values.items():
        field = type.fields.get(name)
        if field is None or value is None:
            continue
        several = value if isinstance(value, tuple) else (value,)
        if name in row.masked:
            masked[name] = str(value)
        elif field.type == "children":
            below = types[field.to]
            texts[name] = tuple(
                from_row(below, one, types, zone) for one in several if isinstance(one, Row)
            )
        else:
            labels.update(_labels(field, several))
            found = tuple(one for one in several if isinstance(one, File))
            if found:
                files[name] = found
            texts[name] = raw_text(field, value, zone)
    return Filled(
        texts=texts,
        labels=labels,
        masked=masked,
        files=files,
        id=str(row.id),
        version=str(row.version),
    )


def _labels(field: Field, values: tuple[object, ...]) -> dict[tuple[str, str], str]:
    if field.type == "region":
        return {(field.id, str(one)): region_label(str(one)) for one in values}
    return {(field.id, str(one.id)): one.label for one in values if isinstance(one, Ref)}


def from_defaults(type: ContentType, *, actor: Actor, now: datetime, zone: ZoneInfo) -> Filled:
    """A new record's form: the configured defaults, resolved for the person."""
    texts: dict[str, object] = {}
    labels: dict[tuple[str, str], str] = {}
    for name, field in type.fields.items():
        default = field.default
        if default is None or field.system:
            continue
        match default:
            case "$me":
                if actor.user_id is not None:
                    texts[name] = str(actor.user_id)
                    labels[name, str(actor.user_id)] = actor.name
            case "$my_department":
                if actor.department_id is not None:
                    texts[name] = str(actor.department_id)
            case "$today":
                texts[name] = now.astimezone(zone).date().isoformat()
            case "$now":
                texts[name] = clock_text(now, zone)
            case _:
                if field.type == "region":
                    labels[name, str(default)] = region_label(str(default))
                texts[name] = raw_text(field, default, zone)
    return Filled(texts=texts, labels=labels)


def raw_text(field: Field, value: object, zone: ZoneInfo) -> object:
    """A canonical value as the text(s) a person would type."""
    match value:
        case Ref(id=id) | File(id=id):
            return str(id)
        case tuple():
            if shown_as(field.type) == "tags":
                return "、".join(str(one) for one in value)
            return tuple(raw_text(field, one, zone) for one in value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return clock_text(value, zone)
        case date():
            return value.isoformat()
        case time():
            return time_text(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
