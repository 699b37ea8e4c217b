"""Views people keep and how they like their lists (`store.views`)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import id_, instant, integer, link, long, table, text
from kefu_admin.store.shapes import TableShape

VIEWS: tuple[TableShape, ...] = (
    table(
        "kefu_view",
        id_(),
        integer("version", default=1),
        text("type", 64),
        text("name", 64),
        link("owner_id", "kefu_user"),
        text("shared", 16),
        text("role", 64, required=False),
        long("body"),
        instant("created_at"),
        instant("updated_at"),
        indexes=(("owner_id",), ("shared",)),
    ),
    table(
        "kefu_taste",
        id_(),
        integer("version", default=1),
        link("user_id", "kefu_user"),
        long("body"),
        instant("updated_at"),
        unique=(("user_id",),),
    ),
)
