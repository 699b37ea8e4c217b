"""`kefu_state`: the few facts about the database itself, one text per key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin.store.dialect import literal
from kefu_admin.store.faults import BusyBeforeCommit, ConstraintBroken

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def read_state(store: Store, key: str) -> str | None:
    """The text of a key, or None."""
    value: str | None = store.value('SELECT "value" FROM "kefu_state" WHERE "key" = ?', (key,))
    return value


def state_column(key: str) -> str:
    """The text of a key as a column of another statement."""
    return f'(SELECT "value" FROM "kefu_state" WHERE "key" = {literal(key)})'


def write_state(store: Store, key: str, value: str) -> None:
    """Sets the text of a key."""
    changed = store.execute('UPDATE "kefu_state" SET "value" = ? WHERE "key" = ?', (value, key))
    if not changed.rowcount:
        store.execute('INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)', (key, value))


def swap_state(store: Store, key: str, before: str | None, value: str) -> bool:
    """Sets the text of a key if it still is `before` (None: there is none), in the open
    transaction; False when somebody else has changed it.

    Raises:
        BusyBeforeCommit: somebody else has just set it for the first time; try the unit again.
    """
    if before is None:
        try:
            store.execute('INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)', (key, value))
        except ConstraintBroken as broken:
            raise BusyBeforeCommit from broken
        return True
    changed = store.execute(
        'UPDATE "kefu_state" SET "value" = ? WHERE "key" = ? AND "value" = ?', (value, key, before)
    )
    return bool(changed.rowcount)
