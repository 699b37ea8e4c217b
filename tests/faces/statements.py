"""Counting the statements an answer costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kefu_admin.store.database import Store


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements run meanwhile, without BEGIN and COMMIT; a batch counts as one."""
    seen: list[str] = []
    execute, execute_many = store.execute, store.execute_many

    def listening(sql: str, params: Sequence[object] = ()) -> object:
        if not sql.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(sql)
        return execute(sql, params)

    def listening_to_many(sql: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            seen.append(sql)
        execute_many(sql, rows)

    # the two seams all statements pass
    store.execute = listening  # type: ignore[method-assign]
    store.execute_many = listening_to_many  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        del store.execute, store.execute_many  # the methods are there again
