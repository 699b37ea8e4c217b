"""The store: one open database with the project whose tables it holds.

It knows connections, transactions and how values cross into each database; it knows nothing of
rules, rights or records. Statements are text with `?` and "double quotes"; reading and writing
records is for `store.read` and `store.change`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from kefu_admin.definitions.project import Project
from kefu_admin.store import renames
from kefu_admin.store.dialect import Dialect, translate
from kefu_admin.store.drivers import PeeweeDatabase, build
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown, ConnectionLost, fault
from kefu_admin.store.layout import layout
from kefu_admin.store.renames import Renames
from kefu_admin.store.shapes import ColumnKind, TableShape

T = TypeVar("T")
TRIES = 3
FINGERPRINT = "fingerprint"  # the key in kefu_state of the applied config's fingerprint


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another: an operation is one transaction (rule D06)."""


class Store:
    """An open database of one project. Safe to share between threads; a connection is per thread.

    Attributes:
        dialect: which of the three databases.
        database: the peewee database underneath, for extensions and ad-hoc queries.
        project: the definitions this process was started with.
        data_directory: where files and anchors are kept.
        secret: the installation's secret, at least 32 bytes; keys are derived from it.
        started_on: fingerprint of the config that was the applied one when this process started;
            another one later means that it must restart (`store.readiness`).
    """

    def __init__(
        self,
        *,
        url: str,
        dialect: Dialect,
        database: PeeweeDatabase,
        project: Project,
        data_directory: Path,
        secret: bytes,
    ) -> None:
        self.url = url
        self.dialect = dialect
        self.database = database
        self.project = project
        self.data_directory = data_directory
        self.secret = secret
        self.started_on = project.fingerprint
        self._renames: Renames | None = None
        self._local = threading.local()
        self._writer = threading.Lock()

    @classmethod
    def open(
        cls,
        url: str,
        project: Project,
        *,
        data_directory: Path,
        secret: bytes,
        max_connections: int = 40,
    ) -> Store:
        """A store on `url`; connects on first use.

        Raises:
            BadUrl: the URL names none of the three databases.
        """
        dialect, database = build(url, max_connections=max_connections)
        return cls(
            url=url,
            dialect=dialect,
            database=database,
            project=project,
            data_directory=data_directory,
            secret=secret,
        )

    @cached_property
    def layout(self) -> Mapping[str, TableShape]:
        """The tables the project wants, by name."""
        return {table.name: table for table in layout(self.project)}

    def has_moved(self, applied: object) -> bool:
        """Whether an applied fingerprint is another than this process started on."""
        return applied is not None and applied != self.started_on

    @property
    def renames(self) -> Renames:
        """What types and fields were called before; read once, and again after an apply here."""
        if self._renames is None:
            self._renames = renames.read(self)
        return self._renames

    def forget(self) -> None:
        """Reads again what an apply in this process has changed."""
        self._renames = None

    @cached_property
    def models(self) -> Mapping[str, type]:
        """A peewee model per table, bound to `database`."""
        from kefu_admin.store.models import models  # 100 classes nobody else may need

        return models(self)

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
        if not self._writer.acquire(timeout=15):
            raise BusyBeforeCommit
        try:
            with self._unit("BEGIN IMMEDIATE"):
                yield
        finally:
            self._writer.release()

    def retrying(self, work: Callable[[], T]) -> T:
        """Runs `work`, a whole unit with its own transaction, up to three times while the database
        is busy and nothing was kept (rule D07)."""
        for attempt in range(1, TRIES + 1):
            try:
                return work()
            except BusyBeforeCommit:
                if attempt == TRIES:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 -- jitter, no secret
        raise AssertionError("unreachable")

    # statements

    def execute(self, sql: str, params: Sequence[object] = ()) -> Any:  # a DB-API cursor
        """Runs one statement and returns the driver's cursor (`rowcount`, `fetchall`).

        Raises:
            ConstraintBroken, BusyBeforeCommit: see `store.faults`.
        """
        connection = self._connected()
        try:
            cursor = connection.cursor()
            cursor.execute(translate(sql, self.dialect), params)
        except Exception as error:
            self._raise(error)
        return cursor

    def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs one statement for each row of parameters, batched by the driver."""
        if not rows:
            return
        connection = self._connected()
        try:
            connection.cursor().executemany(translate(sql, self.dialect), rows)
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

    # values

    def to_db(self, kind: ColumnKind, value: object) -> object:
        """A value as the driver takes it: instants aware UTC -> naive, booleans -> 0/1."""
        if value is None:
            return None
        if kind is ColumnKind.INSTANT:
            assert isinstance(value, datetime)
            if value.tzinfo is None:
                raise ValueError(f"an instant needs a zone: {value!r}")
            naive = value.astimezone(UTC).replace(tzinfo=None)
            # fixed width, so that on SQLite the order of texts is the order of instants
            return naive.isoformat(" ", "microseconds") if self.dialect is Dialect.SQLITE else naive
        if kind is ColumnKind.BOOLEAN:
            return 1 if value else 0
        if kind is ColumnKind.DATE and self.dialect is Dialect.SQLITE:
            assert isinstance(value, date)
            return value.isoformat()
        return value

    def from_db(self, kind: ColumnKind, raw: Any) -> Any:
        """The inverse of `to_db`."""
        if raw is None:
            return None
        if kind is ColumnKind.INSTANT:
            naive = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
            return naive.replace(tzinfo=UTC)
        if kind is ColumnKind.BOOLEAN:
            return bool(raw)
        if kind is ColumnKind.DATE and isinstance(raw, str):
            return date.fromisoformat(raw)
        return raw

    def database_now(self) -> datetime:
        """The database's clock, aware UTC: leases are measured by it (rule D15)."""
        if self.dialect is Dialect.SQLITE:
            text = self.value("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        sql = (
            "SELECT clock_timestamp() AT TIME ZONE 'UTC'"
            if self.dialect is Dialect.POSTGRESQL
            else "SELECT UTC_TIMESTAMP(6)"
        )
        now: datetime = self.value(sql)
        return now.replace(tzinfo=UTC)

    # helpers

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
    def _unit(self, begin: str) -> Iterator[None]:
        self.execute(begin)
        self._local.open = True
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        try:
            self.execute("COMMIT")
        except ConnectionLost as error:
            self._discard()
            raise CommitUnknown from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._local.open = False

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
