"""Whose field a pick-list looks up, by the way it is named: `owner`, `contacts.post`,
`customer.owner.department`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.content_type import ContentType


def type_at(types: Mapping[str, ContentType], start: str, way: Sequence[str]) -> str:
    """The id of the type at the end of a way of references and owned rows; "" for no way."""
    here: ContentType | None = types[start]
    for step in way:
        one = here.fields.get(step) if here is not None else None
        here = content_type(types, target_type(one.type, one.to)) if one is not None else None
    return here.id if here is not None else ""
