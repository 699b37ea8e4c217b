"""A type whose name was used before goes on numbering where the books left off.

History and the audit book outlive a dropped or renamed type; a record with the id of another would
continue the other's story.
"""

from __future__ import annotations

from kefu_admin.store.changeset import Action, CreateTable
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted

_BOOKS = ("kefu_audit", "kefu_history")


def go_on(store: Store, action: Action) -> None:
    """Sets the first id of a table just made (SQLite, PostgreSQL)."""
    last = _last_used(store, action)
    if not last:
        return
    assert isinstance(action, CreateTable)
    name = action.table.name
    if store.dialect is Dialect.SQLITE:
        store.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))
    else:
        store.execute(f'ALTER TABLE {quoted(name)} ALTER COLUMN "id" RESTART WITH {last + 1}')


def with_start(store: Store, action: CreateTable, statement: str) -> str:
    """MariaDB's CREATE with the first id in it: what is made by two statements may stay half."""
    last = _last_used(store, action)
    if not last or not statement.startswith("CREATE TABLE"):
        return statement
    return f"{statement} AUTO_INCREMENT={last + 1}"


def _last_used(store: Store, action: Action) -> int:
    if not isinstance(action, CreateTable) or action.table.name not in store.project.types:
        return 0
    there = set(store.database.get_tables())
    used = [
        store.value(f'SELECT MAX("record_id") FROM "{book}" WHERE "type" = ?', (action.table.name,))
        for book in _BOOKS
        if book in there
    ]
    return max((int(last) for last in used if last is not None), default=0)
