"""Fields and types as JSON Schema: how a record is read, created and changed.

What an actor sees depends on his roles, the description does not: every value of a record may be
absent (not his to see), null (not filled in) or, where a role masks it, text with stars.
"""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.dated import DatedChoices
from kefu_admin.definitions.field_types import field_type, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Right

Schema = dict[str, object]
LINKED = frozenset({"person", "department", "reference"})
FILED = frozenset({"attachment", "image"})
_TEXTUAL = frozenset({"text", "long_text", "address", "url"})
_NUMBERS = frozenset({"integer", "duration"})


def ref(name: str) -> Schema:
    """A pointer to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas(project: Project, locale: str) -> dict[str, Schema]:
    """Every shared schema of the project's types."""
    masked = _masked(project)
    found: dict[str, Schema] = {
        "reference": _object(
            {"id": {"type": "integer"}, "label": {"type": "string"}, "record": {"type": "object"}},
            required=["id", "label"],
        ),
        "file": _object(
            {
                "id": {"type": "integer"},
                "name": {"type": "string"},
                "size": {"type": "integer"},
                "media_type": {"type": "string"},
            },
            required=["id", "name", "size", "media_type"],
        ),
    }
    for content_type in project.types.values():
        masks = masked.get(content_type.id, frozenset())
        found[f"{content_type.id}_values"] = {
            "type": "object",
            "properties": {
                field.id: read_schema(field, locale, masked=field.id in masks)
                for field in content_type.fields.values()
                if not field.system or field.id not in ("id", "version")
            },
            "additionalProperties": False,
        }
        found[f"{content_type.id}_record"] = _record(content_type, locale)
        found[f"{content_type.id}_create"] = write_schema(content_type, locale, creating=True)
        found[f"{content_type.id}_change"] = write_schema(content_type, locale, creating=False)
    return found


def _record(content_type: ContentType, locale: str) -> Schema:
    names = {"type": "array", "items": {"type": "string"}}
    return {
        **_object(
            {
                "id": {"type": "integer"},
                "version": {"type": "integer"},
                "title": {"type": "string"},
                "values": ref(f"{content_type.id}_values"),
                "masked": names,
                "editable": names,
                "actions": names,
            },
            required=["id", "version", "title", "values", "masked"],
        ),
        "title": content_type.label.text(locale),
    }


def read_schema(field: Field, locale: str, *, masked: bool) -> Schema:
    """How a field's value reads."""
    shown = _shown(field, locale)
    choices = [shown, {"type": "null"}]
    if masked and shown.get("type") != "string":
        choices.append({"type": "string"})
    return {"anyOf": choices, **_about(field, locale)}


def _shown(field: Field, locale: str) -> Schema:
    if field.type in LINKED:
        return ref("reference")
    if field.type == "references":
        return {"type": "array", "items": ref("reference")}
    if field.type in FILED:
        return ref("file")
    if field_type(field).storage is Storage.FILES:
        return {"type": "array", "items": ref("file")}
    if field.type == "children":
        return {"type": "array", "items": ref(f"{field.to}_record")}
    kind = value_type(field)
    return {
        name: value
        for name, value in kind.json_schema.items()
        if name not in ("minimum", "pattern", "format") or kind.id in ("date", "datetime")
    }


def write_schema(content_type: ContentType, locale: str, *, creating: bool) -> Schema:
    """What may be sent for a record: fields somebody may set. Required ones on creating only."""
    fields = [field for field in content_type.fields.values() if is_written(field)]
    schema: Schema = {
        "type": "object",
        "properties": {field.id: _sent(field, locale) for field in fields},
        "additionalProperties": False,
    }
    required = [field.id for field in fields if field.required.always and field.default is None]
    if creating and required:
        schema["required"] = required
    if not creating:
        schema["minProperties"] = 1
    return schema


def is_written(field: Field) -> bool:
    """Whether anybody may ever set the field's value."""
    return not field.system and field_type(field).written


def _sent(field: Field, locale: str) -> Schema:
    if field.type == "children":
        return {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "integer"}, "version": {"type": "integer"}},
            },
            **_about(field, locale),
        }
    schema = dict(field_type(field).json_schema)
    if field.type in _TEXTUAL:
        if field.max_length:
            schema["maxLength"] = field.max_length
        if field.min_length:
            schema["minLength"] = field.min_length
    if field.type in _NUMBERS:
        if isinstance(field.min, int):
            schema["minimum"] = field.min
        if isinstance(field.max, int):
            schema["maximum"] = field.max
    offered = (
        []  # kept in rows: they change without a new description
        if isinstance(field.choices, DatedChoices)
        else [choice.id for choice in field.choices if not choice.retired]
    )
    if offered and field.type == "choice":
        schema = {"enum": offered}
    elif offered and field.type == "multi_choice":
        schema["items"] = {"enum": offered}
    if field.required.always:
        return {**schema, **_about(field, locale)}
    return {"anyOf": [schema, {"type": "null"}], **_about(field, locale)}


def _about(field: Field, locale: str) -> Schema:
    about: Schema = {"title": field.label.text(locale)}
    if field.help.zh:
        about["description"] = field.help.text(locale)
    return about


def _masked(project: Project) -> Mapping[str, frozenset[str]]:
    """Fields some role sees masked, by type."""
    found: dict[str, set[str]] = {}
    for role in project.roles.values():
        for grant in role.grants:
            found.setdefault(grant.type, set()).update(
                name for name, rights in grant.fields.items() if Right.SEE_MASKED in rights
            )
    return {type_id: frozenset(names) for type_id, names in found.items()}


def _object(properties: Mapping[str, object], *, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }
