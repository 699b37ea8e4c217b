"""Merges: which record became part of which, and what was moved (`store.merges`)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import flag, id_, instant, integer, link, long, table, text
from kefu_admin.store.shapes import TableShape

MERGES: tuple[TableShape, ...] = (
    table(
        "kefu_merge",
        id_(),
        text("type", 64),
        integer("kept_id"),
        integer("gone_id"),
        text("number", 64),
        text("state", 16),
        long("taken"),
        link("asker_id", "kefu_user", required=False),
        text("asker", 128),
        integer("kept_version", required=False),
        integer("gone_version", required=False),
        integer("job_id", required=False),
        long("left", required=False),
        instant("created_at"),
        instant("finished_at", required=False),
        instant("undo_until", required=False),
        instant("undone_at", required=False),
        text("undone_by", 128, required=False),
        indexes=(("type", "gone_id"), ("type", "kept_id"), ("type", "number"), ("state",)),
    ),
    table(
        "kefu_merge_row",
        id_(),
        link("merge_id", "kefu_merge"),
        text("type", 64),
        text("field", 64),
        integer("record_id"),
        integer("version"),
        flag("both", 0),
        text("verdict", 16),
        unique=(("merge_id", "type", "field", "record_id"),),
        indexes=(("merge_id", "verdict", "id"),),
    ),
)
