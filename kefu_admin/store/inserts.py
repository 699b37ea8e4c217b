"""Many rows into one table, by the quickest way each database has.

SQLite and MariaDB take statements with many VALUES, in few sizes so that few texts are prepared;
PostgreSQL takes larger numbers by COPY. Constraints, triggers and defaults hold in either way, and
everything happens in the open transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect, quoted

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

SIZES = (500, 50, 5, 1)  # rows per statement
COPIED = 50  # from so many rows on COPY beats VALUES

Row = Sequence[object]


def many(
    store: Store, table: str, columns: tuple[str, ...], rows: Sequence[Row], *, last: str = ""
) -> None:
    """Insert rows of driver values, in order.

    Args:
        columns: of the values; with `last` one more column follows them.
        last: SQL of the last column's value, the same for all rows of a transaction.

    Raises:
        ConstraintBroken: the database refused a row.
    """
    if store.dialect is Dialect.POSTGRESQL and len(rows) >= COPIED:
        own = (store.value(f"SELECT {last}"),) if last else ()
        names = ", ".join(map(quoted, columns))
        store.copy_in(
            f"COPY {quoted(table)} ({names}) FROM STDIN",
            [(*row, *own) for row in rows] if own else rows,
        )
        return
    start = 0
    while start < len(rows):
        size = next(size for size in SIZES if size <= len(rows) - start)
        part = rows[start : start + size]
        store.execute(_text(table, columns, size, last), [value for row in part for value in row])
        start += size


def with_ids(store: Store, table: str, columns: tuple[str, ...], rows: Sequence[Row]) -> list[int]:
    """Insert at most 500 rows into a table that gives ids; the ids in the order of the rows.

    PostgreSQL takes many as one JSON text: a COPY tells no ids, and as parameters of their own
    they cost it twenty times as much.

    Raises:
        ConstraintBroken: the database refused a row.
    """
    if len(rows) == 1:
        return [store.insert(_text(table, columns, 1, ""), rows[0])]
    if store.dialect is Dialect.POSTGRESQL and len(rows) >= COPIED:
        names = ", ".join(map(quoted, columns))
        given = [
            {name: value for name, value in zip(columns, row, strict=True) if value is not None}
            for row in rows
        ]
        found = store.rows(
            f"INSERT INTO {quoted(table)} ({names}) SELECT {names}"
            f' FROM json_populate_recordset(NULL::{quoted(table)}, CAST(? AS json)) RETURNING "id"',
            (_json(given),),
        )
    else:
        text = _text(table, columns, len(rows), "") + ' RETURNING "id"'
        found = store.rows(text, [value for row in rows for value in row])
    return sorted(int(row[0]) for row in found)  # they rise in the order the rows are written


def fill(store: Store, table: str, column: str, texts: Sequence[tuple[object, int]]) -> None:
    """Set a text column of rows just inserted, each to its own value: (text, id)."""
    if store.dialect is Dialect.POSTGRESQL and len(texts) >= COPIED:
        store.execute(
            f'UPDATE {quoted(table)} AS t SET {quoted(column)} = j."text" FROM'
            ' json_to_recordset(CAST(? AS json)) AS j("id" bigint, "text" text)'
            ' WHERE t."id" = j."id"',
            (_json([{"id": id, "text": text} for text, id in texts]),),
        )
        return
    store.execute_many(
        f'UPDATE {quoted(table)} SET {quoted(column)} = ? WHERE "id" = ?',
        texts,
    )


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


@lru_cache(maxsize=256)
def _text(table: str, columns: tuple[str, ...], size: int, last: str) -> str:
    marks = ["?"] * (len(columns) - bool(last)) + [last] * bool(last)
    names = ", ".join(map(quoted, columns))
    row = f"({', '.join(marks)})"
    return f"INSERT INTO {quoted(table)} ({names}) VALUES " + ", ".join([row] * size)
