"""One record: as a person may see it, or its true values for engines and the writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.dialect import quoted
from kefu_admin.store.query import Row
from kefu_admin.store.read.assemble import rows as assembled
from kefu_admin.store.read.select import by_chunks, marks, some
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import RowRights

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def get(
    sight: Sight, type_id: str, record_id: int, columns: Sequence[str] | None = None
) -> Row | None:
    """The record as the asker may see it, with the given fields or all; None when he may not see it
    or there is none."""
    rules = sight.rules(type_id)
    if rules is None:
        return None
    names = tuple(rules.type.fields) if columns is None else tuple(columns)
    shape, fetched = some(sight, rules, names, (record_id,))
    found = assembled(sight, shape, fetched)
    return found[0] if found else None


def rights(sight: Sight, type_id: str, record_id: int) -> RowRights | None:
    """What the asker may do with the record and its fields; None when he may not see it."""
    return rights_in(sight, type_id, (record_id,)).get(record_id)


def rights_in(sight: Sight, type_id: str, ids: Sequence[int]) -> Mapping[int, RowRights]:
    """As `rights` for several records; those he may not see are missing."""
    rules = sight.rules(type_id)
    if rules is None or not ids:
        return {}
    shape, fetched = some(sight, rules, (), ids)
    return {int(row[0]): shape.steps(row).rights for row in fetched}


def raw(
    store: Store, type_id: str, record_id: int, *, lock: bool = False
) -> Mapping[str, object] | None:
    """The true canonical values of a record, owned rows included; for engines, never for a person.

    With `lock` the row stays locked until the transaction ends.
    """
    record = Reader(store).load(type_id, (record_id,), lock=lock).get(record_id)
    return None if record is None else record.values


def raw_of_any(store: Store, type_id: str, record_id: int) -> Mapping[str, object] | None:
    """As `raw`, for people and departments too: what conditions look up along their paths."""
    return Reader(store).lookup(type_id, record_id)


def visible_ids(sight: Sight, type_id: str, ids: Sequence[int]) -> frozenset[int]:
    """Which of the records the asker sees; people and departments are seen by all."""
    if not ids:
        return frozenset()
    if type_id in BUILTIN_TYPES:
        return frozenset(
            int(row[0])
            for part in by_chunks(ids)
            for row in sight.store.rows(
                f'SELECT "id" FROM {quoted(table_name(type_id))} WHERE "id" IN ({marks(part)})',
                part,
            )
        )
    rules = sight.rules(type_id)
    if rules is None:
        return frozenset()
    _, fetched = some(sight, rules, (), ids)
    return frozenset(int(row[0]) for row in fetched)
