"""Databases of a bench's own on the local servers, dropped when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.raw import Raw

DIALECTS = ("sqlite", "postgresql", "mariadb")
POSTGRES = os.environ.get("KEFU_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
MARIADB = os.environ.get("KEFU_BENCH_MARIADB", "mariadb://root@127.0.0.1:3306/mysql")


@contextmanager
def made(dialect: str, directory: Path, purpose: str = "") -> Iterator[str]:
    """The URL of an empty database."""
    if dialect == "sqlite":
        yield f"sqlite:///{directory / f'bench{purpose}.sqlite3'}"
        return
    server = POSTGRES if dialect == "postgresql" else MARIADB
    name = f"kefu_bench_{os.getpid()}{purpose}"
    raw = Raw(server)
    raw.write(f"CREATE DATABASE {name}")
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        force = " WITH (FORCE)" if dialect == "postgresql" else ""
        raw.write(f"DROP DATABASE {name}{force}")
