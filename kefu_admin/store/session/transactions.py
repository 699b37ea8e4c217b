"""Transactions: one unit of work each, begun as each database needs it and ended surely or told."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.drivers import WAIT_SECONDS
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown, ConnectionLost
from kefu_admin.store.session.statements import Statements

T = TypeVar("T")
TRIES = 3
_LOOK_SECONDS = 0.004  # between two looks whether SQLite's writer is done
_HELD_SECONDS = 0.1
_OUT_SECONDS = 0.012
_SNAPSHOTS = {
    Dialect.SQLITE: "BEGIN",
    Dialect.POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    Dialect.MARIADB: "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
}


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another: an operation is one transaction (rule D06)."""


class AbortedTransaction(RuntimeError):
    """A statement failed and the unit went on: PostgreSQL rolls such a unit back at its commit."""


class Session(Statements):
    """Transactions and statements on one database. Safe to share between threads."""

    def __init__(
        self, url: str, *, max_connections: int, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        super().__init__(url, max_connections=max_connections, wait_seconds=wait_seconds)
        self._writer = threading.Lock()

    def transaction(self) -> AbstractContextManager[None]:
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
            return self._unit("BEGIN")
        return self._writing(self.wait_seconds - getattr(self._local, "waited", 0.0))

    def has_waited(self, seconds: float) -> None:
        """Counts what this thread has already waited, until `release`: on SQLite its writing waits
        so much less, for a person waits `wait_seconds` in all (R13)."""
        self._local.waited = seconds

    def let_others_in(self) -> None:
        """For one who writes portion after portion, between two of them. SQLite's other processes
        look every 4 ms whether they may write and would hardly ever meet a gap; so who has held the
        database for 100 ms in all stays out for some looks.
        """
        if getattr(self._local, "held", 0.0) >= _HELD_SECONDS:
            time.sleep(_OUT_SECONDS)
            self._local.held = 0.0

    def transaction_if_free(self) -> AbstractContextManager[None]:
        """A unit of work nobody should wait for: on SQLite it is refused at once while another
        writes. Otherwise as `transaction`."""
        if self.in_transaction or self.dialect is not Dialect.SQLITE:
            return self.transaction()
        return self._writing(0)

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

    # helpers

    @contextmanager
    def _writing(self, seconds: float) -> Iterator[None]:
        """SQLite: first among the writers of this process, then among the processes; for both
        together `seconds` are waited."""
        began, held = time.monotonic(), 0.0
        if not self._writer.acquire(timeout=max(0.0, seconds)):
            raise BusyBeforeCommit
        try:
            with self._unit("BEGIN IMMEDIATE", seconds - (time.monotonic() - began)):
                held = time.monotonic()
                yield
        finally:
            self._writer.release()
            if held:
                taken = time.monotonic() - held
                self._local.held = getattr(self._local, "held", 0.0) + taken

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
        """Begins; with `seconds` SQLite's writer looks that long for a gap between others. SQLite
        itself would look ever more seldom, at last every 100 ms, and miss most of them."""
        if seconds is None:
            self.execute(begin)
            return
        until = time.monotonic() + seconds
        waiting = self._connected().execute
        waiting("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self.execute(begin)
                    return
                except BusyBeforeCommit:
                    if time.monotonic() >= until:
                        raise
                time.sleep(_LOOK_SECONDS)
        finally:
            waiting(f"PRAGMA busy_timeout = {int(self.wait_seconds * 1000)}")

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
