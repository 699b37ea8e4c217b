"""The description laid out for reading: its tags, their operations, what goes in and comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]  # JSON: the shape is OpenAPI's, not ours
_METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A parameter or a field: its name, kind, whether it must be sent, and what it means."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    answers: tuple[tuple[str, str], ...]  # status, description


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    label: str
    operations: tuple[Operation, ...]
    fields: tuple[Line, ...]  # what a record of the type holds


def sections(document: Document) -> tuple[Section, ...]:
    """One section per tag, in the document's order."""
    operations: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                found = _operation(document, path, method, item)
                operations[item[method]["tags"][0]].append(found)
    return tuple(
        Section(
            id=tag["name"],
            label=tag["description"],
            operations=tuple(operations[tag["name"]]),
            fields=_fields(document, {"$ref": f"#/components/schemas/{tag['name']}_values"}),
        )
        for tag in document["tags"]
    )


def _operation(document: Document, path: str, method: str, item: Document) -> Operation:
    operation = item[method]
    server = document["servers"][0]["url"]
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=f"{server}{path}",
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=tuple(
            Line(
                name=parameter["name"],
                kind=f"{parameter['in']} · {_kind(document, _schema_of(parameter))}",
                required=parameter.get("required", False),
                about=_range(_schema_of(parameter)),
            )
            for parameter in (*item.get("parameters", ()), *operation.get("parameters", ()))
        ),
        body=_fields(document, _schema_of(operation.get("requestBody", {}))),
        answers=tuple(
            (status, _resolve(document, answer)["description"])
            for status, answer in operation["responses"].items()
        ),
    )


def _schema_of(holder: Document) -> Document:
    """The schema of a parameter or body, whatever its media type."""
    for content in holder.get("content", {}).values():
        found: Document = content["schema"]
        return found
    schema: Document = holder.get("schema", {})
    return schema


def _fields(document: Document, schema: Document) -> tuple[Line, ...]:
    resolved = _resolve(document, schema)
    required = resolved.get("required", ())
    return tuple(
        Line(
            name=name,
            kind=_kind(document, field),
            required=name in required,
            about=" · ".join(filter(None, (field.get("title", ""), field.get("description", "")))),
        )
        for name, field in resolved.get("properties", {}).items()
    )


def _kind(document: Document, schema: Document) -> str:
    """A schema in a few characters: `string | null`, `reference[]`, `a, b, c`."""
    if "anyOf" in schema:
        return " | ".join(_kind(document, option) for option in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        inner = _kind(document, schema["items"])
        return f"({inner})[]" if "," in inner else f"{inner}[]"
    format = f" ({schema['format']})" if "format" in schema else ""
    return f"{schema.get('type', 'any')}{format}"


def _range(schema: Document) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']}–{schema['maximum']}"
    return str(schema.get("pattern", ""))


def _resolve(document: Document, value: Document) -> Document:
    """What a pointer points at; anything else as it is."""
    if "$ref" not in value:
        return value
    found: Any = document
    for step in str(value["$ref"]).removeprefix("#/").split("/"):
        found = found.get(step, {})
    resolved: Document = found
    return resolved
