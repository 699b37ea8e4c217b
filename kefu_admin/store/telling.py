"""What history, audit book and outbox are told of one written record, as text made once."""

from __future__ import annotations

import json
from json import encoder
from typing import NamedTuple

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
quote = encoder.encode_basestring  # a text as JSON, characters as they are


class Telling(NamedTuple):
    """One record as the books tell it.

    Attributes:
        version: after the change.
        action: create, update, delete, restore.
        before, after: canonical JSON of the true values for history; None for none.
        changes: canonical JSON for the audit book: {"field": [before, after]}, masked or hashed.
    """

    type: str
    record_id: int
    version: int
    action: str
    before: str | None
    after: str | None
    changes: str


def json_text(value: object) -> str:
    """Canonical JSON of a plain value."""
    kind = type(value)
    if kind is str:
        return quote(value)  # type: ignore[arg-type]  # it is one
    if value is None:
        return "null"
    return str(value) if kind is int else _encode(value)
