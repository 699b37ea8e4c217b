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


@lru_cache(maxsize=64)
def _text(table: str, columns: tuple[str, ...], size: int, last: str) -> str:
    marks = ["?"] * (len(columns) - bool(last)) + [last] * bool(last)
    names = ", ".join(map(quoted, columns))
    row = f"({', '.join(marks)})"
    return f"INSERT INTO {quoted(table)} ({names}) VALUES " + ", ".join([row] * size)
