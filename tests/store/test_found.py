"""What is found is what was wanted, for every type of field, on three databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.condition import Compare, Literal, Not, Op, Path
from kefu_admin.definitions.content_type import Unique
from kefu_admin.definitions.fields import Rollup, RollupFunction
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.found import found
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import TableShape
from tests.databases import NOW
from tests.factories import REQUIRED, choice, content_type, field, project

OPEN = Compare(Path(("state",)), Op.IN, Literal(("new", "open")))
EVERY_FIELD = project(
    content_type("customer", field("name", required=REQUIRED, unique=True, max_length=40)),
    content_type(
        "ticket",
        field("subject", required=REQUIRED, default="it's new"),
        field("body", "long_text"),
        field("points", "integer", required=REQUIRED, min=-5, max=10, default=-1),
        field("weight", "decimal", scale=3, min=Decimal("0.5")),
        field("price", "money", scale=2),
        field("urgent", "boolean", required=REQUIRED, default=False),
        field("due", "date"),
        field("called", "datetime"),
        field("opens", "time"),
        field("lasts", "duration"),
        choice("state", "new", "open", "closed", required=REQUIRED, default="new"),
        field("channels", "multi_choice"),
        field("tags", "tags"),
        field("phone", "phone"),
        field("id_number", "id_number", encrypted=True, unique=True),
        field("email", "email"),
        field("url", "url", max_length=500),
        field("region", "region"),
        field("address", "address"),
        field("owner", "person"),
        field("department", "department"),
        field("customer", "reference", to="customer", required=REQUIRED),
        field("related", "references", to="ticket"),
        field("files", "attachments"),
        field("code", "number", series="ticket"),
        field("percent", "computed", result="decimal", scale=1),
        field(
            "tickets",
            "rollup",
            result="integer",
            rollup=Rollup(of="ticket", by="customer", function=RollupFunction.COUNT),
        ),
        unique=(Unique(fields=("customer", "subject"), where=OPEN),),
        indexes=(("due", "state"),),
        department="department",
    ),
)


@pytest.mark.parametrize("table", ["ticket", "ticket__related", "kefu_audit", "kefu_user"])
def test_what_is_found_is_what_was_wanted(open_store, table):
    store = open_store(EVERY_FIELD)

    there = found(store).tables[table]

    assert _hashed(there, lambda name: name[-8:]) == _hashed(store.layout[table], digest)


def _hashed(table: TableShape, hashed: Callable[[str], str]) -> TableShape:
    """The shape without what no database knows, texts of conditions as their hashes."""
    return replace(
        table,
        label="",
        columns=tuple(
            replace(each, form="", check=each.check and hashed(each.check))
            for each in table.columns
        ),
        indexes=tuple(
            sorted(
                (replace(each, where=each.where and hashed(each.where)) for each in table.indexes),
                key=lambda index: index.name,
            )
        ),
    )


@pytest.mark.parametrize(
    "where",
    [
        Compare(Path(("due",)), Op.GE, Literal(date(2026, 1, 2))),
        Compare(Path(("called",)), Op.LT, Literal(datetime(2026, 1, 2, 3, tzinfo=UTC))),
        Compare(Path(("price",)), Op.BETWEEN, Literal((Decimal("0.50"), Decimal(9)))),
        Compare(Path(("urgent",)), Op.NE, Literal(True)),
        Not(Compare(Path(("subject",)), Op.IN, Literal(("it's", "甲")))),
    ],
    ids=["date", "instant", "money", "boolean", "text"],
)
def test_partial_conditions_are_laid_on_every_database(open_bare, where):
    table = content_type(
        "ticket",
        field("subject"),
        field("due", "date"),
        field("called", "datetime"),
        field("price", "money", scale=2),
        field("urgent", "boolean"),
        unique=(Unique(fields=("subject",), where=where),),
    )
    store = open_bare(project(table))

    apply(store, plan(store), actor=system_actor("tests"), now=NOW)

    assert plan(store).is_empty
