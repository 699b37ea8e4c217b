"""How each database is reached: its URL, its pool, and the settings of every connection.

The drivers of PostgreSQL and MariaDB are extras: SQLite works without them.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit

from playhouse.pool import PooledMySQLDatabase, PooledPostgresqlDatabase, PooledSqliteDatabase

from kefu_admin.settings import is_loopback
from kefu_admin.store.dialect import Dialect

# peewee's classes come without types on our side (pyproject: follow_imports = skip); its database
# object is Any here and everything handed on is typed by Store.
PeeweeDatabase = Any

MARIADB_MODES = (
    "ANSI_QUOTES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION"
)
MARIADB_COLLATION = "utf8mb4_nopad_bin"
LOG_PAGES = 4000  # SQLite moves its log into the database when it is so long: 16 MB
WAIT_SECONDS = 4.0  # for a lock or a free connection; who waits longer is told Busy (R13: ≤ 5 s)


class BadUrl(ValueError):
    """The database URL is not one of sqlite:///path, postgresql://…, mariadb://…."""


class NoDriver(Exception):
    """The driver of the database is not installed; `extra` of our package brings it."""

    def __init__(self, extra: str) -> None:
        self.extra = extra
        super().__init__(extra)


def build(
    url: str, *, max_connections: int = 40, wait_seconds: float = WAIT_SECONDS
) -> tuple[Dialect, PeeweeDatabase]:
    """The dialect and an unopened peewee database with a pool.

    Args:
        wait_seconds: for a lock of somebody else or a free connection (MariaDB: at least one).

    Raises:
        BadUrl: unknown scheme, or no path or database name.
        NoDriver: the driver of this database is not installed.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        if not path.strip("/"):
            raise BadUrl(url)
        return Dialect.SQLITE, _sqlite(path, max_connections, wait_seconds)
    if parts.scheme not in ("postgresql", "mariadb") or not name:
        raise BadUrl(f"{parts.scheme}://{parts.hostname or ''}/{name}")  # without the password
    options: dict[str, Any] = {
        "max_connections": max_connections,
        "timeout": wait_seconds,
        "host": parts.hostname or "127.0.0.1",
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "port": parts.port,
    }
    options = {key: value for key, value in options.items() if value is not None}
    if parts.scheme == "postgresql":
        return Dialect.POSTGRESQL, _postgresql(name, options, wait_seconds)
    return Dialect.MARIADB, _mariadb(name, options, wait_seconds)


def _sqlite(path: str, max_connections: int, wait_seconds: float) -> PeeweeDatabase:
    return PooledSqliteDatabase(
        path,
        max_connections=max_connections,
        timeout=wait_seconds,
        check_same_thread=False,  # the pool hands a connection to one thread at a time
        pragmas=[
            ("busy_timeout", int(wait_seconds * 1000)),
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("cache_size", -16000),
            ("wal_autocheckpoint", LOG_PAGES),
        ],
    )


def _postgresql(name: str, options: dict[str, Any], wait_seconds: float) -> PeeweeDatabase:
    _need("psycopg", extra="postgres")
    # One who queues behind another waiter waits twice: for his turn, then for who holds the lock.
    return PooledPostgresqlDatabase(
        name,
        prefer_psycopg3=True,
        connect_timeout=10,
        options=f"-c timezone=UTC -c lock_timeout={int(wait_seconds * 500)}"
        " -c default_transaction_isolation=read\\ committed",
        **options,
    )


def _mariadb(name: str, options: dict[str, Any], wait_seconds: float) -> PeeweeDatabase:
    _need("pymysql", extra="mariadb")
    from pymysql.constants import CLIENT

    return PooledMySQLDatabase(
        name,
        mariadb=True,
        charset="utf8mb4",
        collation=MARIADB_COLLATION,
        client_flag=CLIENT.FOUND_ROWS,  # rowcount = rows matched, as on the other two
        connect_timeout=10,
        # the driver reads all certificates of the system for each connection, 30 ms and more
        ssl_disabled=is_loopback(options["host"]),
        init_command=f"SET SESSION sql_mode='{MARIADB_MODES}',"
        " SESSION tx_isolation='READ-COMMITTED', SESSION time_zone='+00:00',"
        f" SESSION innodb_lock_wait_timeout={max(1, round(wait_seconds))},"
        f" SESSION lock_wait_timeout={max(1, round(wait_seconds))}",
        **options,
    )


def _need(module: str, *, extra: str) -> None:
    if find_spec(module) is None:
        raise NoDriver(extra)
