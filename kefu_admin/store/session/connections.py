"""Connections: one per thread, from first use until `release`, taken from a pool."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.drivers import WAIT_SECONDS, PeeweeDatabase, build
from kefu_admin.store.faults import BusyBeforeCommit, ConnectionLost, fault


class Connections:
    """The connections of one process with one database. Safe to share between threads.

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

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside `transaction()`."""
        return getattr(self._local, "open", False)

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
