"""Statements: text with `?` and "double quotes"; what drivers raise is told alike."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from kefu_admin.store.dialect import Dialect, translate
from kefu_admin.store.faults import ConnectionLost
from kefu_admin.store.session.connections import Connections

_FETCHED_AT_ONCE = 5_000
_REPEATABLE = ("SELECT", "BEGIN", "WITH")  # outside a transaction these change nothing


class Statements(Connections):
    """Single statements on a thread's connection, inside a transaction or on their own."""

    def execute(self, sql: str, params: Sequence[object] = ()) -> Any:  # a DB-API cursor
        """Runs one statement and returns the driver's cursor (`rowcount`, `fetchall`).

        Raises:
            ConstraintBroken, BusyBeforeCommit: see `store.faults`.
        """
        try:
            return self._executed(sql, params)
        except ConnectionLost:
            if self.in_transaction or not sql.startswith(_REPEATABLE):
                raise
        return self._executed(sql, params)  # on a new connection: the old one had died in the pool

    def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs one statement for each row of parameters, batched by the driver."""
        if not rows:
            return
        connection = self._connected()
        try:
            connection.cursor().executemany(translate(sql, self.dialect), rows)
        except Exception as error:
            self._raise(error)

    def copy_in(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """PostgreSQL: takes rows by `COPY … FROM STDIN`, in the open transaction."""
        connection = self._connected()
        try:
            with connection.cursor() as cursor, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        except Exception as error:
            self._raise(error)

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        cursor = self.execute(sql, params)
        try:
            found = cursor.fetchall()
        except Exception as error:
            self._raise(error)
        return found if isinstance(found, list) else list(found)

    def ids(self, sql: str, params: Sequence[object] = ()) -> array[int]:
        """The first column of a query, whole numbers, in eight bytes a row."""
        cursor = self.execute(sql, params)
        found = array("q")
        try:
            while some := cursor.fetchmany(_FETCHED_AT_ONCE):
                found.extend([row[0] for row in some])
        except Exception as error:
            self._raise(error)
        return found

    def row(self, sql: str, params: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        cursor = self.execute(sql, params)
        try:
            found: tuple[Any, ...] | None = cursor.fetchone()
            if self.dialect is Dialect.SQLITE:
                cursor.close()  # an unfinished SELECT would hold its snapshot
        except Exception as error:
            self._raise(error)
        return found

    def value(self, sql: str, params: Sequence[object] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, params)
        return found[0] if found else None

    def insert(self, sql: str, params: Sequence[object] = ()) -> int:
        """Runs an INSERT of one row into a table with an id and returns the new id."""
        if self.dialect is Dialect.POSTGRESQL:
            found = self.row(sql + ' RETURNING "id"', params)
            assert found is not None
            return int(found[0])
        return int(self.execute(sql, params).lastrowid)

    def _executed(self, sql: str, params: Sequence[object]) -> Any:
        connection = self._connected()
        self.statements += 1
        try:
            cursor = connection.cursor()
            cursor.execute(translate(sql, self.dialect), params)
        except Exception as error:
            self._raise(error)
        return cursor
