"""Many rows into one table, by the quickest way each database has.

SQLite and MariaDB take statements with many VALUES, in few sizes so that few texts are prepared;
PostgreSQL takes larger numbers by COPY. Constraints, triggers and defaults hold in either way, and
everything happens in the open transaction.
"""

from __future__ import annotations

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


def ids_ahead(store: Store, table: str, count: int) -> list[int] | None:
    """As many ids for rows about to be inserted, rising; None where the insert has to tell them.
    PostgreSQL gives them ahead, since a COPY tells none, to a role that may ask for them."""
    if store.dialect is not Dialect.POSTGRESQL or count < COPIED:
        return None
    rows = store.rows(
        "SELECT nextval(CAST(s.name AS regclass))"
        " FROM (SELECT pg_get_serial_sequence(?, 'id') AS name) AS s, generate_series(1, ?)"
        " WHERE has_sequence_privilege(s.name, 'USAGE')",
        (quoted(table), count),
    )
    return sorted(int(row[0]) for row in rows) or None


def under_ids(
    store: Store, table: str, columns: tuple[str, ...], ids: Sequence[int], rows: Sequence[Row]
) -> None:
    """Insert rows under ids that were drawn before (`ids_ahead`), one for each.

    Raises:
        ConstraintBroken: the database refused a row.
    """
    named = [(id, *row) for id, row in zip(ids, rows, strict=True)]
    many(store, table, ("id", *columns), named)


def with_ids(store: Store, table: str, columns: tuple[str, ...], rows: Sequence[Row]) -> list[int]:
    """Insert at most 500 rows into a table that gives ids; the ids in the order of the rows.

    Raises:
        ConstraintBroken: the database refused a row.
    """
    if len(rows) == 1:
        return [store.insert(_text(table, columns, 1, ""), rows[0])]
    text = _text(table, columns, len(rows), "") + ' RETURNING "id"'
    found = store.rows(text, [value for row in rows for value in row])
    return sorted(int(row[0]) for row in found)  # they rise in the order the rows are written


def fill(store: Store, table: str, column: str, texts: Sequence[tuple[object, int]]) -> None:
    """Set a text column of rows just inserted, each to its own value: (text, id)."""
    store.execute_many(
        f'UPDATE {quoted(table)} SET {quoted(column)} = ? WHERE "id" = ?',
        texts,
    )


@lru_cache(maxsize=256)
def _text(table: str, columns: tuple[str, ...], size: int, last: str) -> str:
    marks = ["?"] * (len(columns) - bool(last)) + [last] * bool(last)
    names = ", ".join(map(quoted, columns))
    row = f"({', '.join(marks)})"
    return f"INSERT INTO {quoted(table)} ({names}) VALUES " + ", ".join([row] * size)
