"""A session with a database: connections, transactions, statements. One for all threads.

A connection belongs to a thread from first use until `release`. Statements are text with `?` and
"double quotes". What drivers raise is told alike (`store.faults`).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from kefu_admin.store.dialect import Dialect, translate
from kefu_admin.store.drivers import WAIT_SECONDS, PeeweeDatabase, build
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown, ConnectionLost, fault

T = TypeVar("T")
TRIES = 3
_SNAPSHOTS = {
    Dialect.SQLITE: "BEGIN",
    Dialect.POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    Dialect.MARIADB: "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
}
_REPEATABLE = ("SELECT", "BEGIN", "WITH")  # outside a transaction these change nothing


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another: an operation is one transaction (rule D06)."""


class AbortedTransaction(RuntimeError):
    """A statement failed and the unit went on: PostgreSQL rolls such a unit back at its commit."""


class Session:
    """Statements on one database. Safe to share between threads; a connection is per thread.

    Attributes:
        url: where the database is, with its password.
        wait_seconds: how long a person waits for what somebody else has locked.
        dialect: which of the three databases.
        database: the peewee database underneath, for extensions and ad-hoc queries.
        statements: how many were sent, a figure for people: threads that meet may lose one.
    """

    def __init__(
        self, url: str, *, max_connections: int, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self.url = url
        self.wait_seconds = wait_seconds
        self.statements = 0
        self.dialect: Dialect
        self.database: PeeweeDatabase
        self.dialect, self.database = build(
            url, max_connections=max_connections, wait_seconds=wait_seconds
        )
        self._local = threading.local()
        self._writer = threading.Lock()

    # connections

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Holds this thread's connection for the block; gives it back if it opened it."""
        opened = self.database.is_closed()
        self._connected()
        try:
            yield
        finally:
            if opened:
                self.release()

    def release(self) -> None:
        """Gives this thread's connection back; call at the end of every request.

        A connection with an open transaction or of a lost server is thrown away.
        """
        self._local.waited = 0.0
        if self.database.is_closed():
            return
        if self.in_transaction:
            self._discard()
        else:
            self.database.close()

    def close(self) -> None:
        """Closes every connection of every thread; the store may be used again afterwards."""
        self.database.close_all()

    # transactions

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside `transaction()`."""
        return getattr(self._local, "open", False)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One unit of work: commits at the end, rolls back on any exception.

        SQLite: the process's writers queue on a lock and begin IMMEDIATE. PostgreSQL and MariaDB:
        READ COMMITTED.

        Raises:
            NestedTransaction: there is one already in this thread.
            BusyBeforeCommit: locked out or cut off, nothing was kept.
            CommitUnknown: cut off while committing.
        """
        if self.in_transaction:
            raise NestedTransaction
        if self.dialect is not Dialect.SQLITE:
            with self._unit("BEGIN"):
                yield
            return
        with self._writing(self.wait_seconds - getattr(self._local, "waited", 0.0)):
            yield

    def has_waited(self, seconds: float) -> None:
        """Counts what this thread has already waited, until `release`: on SQLite its writing waits
        so much less, for a person waits `wait_seconds` in all (R13)."""
        self._local.waited = seconds

    @contextmanager
    def transaction_if_free(self) -> Iterator[None]:
        """A unit of work nobody should wait for: on SQLite it is refused at once while another
        writes. Otherwise as `transaction`."""
        if self.in_transaction or self.dialect is not Dialect.SQLITE:
            with self.transaction():
                yield
            return
        with self._writing(0):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One consistent view of the whole database for reading, however long; writers go on.

        Raises:
            NestedTransaction: there is a transaction already in this thread.
        """
        if self.in_transaction:
            raise NestedTransaction
        if self.dialect is Dialect.MARIADB:
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with self._unit(_SNAPSHOTS[self.dialect]):
            if self.dialect is not Dialect.MARIADB:
                self.row("SELECT COUNT(*) FROM kefu_state")  # the view begins with the first read
            yield

    def after_commit(self, work: Callable[[], None]) -> None:
        """Runs `work` once the open transaction is surely kept; never when it is rolled back."""
        self._local.after.append(work)

    def retrying(self, work: Callable[[], T]) -> T:
        """Runs `work`, a whole unit with its own transaction, up to three times while the database
        is busy and nothing was kept (rule D07): after a deadlock, not after waiting for a lock."""
        until = time.monotonic() + self.wait_seconds * 0.45
        for attempt in range(1, TRIES + 1):
            try:
                return work()
            except BusyBeforeCommit:
                if attempt == TRIES or time.monotonic() >= until:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 -- jitter, no secret
        raise AssertionError("unreachable")

    # statements

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

    # helpers

    def _executed(self, sql: str, params: Sequence[object]) -> Any:
        connection = self._connected()
        self.statements += 1
        try:
            cursor = connection.cursor()
            cursor.execute(translate(sql, self.dialect), params)
        except Exception as error:
            self._raise(error)
        return cursor

    def _connected(self) -> Any:
        if self.database.is_closed():
            try:
                self.database.connect(reuse_if_open=True)
            except MaxConnectionsExceeded as error:
                raise BusyBeforeCommit from error
            except OperationalError as error:
                raise ConnectionLost from error
        return self.database.connection()

    @contextmanager
    def _writing(self, seconds: float) -> Iterator[None]:
        """SQLite: first among the writers of this process, then among the processes; for both
        together `seconds` are waited."""
        began = time.monotonic()
        if not self._writer.acquire(timeout=max(0.0, seconds)):
            raise BusyBeforeCommit
        try:
            with self._unit("BEGIN IMMEDIATE", seconds - (time.monotonic() - began)):
                yield
        finally:
            self._writer.release()

    @contextmanager
    def _unit(self, begin: str, seconds: float | None = None) -> Iterator[None]:
        self._begin(begin, seconds)
        self._local.open = True
        self._local.after = []
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        try:
            done = self.execute("COMMIT")
            if self.dialect is Dialect.POSTGRESQL and done.statusmessage != "COMMIT":
                raise AbortedTransaction
        except ConnectionLost as error:
            self._discard()
            raise CommitUnknown from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._local.open = False
        for work in self._local.after:
            work()

    def _begin(self, begin: str, seconds: float | None) -> None:
        """Begins; SQLite's connections wait `wait_seconds` unless noticeably less is left."""
        if seconds is None or seconds > self.wait_seconds * 0.9:
            self.execute(begin)
            return
        self.rows(f"PRAGMA busy_timeout = {max(0, int(seconds * 1000))}")
        try:
            self.execute(begin)
        finally:
            self.rows(f"PRAGMA busy_timeout = {int(self.wait_seconds * 1000)}")

    def _roll_back(self) -> None:
        """Undoes; the server may already have done so, or be gone (rule D07)."""
        self._local.open = False
        connection = self.database.connection() if not self.database.is_closed() else None
        if connection is None:
            return
        try:
            if self.dialect is not Dialect.SQLITE or connection.in_transaction:
                connection.cursor().execute("ROLLBACK")
        except Exception:
            self._discard()

    def _discard(self) -> None:
        self._local.open = False
        if not self.database.is_closed():
            self.database.manual_close()

    def _raise(self, error: Exception) -> Any:
        ours = fault(self.dialect, error)
        if ours is None:
            raise error
        if isinstance(ours, ConnectionLost) and not self.in_transaction:
            self._discard()
        raise ours from error
