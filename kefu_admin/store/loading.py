"""Settings of a connection while very many rows are written over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kefu_admin.store import search
from kefu_admin.store.dialect import Dialect, quoted

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_SQLITE = {"cache_size": -400_000, "wal_autocheckpoint": 50_000}  # KiB; pages of the log
_POSTGRESQL = {"gin_pending_list_limit": "64MB", "work_mem": "64MB"}


@contextmanager
def loading(store: Store) -> Iterator[None]:
    """This thread writes very many rows within the block. SQLite gets a cache that holds the pages
    its indexes are spread over, and moves its log into the database less often; PostgreSQL lists
    more words for the search index before it puts them in their places. Both do so at the end:
    after a load that was killed PostgreSQL's next writer may wait a second or two for it, and each
    of SQLite's does a part of it."""
    with store.connection():
        if store.dialect is Dialect.SQLITE:
            with _set(store, "PRAGMA {}", "PRAGMA {} = {}", _SQLITE):
                yield
                search.tidy(store)
        elif search.may_tidy(store):
            with _set(store, "SHOW {}", "SET {} = '{}'", _POSTGRESQL):
                yield
            search.tidy(store)
        else:
            yield


def look_at(store: Store, tables: Iterable[str]) -> None:
    """Have PostgreSQL count the tables now: its own look comes a minute later, and until then it
    plans as if they were as small as before the load. The others need no telling."""
    if store.dialect is Dialect.POSTGRESQL:
        for table in tables:
            store.execute(f"ANALYZE {quoted(table)}")


@contextmanager
def _set(store: Store, get: str, set: str, values: Mapping[str, object]) -> Iterator[None]:
    """Other settings of this thread's connection within the block."""
    before = {name: store.value(get.format(name)) for name in values}
    for name, value in values.items():
        store.execute(set.format(name, value)).close()
    try:
        yield
    finally:
        for name, value in before.items():
            store.execute(set.format(name, value)).close()
