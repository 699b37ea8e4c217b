"""Sets columns of rows by id, in as few statements as each database allows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.shapes import ColumnKind

Rows = Sequence[tuple[object, ...]]  # the id, then what the driver takes for each column


def write(store: Store, table: str, kinds: Mapping[str, ColumnKind], rows: Rows) -> None:
    """Sets the columns `kinds` names, in their order."""
    if not rows:
        return
    setting = _statement(store.dialect, table, kinds)
    if store.dialect is Dialect.MARIADB:
        lines = [(row[0], *map(_json, row[1:])) for row in rows]
        store.execute(setting, (json.dumps(lines, ensure_ascii=False),))
    elif store.dialect is Dialect.POSTGRESQL:
        ids, *columns = zip(*rows, strict=True)
        store.execute(setting, (list(ids), *(list(map(_text, each)) for each in columns)))
    else:
        store.execute_many(setting, [(*row[1:], row[0]) for row in rows])


_CASTS = {
    ColumnKind.INTEGER: "bigint",
    ColumnKind.BOOLEAN: "smallint",
    ColumnKind.DATE: "date",
    ColumnKind.INSTANT: "timestamp",
}


def _statement(dialect: Dialect, table: str, kinds: Mapping[str, ColumnKind]) -> str:
    names = tuple(kinds)
    if dialect is Dialect.SQLITE:
        settings = ", ".join(f"{quoted(name)} = ?" for name in names)
        return f'UPDATE {quoted(table)} SET {settings} WHERE "id" = ?'
    if dialect is Dialect.POSTGRESQL:
        arrays = ", ".join("CAST(? AS text[])" for _ in names)
        given = ", ".join(f"v{at}" for at in range(len(names)))
        settings = ", ".join(
            f"{quoted(name)} = CAST(v.v{at} AS {_CASTS.get(kinds[name], 'text')})"
            for at, name in enumerate(names)
        )
        return (
            f"UPDATE {quoted(table)} AS t SET {settings} FROM"
            f' unnest(CAST(? AS bigint[]), {arrays}) AS v(id, {given}) WHERE t."id" = v.id'
        )
    columns = ", ".join(f"v{at} LONGTEXT PATH '$[{at + 1}]'" for at in range(len(names)))
    settings = ", ".join(f"t.{quoted(name)} = v.v{at}" for at, name in enumerate(names))
    return (
        f"UPDATE {quoted(table)} AS t JOIN JSON_TABLE(?, '$[*]' COLUMNS"
        f" (id BIGINT PATH '$[0]', {columns})) AS v ON t.\"id\" = v.id SET {settings}"
    )


def _json(value: object) -> object:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
