"""Makes the database what the project wants, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import add_reference, create_table
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import TableShape


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[TableShape, ...]

    @property
    def is_empty(self) -> bool:
        return not self.steps


def plan(store: Store) -> Plan:
    """What has to be done."""
    there = _tables(store)
    return Plan(tuple(table for name, table in store.layout.items() if name not in there))


def apply(
    store: Store,
    plan: Plan,
    *,
    actor: Actor,
    now: datetime,
    consent: frozenset[str] = frozenset(),
) -> None:
    """Does it."""
    if store.dialect is Dialect.MARIADB:
        store.execute("SET SESSION foreign_key_checks = 0")
        _create(store, plan)
        store.execute("SET SESSION foreign_key_checks = 1")
    else:
        with store.transaction():
            _create(store, plan)


def _create(store: Store, plan: Plan) -> None:
    for table in plan.steps:
        for statement in create_table(table, store.dialect):
            store.execute(statement)
    if store.dialect is Dialect.POSTGRESQL:
        for table in plan.steps:
            for column in table.columns:
                if column.references:
                    store.execute(add_reference(table.name, column))


def _tables(store: Store) -> set[str]:
    sql = {
        Dialect.SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table'",
        Dialect.POSTGRESQL: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        Dialect.MARIADB: "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    }[store.dialect]
    return {row[0] for row in store.rows(sql)}
