"""The three databases for tests: one of each per process, made when first asked for.

A database keeps its tables between tests and is emptied before the next one; it is laid anew only
when another project's tables are wanted. SQLite is a copy of a laid file. `KEFU_TEST_POSTGRESQL`
and `KEFU_TEST_MARIADB` say where the servers are (URLs of a database that may create others).
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pymysql

from kefu_admin.actor import system_actor
from kefu_admin.definitions.project import Project
from kefu_admin.store import search
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.database import Store
from tests.factories import project

SECRET = b"a secret for tests, 32 bytes long"
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DIALECTS = ("sqlite", "postgresql", "mariadb")
SERVERS = {
    "postgresql": os.environ.get(
        "KEFU_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1/postgres"
    ),
    "mariadb": os.environ.get("KEFU_TEST_MARIADB", "mariadb://root@127.0.0.1/test"),
}


class Databases:
    """The databases of one test process."""

    def __init__(self, directory: Path, worker: str) -> None:
        self.directory = directory
        self.name = f"kefu_test_{os.getpid()}_{worker}"
        self.made: dict[str, str] = {}  # "postgresql" -> url
        self.laid: dict[str, str] = {}  # url -> what is laid out in it
        self.applied: dict[str, str] = {}  # url -> fingerprint of the config last applied
        self.grounds: dict[str, list[tuple[str, str]]] = {}  # url -> its first state
        self.absent: dict[str, str] = {}  # dialect -> why

    def url(self, dialect: str, purpose: str = "") -> str | None:
        """The URL of this process's database of a dialect; None when the machine has no server."""
        key = f"{dialect}{purpose}"
        if dialect in self.absent:
            return None
        if key not in self.made:
            try:
                self.made[key] = self._make(dialect, f"{self.name}{purpose}")
            except (psycopg.OperationalError, pymysql.err.OperationalError) as error:
                self.absent[dialect] = str(error).splitlines()[0]
                return None
        return self.made[key]

    def store(self, dialect: str, project: Project, directory: Path) -> Store | None:
        """An empty store with the project's tables, or None when the machine cannot."""
        if dialect == "sqlite":
            return self._sqlite(project, directory)
        url = self.url(dialect)
        if url is None:
            return None
        store = opened(url, project, directory)
        if self.laid.get(url) != _layout_key(store) or self.applied[url] != _applied(store):
            self.laid.pop(url, None)
            wipe(store)
            lay(store)
            self.laid[url] = _layout_key(store)
        _empty(store)
        _own(store)
        self.applied[url] = store.project.fingerprint
        return store

    def ground(self, dialect: str, directory: Path) -> Store | None:
        """A store with only the fixed tables, whose tables may be changed as a test likes; None
        when the machine cannot."""
        if dialect == "sqlite":
            return self._sqlite(project(), directory)
        url = self.url(dialect, "_ground")
        if url is None:
            return None
        store = opened(url, project(), directory)
        if url not in self.grounds:
            wipe(store)
            lay(store)
            self.grounds[url] = store.rows('SELECT "key", "value" FROM "kefu_state"')
            return store
        _drop_all_but(store, {*store.layout, search.TABLE})
        _empty(store, kept=set())
        store.execute_many(
            'INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)', self.grounds[url]
        )
        return store

    def bare(self, dialect: str, project: Project, directory: Path) -> Store | None:
        """A store on a database without any table, or None when the machine cannot."""
        if dialect == "sqlite":
            return opened(f"sqlite:///{directory}/bare.db", project, directory)
        url = self.url(dialect, "_bare")
        if url is None:
            return None
        store = opened(url, project, directory)
        wipe(store)
        return store

    def drop(self) -> None:
        """Drops what was made."""
        for key, url in self.made.items():
            dialect = "postgresql" if key.startswith("postgresql") else "mariadb"
            name = urlsplit(url).path.lstrip("/")
            force = " WITH (FORCE)" if dialect == "postgresql" else ""
            _on_server(dialect, f"DROP DATABASE IF EXISTS {name}{force}")

    def _make(self, dialect: str, name: str) -> str:
        _drop_leftovers(dialect)
        _on_server(dialect, f"CREATE DATABASE {name}")
        parts = urlsplit(SERVERS[dialect])
        return parts._replace(path=f"/{name}").geturl()

    def _sqlite(self, project: Project, directory: Path) -> Store:
        probe = opened("sqlite:///unused", project, directory)
        template = self.directory / f"{_layout_key(probe)}.db"
        if not template.exists():
            store = opened(f"sqlite:///{template}.new", project, directory)
            lay(store)
            _empty(store)
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            store.close()
            Path(f"{template}.new").rename(template)
        path = directory / "store.db"
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{ending}").unlink()
        shutil.copy(template, path)
        store = opened(f"sqlite:///{path}", project, directory)
        _own(store)
        return store


def opened(url: str, project: Project, directory: Path) -> Store:
    """A store with the tests' secret."""
    return Store.open(url, project, data_directory=directory, secret=SECRET)


