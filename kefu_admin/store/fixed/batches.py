"""Bulk changes: what was asked of which records, and what came of each (`store.batches`)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import id_, instant, integer, link, long, table, text
from kefu_admin.store.shapes import TableShape

BATCHES: tuple[TableShape, ...] = (
    table(
        "kefu_batch",
        id_(),
        text("type", 64),
        text("action", 64),
        text("deed", 16),
        text("state", 16),
        link("asker_id", "kefu_user", required=False),
        text("asker", 128),
        long("asked"),
        long("filter"),
        text("reason", 1000),
        integer("total", default=0),
        integer("settled", default=0),
        text("selection", 64),
        text("digest", 64),
        text("definition", 64),
        integer("of_batch", required=False),
        integer("job_id", required=False),
        instant("created_at"),
        instant("started_at", required=False),
        instant("finished_at", required=False),
        instant("undo_until", required=False),
        indexes=(("asker_id", "id"), ("of_batch",), ("state", "created_at")),
    ),
    table(
        "kefu_batch_row",
        id_(),
        link("batch_id", "kefu_batch"),
        integer("record_id"),
        integer("version"),
        text("verdict", 16),
        long("reason", required=False),
        integer("version_after", required=False),
        text("digest", 64, required=False),
        integer("target_id", required=False),
        unique=(("batch_id", "record_id"),),
        indexes=(("batch_id", "verdict", "record_id"), ("batch_id", "target_id")),
    ),
    table(
        "kefu_import",
        id_(),
        link("batch_id", "kefu_batch"),
        text("file", 255),
        text("sha256", 64),
        text("encoding", 16),
        integer("first_line"),
        long("heads"),
        long("mapping"),
        text("key_field", 64),
        unique=(("batch_id",),),
    ),
    table(
        "kefu_import_row",
        id_(),
        link("batch_id", "kefu_batch"),
        integer("line"),
        long("cells"),
        unique=(("batch_id", "line"),),
    ),
)
