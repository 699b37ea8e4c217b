"""Labels of referenced records, gathered first and read once per type.

People and departments show their name to everyone signed in. Other records show their title under
their own rules; one the asker may not see has no label and so no `Ref`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.dialect import quoted
from kefu_admin.store.query import Ref
from kefu_admin.store.read.select import by_chunks, marks, some
from kefu_admin.store.read.sight import Sight


class Labels:
    """The labels one answer needs."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._wanted: dict[str, set[int]] = {}
        self._found: dict[str, Mapping[int | None, Ref]] = {}

    def want(self, type_id: str, record_id: int) -> None:
        """Note that the label of this record will be needed."""
        self._wanted.setdefault(type_id, set()).add(record_id)

    def want_all(self, type_id: str, record_ids: Iterable[int | None]) -> None:
        """Note a whole column of ids; NULLs need no label."""
        wanted = self._wanted.setdefault(type_id, set())
        wanted.update(id for id in record_ids if id is not None)

    def wanted(self, type_id: str) -> frozenset[int]:
        """The ids noted so far."""
        return frozenset(self._wanted.get(type_id, ()))

    def refs(self, type_id: str) -> Mapping[int | None, Ref]:
        """Every wanted reference of a type by id; one the asker may not see is missing."""
        if type_id not in self._found and type_id in BUILTIN_TYPES:
            self._found |= self._read_builtin()
        elif type_id not in self._found:
            self._found[type_id] = self._read(type_id, sorted(self._wanted.get(type_id, ())))
        return self._found[type_id]

    def ref(self, type_id: str, record_id: int) -> Ref | None:
        """The reference with its label, or None when the asker may not see the record."""
        return self.refs(type_id).get(record_id)

    def _read(self, type_id: str, ids: list[int]) -> Mapping[int | None, Ref]:
        rules = self._sight.rules(type_id)
        if rules is None or not ids:
            return {}
        shape, fetched = some(self._sight, rules, (), ids)
        return {int(raw[0]): Ref(int(raw[0]), shape.title(raw)) for raw in fetched}

    def _read_builtin(self) -> dict[str, Mapping[int | None, Ref]]:
        """People and departments together."""
        found: dict[str, dict[int | None, Ref]] = {type_id: {} for type_id in BUILTIN_TYPES}
        parts = [
            (type_id, part)
            for type_id in BUILTIN_TYPES
            for part in by_chunks(sorted(self._wanted.get(type_id, ())))
        ]
        if parts:
            text = " UNION ALL ".join(
                f'SELECT {_NUMBERS[type_id]}, "id", "name" FROM {quoted(table_name(type_id))}'
                f' WHERE "id" IN ({marks(part)})'
                for type_id, part in parts
            )
            params = [id for _, part in parts for id in part]
            for number, id, name in self._sight.store.rows(text, params):
                found[_NAMES[number]][id] = Ref(id, name)
        return dict(found)


_NAMES = tuple(BUILTIN_TYPES)
_NUMBERS = {type_id: number for number, type_id in enumerate(_NAMES)}
