"""PostgreSQL: the catalogue of the current schema, read in five queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kefu_admin.store.found import Found
from kefu_admin.store.found.default import constant
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_HERE = "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_COLUMNS = f"""
    SELECT c.relname, a.attname, t.typname, a.atttypmod, a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid),
           EXISTS (SELECT 1 FROM pg_index AS p WHERE p.indrelid = c.oid AND p.indisprimary
                   AND a.attnum = ANY (p.indkey))
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND {_HERE}
    ORDER BY c.relname, a.attnum"""
_CONSTRAINTS = f"""
    SELECT k.contype::text, k.conname, c.relname, a.attname, r.relname
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    LEFT JOIN pg_class AS r ON r.oid = k.confrelid
    WHERE k.contype IN ('f', 'c') AND cardinality(k.conkey) = 1 AND {_HERE}
      AND (k.contype = 'f' OR k.convalidated)"""
_INDEXES = f"""
    SELECT c.relname, i.relname, x.indisunique, x.indpred IS NOT NULL,
           ARRAY(SELECT COALESCE(a.attname::text, '')
                 FROM unnest(x.indkey) WITH ORDINALITY AS u(n, o)
                 LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.n ORDER BY u.o)
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE NOT x.indisprimary AND x.indisvalid AND {_HERE}"""
_GUARDS = f"""
    SELECT DISTINCT c.relname FROM pg_trigger AS g
    JOIN pg_class AS c ON c.oid = g.tgrelid
    JOIN pg_proc AS p ON p.oid = g.tgfoid
    WHERE p.proname = 'kefu_append_only' AND g.tgenabled <> 'D' AND (g.tgtype & 24) = 24
      AND {_HERE}"""
_KINDS = {
    "int8": ColumnKind.INTEGER,
    "int2": ColumnKind.BOOLEAN,
    "varchar": ColumnKind.TEXT,
    "text": ColumnKind.LONG_TEXT,
    "date": ColumnKind.DATE,
    "timestamp": ColumnKind.INSTANT,
}


def read(store: Store) -> Found:
    """Every table of the current schema."""
    checks: dict[tuple[str, str], str] = {}
    targets: dict[tuple[str, str], str] = {}
    references: dict[tuple[str, str], str] = {}
    for type_, name, table, column, target in store.rows(_CONSTRAINTS):
        if type_ == "f":
            targets[table, column] = target
            references[table, column] = name
        elif name.startswith("ck_"):
            checks[table, column] = name
    columns: dict[str, list[ColumnShape]] = defaultdict(list)
    for table, name, type_, modifier, required, default, key in store.rows(_COLUMNS):
        kind = ColumnKind.ID if key else _KINDS.get(type_, ColumnKind.LONG_TEXT)
        columns[table].append(
            ColumnShape(
                name=name,
                kind=kind,
                length=modifier - 4 if kind is ColumnKind.TEXT else 0,
                nullable=not required,
                default=constant(default, kind),
                references=targets.get((table, name), ""),
                check=checks.get((table, name), ""),
            )
        )
    indexes: dict[str, list[IndexShape]] = defaultdict(list)
    for table, name, unique, partial, names in store.rows(_INDEXES):
        if "" not in names:  # over an expression: not one of ours
            indexes[table].append(
                IndexShape(
                    name=name, columns=tuple(names), unique=unique, where=name if partial else ""
                )
            )
    guarded = {row[0] for row in store.rows(_GUARDS)}
    return Found(
        tables={
            name: TableShape(
                name=name,
                columns=tuple(shapes),
                indexes=tuple(indexes[name]),
                append_only=name in guarded,
            )
            for name, shapes in columns.items()
        },
        references=references,
    )