def lay(store: Store) -> None:
    """Plan and apply, as `kefu apply` does."""
    apply(store, plan(store), actor=system_actor("tests"), now=NOW)


def add(store: Store, table: str, **values: object) -> int:
    """A row written past `Change`: the tables themselves are under test."""
    if table in store.project.types:
        at = "2026-11-21 00:00:00"
        values = {"created_at": at, "updated_at": at, **values}
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
    if "__" in table and table not in store.project.types:  # link tables have no id
        store.execute(sql, tuple(values.values()))
        return 0
    return store.insert(sql, tuple(values.values()))


def wipe(store: Store) -> None:
    """Drops every table."""
    if store.dialect == "postgresql":
        store.execute("DROP SCHEMA public CASCADE")
        store.execute("CREATE SCHEMA public")
        return
    _drop_all_but(store, set())


def _drop_all_but(store: Store, kept: set[str]) -> None:
    names = sorted(set(store.database.get_tables()) - kept)
    if store.dialect == "postgresql":
        for name in names:
            store.execute(f'DROP TABLE "{name}" CASCADE')
        return
    store.execute("SET SESSION foreign_key_checks = 0")
    for name in names:
        store.execute(f'DROP TABLE "{name}"')
    store.execute("SET SESSION foreign_key_checks = 1")


def _applied(store: Store) -> object:
    return store.value("""SELECT "value" FROM "kefu_state" WHERE "key" = 'fingerprint'""")


def _own(store: Store) -> None:
    """Says that the applied config is this project's: the tables of another may be the same."""
    store.execute("""DELETE FROM "kefu_state" WHERE "key" = 'project' OR "key" LIKE 'schedule:%'""")
    store.execute(
        """UPDATE "kefu_state" SET "value" = ? WHERE "key" = 'fingerprint' AND "value" <> ?""",
        (store.project.fingerprint, store.project.fingerprint),
    )


_KEPT = {"kefu_state", "kefu_definition", "kefu_apply_step"}


def _empty(store: Store, kept: set[str] = _KEPT) -> None:
    """Deletes every row but those of the kept tables, and starts ids again."""
    names = sorted(set(store.layout) - kept)
    filled = [
        row[0]
        for row in store.rows(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
            )
        )
    ]
    if store.dialect != "sqlite":
        search.clear(store)
    filled = sorted({*filled, *(_counted(store) & set(names))})
    if not filled:
        return
    if store.dialect == "postgresql":
        store.execute("SET session_replication_role = replica")
        for name in filled:
            store.execute(f'DELETE FROM "{name}"')
            if store.layout[name].column("id"):
                store.execute(f'ALTER TABLE "{name}" ALTER COLUMN "id" RESTART')
        store.execute("SET session_replication_role = DEFAULT")
        return
    if store.dialect == "sqlite":
        for name in filled:
            guards = store.rows(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
                (name,),
            )
            for guard, _ in guards:
                store.execute(f'DROP TRIGGER "{guard}"')
            store.execute(f'DELETE FROM "{name}"')
            store.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            for _, sql in guards:
                store.execute(sql)
        return
    store.execute("SET SESSION foreign_key_checks = 0")
    for name in filled:
        store.execute(f'TRUNCATE TABLE "{name}"')
    store.execute("SET SESSION foreign_key_checks = 1")


def _counted(store: Store) -> set[str]:
    """Tables that gave out ids, whether or not a row is left."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_sequence",
        "postgresql": "SELECT substr(sequencename, 1, length(sequencename) - 7) FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL",
        "mariadb": "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND auto_increment > 1",
    }[store.dialect]
    return {str(name) for (name,) in store.rows(sql)}


def _layout_key(store: Store) -> str:
    return sha256(repr(sorted(store.layout.items())).encode()).hexdigest()[:16]


def _on_server(dialect: str, *statements: str) -> list[tuple[object, ...]]:
    parts = urlsplit(SERVERS[dialect])
    rows: list[tuple[object, ...]] = []
    if dialect == "postgresql":
        with psycopg.connect(SERVERS[dialect], autocommit=True, connect_timeout=5) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
                rows += cursor.fetchall() if cursor.description else []
        return rows
    mariadb = pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        autocommit=True,
        connect_timeout=5,
    )
    try:
        with mariadb.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows += cursor.fetchall()
    finally:
        mariadb.close()
    return rows


def _drop_leftovers(dialect: str) -> None:
    """Databases of test processes that were killed."""
    listing = {
        "postgresql": "SELECT datname FROM pg_database WHERE datname LIKE 'kefu\\_test\\_%'",
        "mariadb": "SHOW DATABASES LIKE 'kefu\\_test\\_%'",
    }[dialect]
    for (name,) in _on_server(dialect, listing):
        process = str(name).split("_")[2]
        if process.isdigit() and not _is_alive(int(process)):
            with suppress(psycopg.Error, pymysql.err.Error):
                _on_server(dialect, f"DROP DATABASE IF EXISTS {name}")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
