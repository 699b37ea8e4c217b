"""JSON Schemas of files that lie over others: any part may be missing, or be `~remove`.

Made from the same takers the merge goes by (`definitions.merging`), so that an editor takes in a
layer what the merge takes.
"""

from __future__ import annotations

from kefu_admin.definitions.keys import Shape
from kefu_admin.definitions.kinds import KINDS, Kind
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.merging import AFTER, REMOVE, merged_as
from kefu_admin.definitions.naming import MapOf
from kefu_admin.definitions.schema import DEFINITIONS, DIALECT
from kefu_admin.definitions.takers import ListOf, Schema, Taker

_REMOVE: Schema = {"const": REMOVE}
_AFTER_LABEL = Label("排在哪一项之后", "the neighbour it stands after")
_AFTER: Schema = {"type": "string", "description": f"{_AFTER_LABEL.zh} / {_AFTER_LABEL.en}"}


def layer_schema(kind: Kind) -> Schema:
    """The schema of one kind's files where they lie over others."""
    return {
        "$schema": DIALECT,
        "title": f"{kind.label.zh} / {kind.label.en}",
        "anyOf": [_REMOVE, _part(kind.shape)],
        "$defs": DEFINITIONS,
    }


def layer_schemas() -> dict[str, Schema]:
    """Every kind's schema by the kind's id."""
    return {kind.id: layer_schema(kind) for kind in KINDS}


def _part(taker: Taker[object]) -> Schema:
    """What a layer may write where the taker takes the whole."""
    larger = merged_as(taker)
    if isinstance(larger, Shape):
        part = _keys(larger)
    elif isinstance(larger, MapOf):
        part = {"type": "object", "additionalProperties": _entry(larger.value)}
    elif isinstance(larger, ListOf) and larger.keys:
        item = _entry(larger.item)
        listed: Schema = {"type": "array", "items": item}
        part = {"anyOf": [listed, {"type": "object", "additionalProperties": item}]}
    else:
        return taker.schema()
    return part if larger is taker else {"anyOf": [taker.schema(), part]}


def _keys(shape: Shape, extra: Schema | None = None) -> Schema:
    properties: Schema = {
        key.name: {
            "anyOf": [_part(key.taker), _REMOVE],
            "description": f"{key.help.zh} / {key.help.en}",
        }
        for key in shape.keys
    }
    return {
        "type": "object",
        "properties": {**(extra or {}), **properties},
        "additionalProperties": False,
    }


def _entry(taker: Taker[object]) -> Schema:
    """An entry among neighbours: it may also say after which it stands."""
    larger = merged_as(taker)
    part = _keys(larger, {AFTER: _AFTER}) if isinstance(larger, Shape) else _part(taker)
    return {"anyOf": [part, _REMOVE]}
