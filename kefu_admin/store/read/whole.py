"""Whole columns, for engines (seeding, verification): true values, nobody's rights applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def ids(store: Store, type_id: str) -> list[int]:
    """The ids of every record of a type, in order."""
    return [int(str(id)) for (id,) in store.rows(f'SELECT "id" FROM "{type_id}" ORDER BY "id"')]


def ids_after(store: Store, type_id: str, last: int, *, limit: int) -> list[int]:
    """The ids of the next records of a type after an id, in order, at most `limit`."""
    found = store.rows(
        f'SELECT "id" FROM "{type_id}" WHERE "id" > ? ORDER BY "id" LIMIT ?', (last, limit)
    )
    return [int(id) for (id,) in found]


def row_count(store: Store, type_id: str) -> int:
    """How many records a type has, exactly."""
    return int(str(store.value(f'SELECT COUNT(*) FROM "{type_id}"')))


def column(store: Store, type_id: str, name: str) -> set[object]:
    """Every value of one column, as stored."""
    return {value for (value,) in store.rows(f'SELECT "{name}" FROM "{type_id}"')}
