"""The audit book, its seals and the leases of background work (`store.audit`, `seal`, `lease`)."""

from __future__ import annotations

from kefu_admin.store.fixed.words import id_, instant, integer, long, table, text
from kefu_admin.store.shapes import TableShape

BOOKS: tuple[TableShape, ...] = (
    table(
        "kefu_audit",
        id_(),
        text("chain", 128),
        integer("seq"),
        text("previous", 64),
        instant("at"),
        integer("actor_id", required=False),
        text("actor", 128),
        text("source", 32),
        text("address", 64),
        text("session", 64),
        text("action", 64),
        text("type", 64),
        integer("record_id", required=False),
        integer("version", required=False),
        long("changes"),
        text("reason", 1000),
        text("operation", 64),
        text("definition", 64),
        text("digest", 64),
        integer("transaction_id", required=False),
        unique=(("chain", "seq"),),  # also finds a record's lines
        indexes=(("actor",),),  # every index is paid by every change: time goes by id
        partial=((("transaction_id",), '"transaction_id" IS NOT NULL'),),  # PostgreSQL's sealer
        append_only=True,
    ),
    table(
        "kefu_seal",
        id_(),
        integer("number"),
        instant("sealed_at"),
        long("ids"),
        integer("lines"),
        integer("last_id"),
        integer("horizon"),
        long("pending"),
        text("content", 64),
        text("head", 64),
        unique=(("number",),),
        indexes=(("sealed_at", "last_id"),),
        append_only=True,
    ),
    table(
        "kefu_lease",
        id_(),
        text("name", 64),
        text("owner", 128),
        integer("until_ms"),
        integer("fence"),
        unique=(("name",),),
    ),
)
