"""Helpers for tests of the audit book: lines to write, and a way past the triggers to tamper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from threading import Event

from kefu_admin.actor import Actor
from kefu_admin.store import audit
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import append_only_triggers
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.seal import seal

NOW = datetime(2026, 11, 21, 2, 0, 0, 123456, tzinfo=UTC)
ACTOR = Actor(user_id=7, login="li", name="李", roles=frozenset(), address="10.0.0.9", session="s1")
_numbers = count(1)


def from_one(store: Store) -> Store:
    """The store with ids of lines starting at 1, whatever an earlier test rolled back."""
    if store.dialect is Dialect.POSTGRESQL:
        store.execute('ALTER TABLE "kefu_audit" ALTER COLUMN "id" RESTART')
    elif store.dialect is Dialect.MARIADB:
        store.execute('ALTER TABLE "kefu_audit" AUTO_INCREMENT = 1')
    return store


def line(record_id: int | None = 1, version: int | None = 1, **options: object) -> audit.Line:
    """A line of a customer's chain; without a record, of the actor's session."""
    given: dict[str, object] = {
        "actor": ACTOR,
        "action": "update",
        "type": "customer",
        "record_id": record_id,
        "version": version,
        "before": {"name": "甲"},
        "after": {"name": "乙", "phone": "138****5678"},
        "operation": "records.change",
        "at": NOW,
    }
    return audit.Line(**{**given, **options})  # type: ignore[arg-type]  # overrides by name


def write(store: Store, *lines: audit.Line) -> None:
    """The lines in one transaction."""
    with store.transaction():
        audit.append(store, lines)


def versions(store: Store, record_id: int, last: int) -> None:
    """A record's lines 1..last, each in a transaction of its own."""
    for version in range(1, last + 1):
        write(store, line(record_id, version))


def seal_all(store: Store) -> int:
    """Seal until nothing committed is left: other tests' transactions on the same PostgreSQL may
    hold the horizon back for a moment."""
    total = 0
    while store.value('SELECT COUNT(*) FROM "kefu_audit"') > store.value(
        'SELECT COALESCE(SUM("lines"), 0) FROM "kefu_seal"'
    ):
        made = seal(store, owner="test", now=NOW)
        total += made
        if not made:
            Event().wait(0.01)  # for somebody else's transaction to end
    return total


@contextmanager
def unguarded(store: Store, *tables: str) -> Iterator[None]:
    """Without the append-only triggers, as somebody who owns the database can do it."""
    names = tables or ("kefu_audit", "kefu_seal")
    if store.dialect is Dialect.POSTGRESQL:
        store.execute("SET session_replication_role = replica")
        yield
        store.execute("SET session_replication_role = DEFAULT")
        return
    for trigger in _triggers(store, names):
        store.execute(f'DROP TRIGGER "{trigger}"')
    yield
    for name in names:
        for statement in append_only_triggers(name, store.dialect):
            store.execute(statement)


def _triggers(store: Store, tables: tuple[str, ...]) -> list[str]:
    marks = ", ".join("?" * len(tables))
    if store.dialect is Dialect.SQLITE:
        sql = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})"
    else:
        sql = (
            "SELECT trigger_name FROM information_schema.triggers"
            f" WHERE trigger_schema = DATABASE() AND event_object_table IN ({marks})"
        )
    return [str(name) for (name,) in store.rows(sql, tables)]
