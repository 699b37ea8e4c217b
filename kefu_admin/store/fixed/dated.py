"""Values kept in rows (`store.dated`), each within its dates."""

from __future__ import annotations

from kefu_admin.store.fixed.words import day, flag, id_, instant, integer, long, table, text
from kefu_admin.store.shapes import TableShape

DATED: tuple[TableShape, ...] = (
    table(
        "kefu_dated_value",
        id_(),
        integer("version", default=1),
        text("definition", 128),
        text("key", 64),
        day("from_on"),  # 1000-01-01: open
        day("until_on", required=False),
        integer("position", default=0),
        long("parts"),
        flag("edited", 0),
        instant("changed_at"),
        text("changed_by", 128),
        unique=(("definition", "key", "from_on"),),
    ),
)
