"""Work done later (`store.jobs`), and what is told to the world outside (`store.deliveries`).

`due_ms` is when somebody may next take the row, by the database's clock: a waiting job's start, a
running job's lease, NULL for what nobody takes any more. So one index finds all there is to do.
"""

from __future__ import annotations

from kefu_admin.store.fixed.words import id_, instant, integer, long, table, text
from kefu_admin.store.shapes import TableShape

JOBS: tuple[TableShape, ...] = (
    table(
        "kefu_job",
        id_(),
        text("kind", 64),
        integer("payload_version"),
        long("payload"),
        text("state", 16),
        integer("due_ms", required=False),
        text("owner", 128, required=False),
        integer("fence", default=0),
        integer("tries", default=0),
        long("cursor", required=False),
        integer("done", default=0),
        integer("total", required=False),
        long("fault", required=False),
        long("result", required=False),
        integer("asked_by", required=False),
        text("actor", 128),
        text("source", 32),
        text("address", 64),
        text("session", 64),
        long("scopes", required=False),
        instant("asked_at"),
        instant("finished_at", required=False),
        text("schedule", 64, required=False),
        instant("due_at", required=False),
        unique=(("schedule", "due_at"),),
        indexes=(("due_ms",), ("asked_by", "id"), ("state", "finished_at")),
    ),
    table(
        "kefu_delivery",
        id_(),
        integer("event_id"),
        text("event", 64),
        text("type", 64),
        integer("record_id"),
        integer("version"),
        instant("at"),
        text("receiver", 64),
        text("state", 16),
        integer("due_ms", required=False),
        integer("begun_ms"),
        integer("fence", default=0),
        integer("tries", default=0),
        long("fault", required=False),
        instant("ended_at", required=False),
        unique=(("receiver", "event_id"),),
        indexes=(
            ("due_ms",),
            ("receiver", "type", "record_id", "event_id"),
            ("state", "ended_at"),
            ("type", "record_id"),
        ),
    ),
)
