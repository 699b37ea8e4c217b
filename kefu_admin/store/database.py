"""The store: one open database with the project whose tables it holds.

It adds to a session what the project wants of it, and how values cross into each database; it knows
nothing of rules, rights or records. Reading and writing records is for `store.read` and
`store.change`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kefu_admin.definitions.project import Project
from kefu_admin.store import renames
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.drivers import WAIT_SECONDS
from kefu_admin.store.layout import layout
from kefu_admin.store.renames import Renames
from kefu_admin.store.session import Session
from kefu_admin.store.shapes import ColumnKind, TableShape

FINGERPRINT = "fingerprint"  # the key in kefu_state of the applied config's fingerprint


class Store(Session):
    """An open database of one project.

    Attributes:
        project: the definitions this process was started with.
        data_directory: where files and anchors are kept.
        secret: the installation's secret, at least 32 bytes; keys are derived from it.
        secret_path: where the secret was read, for people; None where it came from no file.
        started_on: fingerprint of the config that was the applied one when this process started;
            another one later means that it must restart (`store.readiness`).
        job_asked: called after the commit of a transaction that asked for a job; whoever runs
            workers beside this process hears so that there is something to do.
        worked_out: what `per_type` has worked out for this store, by who asked.
    """

    def __init__(
        self,
        url: str,
        project: Project,
        *,
        data_directory: Path,
        secret: bytes,
        max_connections: int,
        secret_path: Path | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        super().__init__(url, max_connections=max_connections, wait_seconds=wait_seconds)
        self.project = project
        self.data_directory = data_directory
        self.secret = secret
        self.secret_path = secret_path
        self.started_on = project.fingerprint
        self.job_asked: Callable[[], None] = _nobody_listens
        self.worked_out: dict[object, dict[str, Any]] = {}
        self._renames: Renames | None = None

    @classmethod
    def open(
        cls,
        url: str,
        project: Project,
        *,
        data_directory: Path,
        secret: bytes,
        max_connections: int = 40,
        secret_path: Path | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> Store:
        """A store on `url`; connects on first use. Locks are waited for `wait_seconds`.

        Raises:
            BadUrl: the URL names none of the three databases.
            NoDriver: the driver of the one it names is not installed.
        """
        return cls(
            url,
            project,
            data_directory=data_directory,
            secret=secret,
            secret_path=secret_path,
            max_connections=max_connections,
            wait_seconds=wait_seconds,
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


def _nobody_listens() -> None:
    """Workers look for jobs by themselves."""
