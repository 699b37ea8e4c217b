"""What is applied, and every config that ever was (`store.apply`, `store.readiness`)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import flag, id_, instant, integer, long, table, text
from kefu_admin.store.shapes import TableShape

CONFIGURED: tuple[TableShape, ...] = (
    table(
        "kefu_apply_step",
        id_(),
        text("plan", 64),
        long("step"),
        instant("started_at"),
        instant("finished_at", required=False),
        indexes=(("plan",),),
    ),
    table(
        "kefu_backfill",
        id_(),
        text("table_name", 64),
        text("column_name", 64),
        text("target", 64),
        text("rule", 64),
        text("form", 64),
        integer("mark"),
        integer("last_id"),
        integer("rows_done"),
        flag("is_full", 0),
        instant("started_at"),
        unique=(("table_name", "target"),),
    ),
    table(
        "kefu_state",
        id_(),
        text("key", 64),
        long("value"),
        unique=(("key",),),
    ),
    table(
        "kefu_definition",
        id_(),
        text("fingerprint", 64),
        long("text"),
        instant("activated_at"),
        text("activated_by", 128),
        indexes=(("fingerprint",),),
        append_only=True,
    ),
)
