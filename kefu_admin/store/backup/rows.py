"""The rows of a table as lines of canonical JSON: equal rows are equal bytes on every database.

A line is an array in the order of the columns; dates and instants are text with microseconds. Lines
are read along the table's key in portions and written set-wise. The SHA-256 over a table's lines is
its checksum.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from kefu_admin.store.backup.shapes import key_columns, row_columns
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.shapes import ColumnKind, TableShape

PORTION = 5000
_INSTANT_LENGTH = 26
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


@dataclass(slots=True)
class Sum:
    """How many rows, and the digest over their lines."""

    rows: int = 0
    sha256: str = ""


def portions(store: Store, shape: TableShape, total: Sum) -> Iterator[bytes]:
    """The lines of all rows in key order, some thousand at a time; fills `total` at the end."""
    columns = row_columns(shape)
    convert = [
        (at, _TEXTS[column.kind]) for at, column in enumerate(columns) if column.kind in _TEXTS
    ]
    digest = hashlib.sha256()
    for rows in _read(store, shape):
        lines = []
        for row in rows:
            values = list(row)
            for at, text in convert:
                if values[at] is not None:
                    values[at] = text(values[at])
            lines.append(_encode(values))
        piece = ("\n".join(lines) + "\n").encode()
        digest.update(piece)
        total.rows += len(rows)
        yield piece
    total.sha256 = digest.hexdigest()


def checksum(store: Store, shape: TableShape) -> Sum:
    """The count and the digest of a table as it is now."""
    total = Sum()
    for _ in portions(store, shape, total):
        pass
    return total


def load(store: Store, shape: TableShape, lines: Iterable[bytes]) -> int:
    """Write rows into an empty table, in the open transaction; returns how many."""
    names = ", ".join(quoted(column.name) for column in row_columns(shape))
    rows = (_decode(line.decode()) for line in lines)
    if store.dialect is Dialect.POSTGRESQL:
        return _copied(store, shape.name, names, rows)
    marks = ", ".join("?" * len(row_columns(shape)))
    sql = f"INSERT INTO {quoted(shape.name)} ({names}) VALUES ({marks})"
    count = 0
    while part := list(islice(rows, PORTION)):
        store.execute_many(sql, part)
        count += len(part)
    return count


def last_id(store: Store, shape: TableShape) -> int:
    """The largest id the table ever gave out, also to rows that are gone."""
    if not _has_id(shape):
        return 0
    largest = int(store.value(f'SELECT MAX("id") FROM {quoted(shape.name)}') or 0)
    if store.dialect is Dialect.SQLITE:
        given = store.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (shape.name,))
    elif store.dialect is Dialect.POSTGRESQL:
        sequence = store.value("SELECT pg_get_serial_sequence(?, 'id')", (quoted(shape.name),))
        given = store.value(f"SELECT CASE WHEN is_called THEN last_value END FROM {sequence}")
    else:
        given = store.value(
            "SELECT AUTO_INCREMENT - 1 FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_name = ?",
            (shape.name,),
        )
    return max(largest, int(given or 0))


def go_on_after(store: Store, shape: TableShape, id: int) -> None:
    """The next id of a table is above this one."""
    if not id or not _has_id(shape):
        return
    if store.dialect is Dialect.SQLITE:
        store.execute("DELETE FROM sqlite_sequence WHERE name = ?", (shape.name,))
        store.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (shape.name, id))
    elif store.dialect is Dialect.POSTGRESQL:
        store.execute(
            f'ALTER TABLE {quoted(shape.name)} ALTER COLUMN "id" RESTART WITH {int(id) + 1}'
        )
    else:
        store.execute(f"ALTER TABLE {quoted(shape.name)} AUTO_INCREMENT = {int(id) + 1}")


def _has_id(shape: TableShape) -> bool:
    return any(column.kind is ColumnKind.ID for column in shape.columns)


def _read(store: Store, shape: TableShape) -> Iterator[list[tuple[Any, ...]]]:
    """All rows by key, in portions that each begin where the last ended."""
    keys = key_columns(shape)
    names = [column.name for column in row_columns(shape)]
    places = [names.index(key) for key in keys]
    order = ", ".join(quoted(key) for key in keys)
    select = f"SELECT {', '.join(map(quoted, names))} FROM {quoted(shape.name)}"
    after = " OR ".join(
        "("
        + " AND ".join([f"{quoted(same)} = ?" for same in keys[:at]] + [f"{quoted(key)} > ?"])
        + ")"
        for at, key in enumerate(keys)
    )
    last: tuple[Any, ...] | None = None
    while True:
        test = f" WHERE {after}" if last is not None else ""
        params: Sequence[Any] = ()
        if last is not None:
            params = [value for at in range(len(keys)) for value in last[: at + 1]]
        rows = store.rows(f"{select}{test} ORDER BY {order} LIMIT {PORTION}", params)
        if rows:
            yield rows
            last = tuple(rows[-1][place] for place in places)
        if len(rows) < PORTION:
            return


def _copied(store: Store, table: str, names: str, rows: Iterator[list[object]]) -> int:
    """PostgreSQL's COPY: five times as fast as INSERT."""
    count = 0
    cursor = store.database.connection().cursor()
    with cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _instant(value: object) -> str:
    if isinstance(value, str):
        if len(value) == _INSTANT_LENGTH:
            return value
        value = datetime.fromisoformat(value)
    assert isinstance(value, datetime)
    return value.isoformat(" ", "microseconds")


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_TEXTS: dict[ColumnKind, Callable[[object], str]] = {
    ColumnKind.INSTANT: _instant,
    ColumnKind.DATE: _day,
}
