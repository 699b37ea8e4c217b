"""MariaDB: information_schema of the current database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import quoted
from kefu_admin.store.faults import APPEND_ONLY_MARK
from kefu_admin.store.found import Found
from kefu_admin.store.found.default import constant
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type, c.character_maximum_length, c.is_nullable,
           c.column_default, c.extra
    FROM information_schema.columns AS c
    JOIN information_schema.tables AS t
      ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
    ORDER BY c.table_name, c.ordinal_position"""
_CHECKS = """
    SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints
    WHERE constraint_schema = DATABASE()"""
_REFERENCES = """
    SELECT table_name, column_name, referenced_table_name, constraint_name
    FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL"""
_INDEXES = """
    SELECT table_name, index_name, non_unique, column_name FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY'
    ORDER BY table_name, index_name, seq_in_index"""
_TRIGGERS = """
    SELECT event_object_table, action_statement FROM information_schema.triggers
    WHERE event_object_schema = DATABASE()"""
_CHECKED = re.compile(r'^[(`"]+([^`"]+)[`"]')
_CHANGING = {"UPDATE", "DELETE"}
_WRITTEN_CHECK = re.compile(r'CONSTRAINT [`"]([^`"]+)[`"] CHECK \([(`"]*([^`"]+)[`"]')
_KINDS = {
    "bigint": ColumnKind.INTEGER,
    "smallint": ColumnKind.BOOLEAN,
    "varchar": ColumnKind.TEXT,
    "mediumtext": ColumnKind.LONG_TEXT,
    "date": ColumnKind.DATE,
    "datetime": ColumnKind.INSTANT,
}


def read(store: Store) -> Found:
    """Every base table of the current database; generated columns stand for partial indexes."""
    checks: dict[tuple[str, str], str] = {}
    for table, name, clause in store.rows(_CHECKS):
        column = _CHECKED.match(clause)
        if column and name.startswith("ck_"):
            checks[table, column[1]] = name
    targets: dict[tuple[str, str], str] = {}
    references: dict[tuple[str, str], str] = {}
    for table, column_name, target, name in store.rows(_REFERENCES):
        targets[table, column_name] = target
        references[table, column_name] = name
    columns: dict[str, list[ColumnShape]] = defaultdict(list)
    generated: set[tuple[str, str]] = set()
    for table, name, type_, length, nullable, default, extra in store.rows(_COLUMNS):
        if "GENERATED" in extra:
            generated.add((table, name))
            continue
        kind = _KINDS.get(type_, ColumnKind.LONG_TEXT)
        if "auto_increment" in extra:
            kind = ColumnKind.ID
        columns[table].append(
            ColumnShape(
                name=name,
                kind=kind,
                length=int(length) if kind is ColumnKind.TEXT else 0,
                nullable=nullable == "YES",
                default=constant(default, kind),
                references=targets.get((table, name), ""),
                check=checks.get((table, name), ""),
            )
        )
    guards: dict[str, int] = defaultdict(int)
    for table, statement in store.rows(_TRIGGERS):
        guards[table] += APPEND_ONLY_MARK in (statement or "")
    rights = _rights(store) if not checks else {}
    if rights:  # a role of single tables is told neither of checks nor of triggers
        columns = _checked(columns, dict(_read_checks(store, columns)))
        guards.update({table: 2 for table in columns if not rights.get(table, set()) & _CHANGING})
    indexes = _indexes(store, generated)
    return Found(
        tables={
            name: TableShape(
                name=name,
                columns=tuple(shapes),
                indexes=tuple(indexes.get(name, ())),
                append_only=guards[name] >= 2,
            )
            for name, shapes in columns.items()
        },
        references=references,
    )


def _indexes(store: Store, generated: set[tuple[str, str]]) -> dict[str, list[IndexShape]]:
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    unique: dict[tuple[str, str], bool] = {}
    for table, name, non_unique, column in store.rows(_INDEXES):
        keys[table, name].append(column)
        unique[table, name] = not non_unique
    shapes: dict[str, list[IndexShape]] = defaultdict(list)
    for (table, name), names in keys.items():
        own = tuple(column for column in names if (table, column) not in generated)
        shapes[table].append(
            IndexShape(
                name=name,
                columns=own,
                unique=unique[table, name],
                where=name if len(own) < len(names) else "",
            )
        )
    return shapes


def _read_checks(store: Store, tables: Iterable[str]) -> Iterator[tuple[tuple[str, str], str]]:
    """((table, column), constraint) from the text of CREATE, shown to whoever reads a table."""
    for table in tables:
        row = store.row(f"SHOW CREATE TABLE {quoted(table)}")
        for name, column in _WRITTEN_CHECK.findall(str(row[1]) if row else ""):
            if name.startswith("ck_"):
                yield (table, column), name


def _checked(
    columns: Mapping[str, list[ColumnShape]], checks: Mapping[tuple[str, str], str]
) -> dict[str, list[ColumnShape]]:
    return {
        table: [replace(each, check=checks.get((table, each.name), "")) for each in own]
        for table, own in columns.items()
    }


def _rights(store: Store) -> dict[str, set[str]]:
    """What this role was granted table by table. A table it may not change is append-only for it,
    whatever triggers the table has."""
    user, _, host = str(store.value("SELECT CURRENT_USER()")).rpartition("@")
    rights: dict[str, set[str]] = defaultdict(set)
    for table, right in store.rows(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges"
        " WHERE grantee = ? AND table_schema = DATABASE()",
        (f"'{user}'@'{host}'",),
    ):
        rights[table].add(right)
    return rights
