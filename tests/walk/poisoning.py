"""A desk in which everything somebody may have typed is an attack on who reads it."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.operations import bulk, imports, records
from kefu_admin.operations.reading import ListRequest
from tests.walk.ground import World, actor_of

PAYLOADS = (
    "<xss-{n} onload=alert(1)>",
    "\"'><xss-{n}><svg/onload=alert(1)>",
    "</textarea></title></script><xss-{n}><script>alert(1)</script>",
    "'-alert(1)-'<xss-{n}",
    "{{{{7*7}}}}${{{{7*7}}}}%(x)s<xss-{n}><img src=x onerror=alert(1)>",
    "javascript:alert(1)//<xss-{n}>",
)
TEXTS = ("text", "long_text", "address", "tags")
NAMED = {  # what has a name of its own, and which payload it becomes
    "kefu_user": ("name", 1),
    "kefu_department": ("name", 0),
    "kefu_token": ("name", 4),
    "kefu_attachment": ("name", 1),
}


def poison(world: World) -> int:
    """Attack with every text of every row, with names, files, reasons; returns how many texts."""
    founder, store = actor_of(world.ground, "founder"), world.desk.store
    with store.connection():
        number = _rows(world, founder)
        _imported(world, founder)
        _batch(world, founder)
        _kept(world)
        for table, (column, payload) in NAMED.items():
            text = PAYLOADS[payload].format(n=table.replace("_", ""))
            assert store.execute(f'UPDATE "{table}" SET "{column}" = ?', (text,)).rowcount, table
    return number


def _rows(world: World, founder: Actor) -> int:
    """Every text wide enough to hold one, through the change every face makes."""
    number, ground = 0, world.ground
    for key, row in ground.rows.items():
        if row.get("parent"):
            continue
        values: dict[str, Any] = {}
        for field in world.desk.project.types[row["type"]].fields.values():
            if field.type in TEXTS and not field.pattern and (field.max_length or 99) >= 60:
                number += 1
                text = PAYLOADS[number % len(PAYLOADS)].format(n=number)[: field.max_length]
                values[field.id] = [text.replace(",", ".")] if field.type == "tags" else text
        if values:
            done = records.change(
                world.desk, row["type"], ground.ids[key], ground.versions[key], values,
                actor=founder, now=clock.now(),
            )  # fmt: skip
            ground.versions[key] = done.version
    return number


def _imported(world: World, founder: Actor) -> None:
    """A file whose name, heads and lines attack; its columns are not mapped yet."""
    head, cell, name = (PAYLOADS[n].format(n=f"import{n}") for n in (0, 1, 4))
    lines = StringIO(newline="")
    csv.writer(lines).writerows([["名称", head], [cell, cell]])
    file = BytesIO(lines.getvalue().encode())
    world.ground.imported = imports.take(
        world.desk,
        "customer",
        f"{name}.csv",
        file,
        most_bytes=9_000,
        actor=founder,
        now=clock.now(),
    )


def _batch(world: World, founder: Actor) -> None:
    """A preview with a reason that attacks."""
    ids = tuple(world.ground.ids[key] for key in world.ground.keys("customer"))
    asked, reason = {"owner": world.ground.people["amy"]}, PAYLOADS[1].format(n="reason")
    request = ListRequest(type="customer", ids=ids)
    now = clock.now()
    batch = bulk.preview(
        world.desk, "reassign_customers", request, asked, reason=reason, actor=founder, now=now
    )
    digest = bulk.get(world.desk, batch, actor=founder, now=now).batch.selection
    world.ground.batch = (batch, digest)


def _kept(world: World) -> None:
    """A label of a choice kept in rows."""
    client = world.client("sue")
    label = PAYLOADS[4].format(n="label")
    sent = {"_csrf": client.csrf, "key": "poison-0123456789ab", "code": "evil", "zh": label}
    assert client.post("/values/choices.source/new", data=sent).status_code == 303
