"""Deleted records as they were: their places in the bin, with the values of their last version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.store import bin, history
from kefu_admin.store.bin import Binned
from kefu_admin.store.change import statements
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.change.values import LateCalls, Values, absent

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


@dataclass(frozen=True, slots=True)
class Recorded:
    """One deleted record.

    Attributes:
        values: canonical, one for every field of the type as it is today; owned rows are those that
            went along. Values kept over other records are what they are while nobody refers to it.
        unfit: fields whose recorded value is none of their type any more.
        lost: recorded fields the type has no more, under their last names.
    """

    entry: Binned
    values: Values
    unfit: frozenset[str] = frozenset()
    lost: tuple[str, ...] = ()


class Past:
    """Reads deleted records of one store, each at most once unless asked to lock."""

    def __init__(self, store: Store, reader: Reader) -> None:
        self._store = store
        self._reader = reader
        self._known: dict[tuple[str, int], Recorded | None] = {}

    def load(
        self, type_id: str, record_ids: Sequence[int], *, lock: bool = False
    ) -> dict[int, Recorded]:
        """Those of the records that are in the bin, by id."""
        return self.of(list(bin.of_records(self._store, type_id, record_ids, lock=lock).values()))

    def owned(
        self, type_id: str, owner_ids: Sequence[int], *, lock: bool = False
    ) -> dict[int, Recorded]:
        """Everything of an owned type in the bin that belonged to these owners, by id."""
        return self.of(bin.of_owners(self._store, type_id, owner_ids, lock=lock))

    def of(self, entries: Sequence[Binned]) -> dict[int, Recorded]:
        """What the records behind entries of one type were, by id. One whose history is gone is
        left out (`verify` tells of it)."""
        if not entries:
            return {}
        type_id = entries[0].type
        told = history.of_versions(
            self._store, type_id, {one.record_id: one.version for one in entries}
        )
        found = {
            one.record_id: self._recorded(one, told[one.record_id])
            for one in entries
            if one.record_id in told
        }
        self._known.update({(type_id, i): one for i, one in found.items()})
        return found

    def lookup(self, type_id: str, record_id: int) -> Mapping[str, object] | None:
        """The values of a record as stored, or as deleted: rules on an owned row ask its owner."""
        there = self._reader.stored(type_id, record_id)
        if there is not None or type_id not in self._store.project.types:
            return there
        if (type_id, record_id) not in self._known:
            self._known[type_id, record_id] = self.load(type_id, (record_id,)).get(record_id)
        gone = self._known[type_id, record_id]
        return None if gone is None else gone.values

    def _recorded(self, entry: Binned, told: history.Entry) -> Recorded:
        sql = statements.of(self._store, entry.type)
        fields = sql.type.fields
        stored: dict[str, object] = {name: absent(field) for name, field in fields.items()}
        stored |= {name: value for name, value in told.before.items() if name in fields}
        stored |= {
            "id": entry.record_id,
            "version": entry.version,
            "created_at": entry.created_at,
            "created_by": entry.created_by,
            "updated_at": entry.updated_at,
            "updated_by": entry.updated_by,
        }
        late: dict[str, Callable[[], object]] = {}
        for field in sql.children:
            stored.pop(field.id)
            late[field.id] = self._went_along(field.to, entry.record_id)
        return Recorded(
            entry,
            Values(stored, LateCalls(late)),
            unfit=told.unfit & fields.keys(),
            lost=tuple(name for name in told.before if name not in fields),
        )

    def _went_along(self, type_id: str, owner_id: int) -> Callable[[], object]:
        def read() -> object:
            owned = self.owned(type_id, (owner_id,)).values()
            return tuple(one.values for one in owned if one.entry.with_owner)

        return read
