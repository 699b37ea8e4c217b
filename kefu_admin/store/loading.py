"""Settings of a connection while very many rows are written over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect, quoted

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_SQLITE = {"cache_size": -400_000, "wal_autocheckpoint": 50_000}  # KiB; pages of the log


@contextmanager
def loading(store: Store) -> Iterator[None]:
    """This thread writes very many rows within the block. SQLite gets a cache that holds the pages
    its indexes are spread over, and moves its log into the database less often."""
    if store.dialect is not Dialect.SQLITE:
        yield
        return
    with store.connection():
        before = {name: int(store.value(f"PRAGMA {name}")) for name in _SQLITE}
        _set(store, _SQLITE)
        try:
            yield
        finally:
            _set(store, before)


def look_at(store: Store, tables: Iterable[str]) -> None:
    """Have PostgreSQL count the tables now: its own look comes a minute later, and until then it
    plans as if they were as small as before the load. The others need no telling."""
    if store.dialect is Dialect.POSTGRESQL:
        for table in tables:
            store.execute(f"ANALYZE {quoted(table)}")


def _set(store: Store, values: Mapping[str, int]) -> None:
    for name, value in values.items():
        store.rows(f"PRAGMA {name} = {value}")
