"""PostgreSQL: what reads every row is done outside the switch, which only moves names.

Checks and NOT NULL hold for new rows from the switch on (`NOT VALID`, `store.alter`) and are proved
for the old ones after it, while people write. An apply killed before that finds them lacking.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from kefu_admin.store.alter import FILLED
from kefu_admin.store.carrying.register import MOST_WAIT_MS
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.faults import BusyBeforeCommit

_LOCK = 0x6B656675  # "kefu"
_BUILDING_WAIT_MS = 600_000
_TRIES = 60  # for a lock that a long reader holds
_PAUSE_SECONDS = 0.5  # for those who queued behind us meanwhile
_HERE = "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_UNPROVED = f"""
    SELECT c.relname, k.conname, a.attname FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'c' AND {_HERE}
      AND (k.conname LIKE ? OR (k.conname LIKE ? AND NOT k.convalidated))"""
_HALF_BUILT = f"""
    SELECT i.relname FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE NOT x.indisvalid AND {_HERE} AND i.relname ~ '^(ix|uq|kefu_next)_'"""


@contextmanager
def locked(store: Store) -> Iterator[bool]:
    """Holds the apply lock by this session; gives False when another has it."""
    taken = bool(store.value("SELECT pg_try_advisory_lock(?)", (_LOCK,)))
    try:
        yield taken
    finally:
        if taken:
            store.value("SELECT pg_advisory_unlock(?)", (_LOCK,))


@contextmanager
def building(store: Store) -> Iterator[None]:
    """Indexes are built in here: older readers are waited for long, because nobody queues behind.
    What was not built to its end is cleared away, before and after."""
    store.execute(f"SET lock_timeout = {_BUILDING_WAIT_MS}")
    try:
        _clear(store)
        yield
    except BaseException:
        _clear(store)
        raise
    finally:
        store.execute("RESET lock_timeout")


def forget_unproved(store: Store) -> None:
    """Takes out, in the open transaction, what a killed apply has not proved; it is told anew."""
    for table, name, _ in _unproved(store):
        store.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}")


def prove(store: Store) -> None:
    """Proves for the old rows what the switch has declared; people write meanwhile.

    Raises:
        ConstraintBroken: a row breaks it.
        BusyBeforeCommit: a reader holds a table for longer than half a minute; apply again.
    """
    for table, name, column in _unproved(store):
        altering = f"ALTER TABLE {quoted(table)}"
        store.execute(f"{altering} VALIDATE CONSTRAINT {quoted(name)}")
        if name.startswith(FILLED):
            _patiently(
                store,
                f"{altering} ALTER COLUMN {quoted(column)} SET NOT NULL",
                f"{altering} DROP CONSTRAINT {quoted(name)}",
            )


def _patiently(store: Store, *statements: str) -> None:
    """Short statements that need the table alone: given up soon, tried again."""
    for tried in range(1, _TRIES + 1):
        try:
            with store.transaction():
                store.execute(f"SET LOCAL lock_timeout = {MOST_WAIT_MS}")
                for statement in statements:
                    store.execute(statement)
            return
        except BusyBeforeCommit:
            if tried == _TRIES:
                raise
            time.sleep(_PAUSE_SECONDS)


def _unproved(store: Store) -> list[tuple[str, str, str]]:
    return [
        (str(table), str(name), str(column))
        for table, name, column in store.rows(_UNPROVED, (f"{FILLED}%", r"ck\_%"))
    ]


def _clear(store: Store) -> None:
    for (name,) in store.rows(_HALF_BUILT):
        store.execute(f"DROP INDEX CONCURRENTLY {quoted(name)}")
