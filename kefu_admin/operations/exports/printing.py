"""One record on paper: what its reader sees of it and may take along, after one audit line.

Paper leaves the desk like a file, so the rules of exports hold: action and field right `export`,
one line in the audit book. Unlike in a file of many, personal values stand there as he sees them in
the record: masked where they are masked for him, in full where he sees them in full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Forbidden
from kefu_admin.store import audit
from kefu_admin.store.query import Row

FORM = "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A record with only the values that may leave; `left_out` counts those that may not."""

    row: Row
    left_out: int


def print_out(desk: Desk, type_id: str, record_id: int, *, actor: Actor, now: datetime) -> Printed:
    """The record for paper. The audit line is kept before anything is shown.

    Raises:
        NotFound: there is none, or none for him.
        Forbidden: he may take nothing of it along.
    """
    row = reading.get(desk, type_id, record_id, actor=actor, now=now)
    if Action.EXPORT.value not in row.actions:
        raise Forbidden
    leaving = reading.leaving_fields(desk, actor, now=now)
    shown = _leaving(row, leaving)
    line = audit.Line(
        actor=actor,
        action="export",
        at=now,
        type=type_id,
        record_id=record_id,
        after={"form": FORM, "count": 1, "columns": list(shown.values)},
        operation="exports.print",
    )

    def keep() -> None:
        with desk.store.transaction():
            audit.write(desk.store, line)

    desk.store.retrying(keep)
    return Printed(row=shown, left_out=len(row.values) - len(shown.values))


def _leaving(row: Row, leaving: reading.Leaving) -> Row:
    """The row, and the rows it owns, with what may leave."""
    values = {name: _value(value, leaving) for name, value in row.values.items()}
    return replace(row, values={n: v for n, v in values.items() if leaving(row.type, n)})


def _value(value: object, leaving: reading.Leaving) -> object:
    if isinstance(value, tuple) and any(isinstance(one, Row) for one in value):
        return tuple(_leaving(one, leaving) for one in value if isinstance(one, Row))
    return value
