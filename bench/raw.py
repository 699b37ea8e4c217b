"""The raw driver of each database: one connection per thread, statements as text, nothing else."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

COLUMNS = "code, name, kind, phone, region, address, owner, department, created_at"


class Raw:
    """A database by URL, as a competent programmer would use its driver."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = urlsplit(url).scheme
        self._local = threading.local()

    @property
    def connection(self) -> Any:
        """This thread's connection, autocommitting."""
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        return self._local.connection

    def _connect(self) -> Any:
        parts = urlsplit(self.url)
        if self.dialect == "sqlite":
            path = self.url.removeprefix("sqlite:///")
            connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            return connection
        if self.dialect == "postgresql":
            import psycopg

            return psycopg.connect(self.url, autocommit=True)
        import pymysql

        return pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            database=parts.path.lstrip("/"),
            autocommit=True,
            charset="utf8mb4",
            init_command="SET SESSION sql_mode='ANSI_QUOTES,STRICT_ALL_TABLES'",
        )

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Any]:
        """All rows of a statement with `?` placeholders."""
        cursor = self.connection.cursor()
        cursor.execute(sql if self.dialect == "sqlite" else sql.replace("?", "%s"), tuple(params))
        return list(cursor.fetchall())

    def write(self, sql: str, params: Sequence[object] = ()) -> None:
        """One statement, committed."""
        cursor = self.connection.cursor()
        cursor.execute(sql if self.dialect == "sqlite" else sql.replace("?", "%s"), tuple(params))

    def analyze(self) -> None:
        """Fresh statistics, as a nightly job would keep them."""
        if self.dialect == "mariadb":
            self.rows("ANALYZE TABLE customer, kefu_user, floor")
        else:
            self.write("ANALYZE")

    def settle(self) -> None:
        """What was loaded is on the disk before anything is measured."""
        if self.dialect == "sqlite":
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        os.sync()

    def make_floor(self) -> None:
        """A plain copy of the customers, with the indexes the peers' tables have."""
        self.write("DROP TABLE IF EXISTS floor")
        if self.dialect == "sqlite":
            self.write(f"CREATE TABLE floor (id INTEGER PRIMARY KEY, {COLUMNS})")
            self.write(f"INSERT INTO floor SELECT id, {COLUMNS} FROM customer")
        else:
            self.write(f"CREATE TABLE floor AS SELECT id, {COLUMNS} FROM customer")
        if self.dialect == "postgresql":
            self.write("CREATE SEQUENCE IF NOT EXISTS floor_seq")
            self.write("SELECT setval('floor_seq', (SELECT max(id) FROM floor))")
            self.write("ALTER TABLE floor ALTER id SET DEFAULT nextval('floor_seq')")
            self.write("ALTER TABLE floor ADD PRIMARY KEY (id)")
        if self.dialect == "mariadb":
            self.write("ALTER TABLE floor MODIFY id BIGINT AUTO_INCREMENT PRIMARY KEY")
        self.write("CREATE UNIQUE INDEX floor_code ON floor (code)")
        self.write("CREATE INDEX floor_phone ON floor (phone)")
        self.write("CREATE INDEX floor_created ON floor (created_at)")
        self.write("CREATE INDEX floor_owner ON floor (owner)")
