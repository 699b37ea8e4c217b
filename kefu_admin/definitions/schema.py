"""JSON Schemas of the config files, so that editors complete keys and underline faults.

Made from the same shapes the reader uses: a key it takes is a key the schema knows. What only the
whole config can tell (does this field exist?) stays with `kefu check`. An editor finds the schema
of a file by its folder, or by the first line `# yaml-language-server: $schema=…`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from kefu_admin.definitions import field_keys
from kefu_admin.definitions.condition import Op, Quantifier
from kefu_admin.definitions.field_types import FIELD_TYPES
from kefu_admin.definitions.keys import LABEL_SCHEMA
from kefu_admin.definitions.kinds import KINDS, Kind
from kefu_admin.definitions.takers import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_VALUE: Schema = {"type": ["string", "number", "boolean"]}
_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_COUNT: Schema = {
    "type": "object",
    "properties": {**{op.value: {} for op in Op}, "where": _CONDITION},
    "additionalProperties": False,
}
_COMPARED: Schema = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        **{op.value: {} for op in Op},
        **{quantifier.value: _CONDITION for quantifier in Quantifier},
        "count": _COUNT,
        "field": {"type": "string"},
        "formula": {"type": "string"},
    },
    "additionalProperties": False,
}
DEFINITIONS: Schema = {
    "label": LABEL_SCHEMA,
    "condition": {
        "type": "object",
        "description": "条件 / condition",
        "minProperties": 1,
        "properties": {
            "all": {"type": "array", "items": _CONDITION},
            "any": {"type": "array", "items": _CONDITION},
            "not": _CONDITION,
            "formula": {"type": "string"},
        },
        "additionalProperties": {"anyOf": [_VALUE, {"type": "array"}, _COMPARED]},
    },
    "when": {
        "anyOf": [
            {"type": "boolean"},
            {
                "type": "object",
                "properties": {"when": _CONDITION},
                "required": ["when"],
                "additionalProperties": False,
            },
        ]
    },
}


def schema(kind: Kind) -> Schema:
    """The schema of one kind's files."""
    made = {
        "$schema": DIALECT,
        "title": f"{kind.label.zh} / {kind.label.en}",
        **kind.shape.schema(),
        "$defs": DEFINITIONS,
    }
    if kind.id == "types":
        properties = made["properties"]
        assert isinstance(properties, dict)
        properties["fields"]["additionalProperties"] = _field()
    return made


def schemas() -> dict[str, Schema]:
    """Every kind's schema by the kind's id."""
    return {kind.id: schema(kind) for kind in KINDS}


def write_schemas(directory: Path, some: Mapping[str, Schema]) -> tuple[Path, ...]:
    """Write `<name>.schema.json` for each into the directory; the paths written."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, made in some.items():
        path = directory / f"{name}.schema.json"
        path.write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", "utf-8")
        written.append(path)
    return tuple(written)


def _field() -> Schema:
    """A field takes the common keys and those of its type."""
    common = [key.name for key in field_keys.COMMON]
    return {
        **field_keys.SHAPE.schema(),
        "allOf": [
            {
                "if": {"properties": {"type": {"const": type.id}}, "required": ["type"]},
                "then": {
                    "propertyNames": {"enum": [*common, *sorted(type.options)]},
                    "required": list(field_keys.NEEDED.get(type.id, ())),
                },
            }
            for type in FIELD_TYPES.values()
        ],
    }
