"""`kefu_state`: the few facts about the database itself, one text per key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def read_state(store: Store, key: str) -> str | None:
    """The text of a key, or None."""
    value: str | None = store.value('SELECT "value" FROM "kefu_state" WHERE "key" = ?', (key,))
    return value


def write_state(store: Store, key: str, value: str) -> None:
    """Sets the text of a key."""
    changed = store.execute('UPDATE "kefu_state" SET "value" = ? WHERE "key" = ?', (value, key))
    if not changed.rowcount:
        store.execute('INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)', (key, value))
