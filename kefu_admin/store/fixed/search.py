"""Which number stands for a type in the search index (`store.search`, which makes the index)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import id_, table, text
from kefu_admin.store.shapes import TableShape

SEARCH: tuple[TableShape, ...] = (
    table("kefu_search_type", id_(), text("type", 64), unique=(("type",),)),
)
