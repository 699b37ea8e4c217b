"""SQLite: pragmas and the kept text of CREATE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import quoted
from kefu_admin.store.faults import APPEND_ONLY_MARK
from kefu_admin.store.found import Found
from kefu_admin.store.found.default import constant
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_CHECK = re.compile(r'CONSTRAINT "([^"]+)" CHECK \("([^"]+)"')
_LENGTH = re.compile(r"^VARCHAR\((\d+)\)$")
_KINDS = {
    "BIGINT": ColumnKind.INTEGER,
    "INTEGER": ColumnKind.INTEGER,
    "SMALLINT": ColumnKind.BOOLEAN,
    "TEXT": ColumnKind.LONG_TEXT,
    "DATE": ColumnKind.DATE,
    "DATETIME": ColumnKind.INSTANT,
}


def read(store: Store) -> Found:
    """Every table but SQLite's own and those of virtual tables."""
    guards: dict[str, int] = {}
    for table, sql in store.rows("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"):
        guards[table] = guards.get(table, 0) + (APPEND_ONLY_MARK in sql)
    named = store.rows(
        "SELECT l.name, m.sql FROM pragma_table_list AS l"
        " JOIN sqlite_master AS m ON m.type = 'table' AND m.name = l.name"
        " WHERE l.type = 'table' AND l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return Found(tables={name: _table(store, name, sql, guards) for name, sql in named})


def table(store: Store, name: str) -> TableShape:
    """One table that is there."""
    sql = store.value("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return _table(store, name, sql, {})


def _table(store: Store, name: str, sql: str, guards: dict[str, int]) -> TableShape:
    checks = {column: constraint for constraint, column in _CHECK.findall(sql)}
    references = {row[3]: row[2] for row in store.rows(f"PRAGMA foreign_key_list({quoted(name)})")}
    columns = tuple(
        _column(row, checks, references) for row in store.rows(f"PRAGMA table_info({quoted(name)})")
    )
    return TableShape(
        name=name,
        columns=columns,
        indexes=tuple(_indexes(store, name)),
        append_only=guards.get(name, 0) >= 2,
    )


def _column(
    row: tuple[object, ...], checks: dict[str, str], references: dict[str, str]
) -> ColumnShape:
    _, name, declared, required, default, key = row
    name, declared = str(name), str(declared).upper()
    length = _LENGTH.match(declared)
    kind = ColumnKind.TEXT if length else _KINDS.get(declared, ColumnKind.LONG_TEXT)
    if key:
        kind = ColumnKind.ID
    return ColumnShape(
        name=name,
        kind=kind,
        length=int(length[1]) if length else 0,
        nullable=not required and not key,
        default=constant(None if default is None else str(default), kind),
        references=references.get(name, ""),
        check=checks.get(name, ""),
    )


def _indexes(store: Store, table: str) -> list[IndexShape]:
    shapes = []
    for _, name, unique, origin, partial in store.rows(f"PRAGMA index_list({quoted(table)})"):
        if origin != "c":
            continue
        columns = [row[2] for row in store.rows(f"PRAGMA index_info({quoted(name)})")]
        if None in columns:  # over an expression: not one of ours
            continue
        shapes.append(
            IndexShape(
                name=name,
                columns=tuple(columns),
                unique=bool(unique),
                where=name if partial else "",
            )
        )
    return shapes
