"""Old business numbers: a record that became part of another is found by the number it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.store import merges, read, search

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def renumbered(store: Store, type: ContentType, text: str) -> str:
    """What to search for instead of an old business number: the number of the record it is part of
    today; the text as it is where it is none. Shows nothing: the search does, by his rights."""
    word = search.normal(text.strip())
    if type.merge is None or not word or " " in word or not any(c.isdigit() for c in word):
        return text
    found = merges.of_number(store, type.id, word)
    values = read.raw(store, type.id, found) if found is not None else None
    for field in type.fields.values():
        if values is not None and field.type == "number" and values.get(field.id):
            return str(values[field.id])
    return text
