"""Reads rows for the writer: true values, locked where they will be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kefu_admin.definitions.builtin import BUILTIN_TYPES, column_name, table_name
from kefu_admin.definitions.field_types import value_type
from kefu_admin.store import attachments
from kefu_admin.store.change import crossing, statements
from kefu_admin.store.change.statements import TypeSql, chunks, locked, marks
from kefu_admin.store.change.values import Record, Values
from kefu_admin.store.dialect import quoted

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


class Reader:
    """Reads records of one store within one change, each at most once unless asked to lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, int], Mapping[str, object] | None] = {}
        self._drafts: dict[tuple[str, int], Mapping[str, object]] = {}

    def lookup(self, type_id: str, record_id: int) -> Mapping[str, object] | None:
        """The values of a record as this change sees it (drafts first), for conditions."""
        draft = self._drafts.get((type_id, record_id))
        if draft is not None:
            return draft
        if (type_id, record_id) not in self._known:
            self.fetch(type_id, (record_id,))
        return self._known[type_id, record_id]

    def stored(self, type_id: str, record_id: int) -> Mapping[str, object] | None:
        """The values of a record as it was before this change (a draft, when it is new): rights on
        owned rows are judged by the owner the actor was found to hold rights on."""
        if record_id < 0:
            return self._drafts.get((type_id, record_id))
        if (type_id, record_id) not in self._known:
            self.fetch(type_id, (record_id,))
        return self._known[type_id, record_id]

    def draft(self, type_id: str, record_id: int, values: Mapping[str, object]) -> None:
        """From now on the record is seen as it will be written."""
        self._drafts[type_id, record_id] = values

    def forget(self, type_id: str, record_id: int) -> None:
        """The record has been written: read it again when it is asked for."""
        self._drafts.pop((type_id, record_id), None)
        self._known.pop((type_id, record_id), None)

    def fetch(self, type_id: str, ids: Iterable[int]) -> None:
        """Make several records known to `lookup` with one statement."""
        missing = sorted({i for i in ids if (type_id, i) not in self._known})
        for part in chunks(missing):
            if type_id in BUILTIN_TYPES:
                self._known.update(_builtin(self._store, type_id, part))
            else:
                found = self.load(type_id, part)
                self._known.update(
                    {(type_id, i): found[i].values if i in found else None for i in part}
                )

    def load(self, type_id: str, ids: Sequence[int], *, lock: bool = False) -> dict[int, Record]:
        """Records by id, in id order; ids that do not exist are missing from the answer."""
        found: dict[int, Record] = {}
        for part in chunks(sorted(set(ids))):
            found |= self._select(type_id, f'"id" IN ({marks(len(part))})', part, lock=lock)
        return found

    def load_by(
        self, type_id: str, by: str, ids: Sequence[int], *, lock: bool = False
    ) -> dict[int, Record]:
        """Records whose reference `by` leads to one of the ids, in id order."""
        found: dict[int, Record] = {}
        for part in chunks(sorted(set(ids))):
            found |= self._select(type_id, f"{quoted(by)} IN ({marks(len(part))})", part, lock=lock)
        return found

    def _select(
        self, type_id: str, where: str, params: Sequence[object], *, lock: bool
    ) -> dict[int, Record]:
        store = self._store
        sql = statements.of(store, type_id)
        text = f'{sql.select} WHERE {where} ORDER BY "id"'
        rows = store.rows(locked(store, text) if lock else text, tuple(params))
        together = _Together(self, store, sql, [int(row[0]) for row in rows])
        found: dict[int, Record] = {}
        for row in rows:
            record_id = int(row[0])
            record = Record(record_id, int(row[1]), Values({}, _Row(together, row)))
            found[record_id] = record
            self._known[type_id, record_id] = record.values
        return found


class _Row:
    """A selected row whose columns are made canonical when they are asked for."""

    __slots__ = ("_together", "row")

    def __init__(self, together: _Together, row: Sequence[Any]) -> None:
        self._together = together
        self.row = row

    @property
    def names(self) -> frozenset[str]:
        return self._together.names

    def read(self, name: str) -> object:
        place = self._together.readers.get(name)
        if place is None:
            return self._together.one(name, self.row[0])
        index, read = place
        raw = self.row[index]
        return raw if read is None else read(self._together.store, raw, self.row[0])


class _Together:
    """Records read together: what lies in other tables is read for all of them at once."""

    def __init__(self, reader: Reader, store: Store, sql: TypeSql, ids: Sequence[int]) -> None:
        self._reader = reader
        self.store = store
        self._sql = sql
        self._ids = ids
        self._read: dict[str, dict[int, tuple[object, ...]]] = {}
        self.readers = crossing.of(store, sql.type.id).readers
        self.names = frozenset(self.readers) | sql.elsewhere

    def one(self, name: str, record_id: int) -> object:
        """The value of a field that has no column."""
        if name not in self._sql.elsewhere:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self._all(name)
        several = self._read[name].get(record_id, ())
        if value_type(self._sql.type.fields[name]).many:
            return several
        return several[0] if several else None

    def _all(self, name: str) -> dict[int, tuple[object, ...]]:
        field = self._sql.type.fields[name]
        if field in self._sql.children:
            owned: dict[int, tuple[object, ...]] = {}
            for child in self._reader.load_by(field.to, field.by, self._ids).values():
                parent = child.values[field.by]
                assert isinstance(parent, int)
                owned[parent] = (*owned.get(parent, ()), child.values)
            return owned
        if field in self._sql.files:
            return attachments.of_records(self.store, self._sql.type.id, field.id, self._ids)
        link = next(link for link in self._sql.links if link.field is field)
        targets: dict[int, tuple[object, ...]] = {}
        for part in chunks(self._ids):
            for record_id, target in self.store.rows(
                f'SELECT "record_id", "target_id" FROM {quoted(link.table)}'
                f' WHERE "record_id" IN ({marks(len(part))}) ORDER BY "record_id", "position"',
                tuple(part),
            ):
                targets[record_id] = (*targets.get(record_id, ()), target)
        return targets


def _builtin(
    store: Store, type_id: str, ids: Sequence[int]
) -> dict[tuple[str, int], Mapping[str, object] | None]:
    content_type = BUILTIN_TYPES[type_id]
    names = list(content_type.fields)
    selected = ", ".join(quoted(column_name(type_id, name)) for name in names)
    found: dict[tuple[str, int], Mapping[str, object] | None] = {(type_id, i): None for i in ids}
    for row in store.rows(
        f'SELECT {selected} FROM {quoted(table_name(type_id))} WHERE "id" IN ({marks(len(ids))})',
        tuple(ids),
    ):
        values = dict(zip(names, row, strict=True))
        if "active" in values:
            values["active"] = bool(values["active"])
        found[type_id, int(values["id"])] = values
    return found
