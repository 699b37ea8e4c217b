"""How long an apply will take and who waits for it, before it is begun (rule D18).

The seconds are those a million rows took on two cores (`bench schema`), so they say minutes from
seconds; `kefu plan --on-copy` measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kefu_admin.store.apply.sqlite import needs_rebuild
from kefu_admin.store.changeset import (
    Action,
    AddIndex,
    ChangeColumn,
    Convert,
    CreateTable,
    DropColumn,
    RenameTable,
    Rescale,
    Step,
)
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.found import Found

LEAST_ROWS = 10_000  # fewer take no time worth a line
_CARRIED = {Dialect.SQLITE: 12e-6, Dialect.POSTGRESQL: 24e-6, Dialect.MARIADB: 20e-6}
_REMADE = {Dialect.SQLITE: 7e-6, Dialect.POSTGRESQL: 1.5e-6, Dialect.MARIADB: 16e-6}
_INDEXED = 1.5e-6


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an apply asks of those who work with a table of that many rows.

    Attributes:
        beside: seconds of work while they go on reading and writing.
        locked: seconds in which nobody can save.
    """

    table: str
    rows: int
    beside: float
    locked: float


def outlook(store: Store, steps: Sequence[Step], there: Found) -> tuple[Outlook, ...]:
    """One for each table whose many rows are gone through."""
    old = {s.action.new: s.action.old for s in steps if isinstance(s.action, RenameTable)}
    of: dict[str, list[Action]] = {}
    for step in steps:
        if not isinstance(step.action, (CreateTable, RenameTable)):
            of.setdefault(str(getattr(step.action, "table", "")), []).append(step.action)
    foreseen = []
    for table, actions in of.items():
        found_as = old.get(table, table)
        beside, locked = _seconds(store.dialect, actions)
        if found_as in there.tables and beside + locked:
            rows = int(store.value(f"SELECT COUNT(*) FROM {quoted(found_as)}"))
            if rows >= LEAST_ROWS:
                foreseen.append(Outlook(table, rows, beside * rows, locked * rows))
    return tuple(foreseen)


def _seconds(dialect: Dialect, actions: Sequence[Action]) -> tuple[float, float]:
    """Seconds a row beside the people at work, and with nobody writing."""
    beside = _CARRIED[dialect] if any(isinstance(each, Convert) for each in actions) else 0.0
    locked = _REMADE[dialect] if any(_remakes(dialect, each) for each in actions) else 0.0
    indexes = _INDEXED * sum(isinstance(each, AddIndex) for each in actions)
    if dialect is Dialect.SQLITE:
        return beside, locked + indexes
    return beside + indexes, locked


def _remakes(dialect: Dialect, action: Action) -> bool:
    """Whether the table, or its whole column, is written or read through in the switch."""
    if dialect is Dialect.SQLITE:
        return needs_rebuild(action)
    if dialect is Dialect.POSTGRESQL:
        return isinstance(action, (Convert, Rescale))
    return isinstance(action, (Convert, ChangeColumn, Rescale, DropColumn))
