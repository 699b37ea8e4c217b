"""What a record and the rows it owns were at their versions, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kefu_admin.store import history

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs between two versions: per field the older and the newer value; `unfit` names
    those whose older or newer value their type does not take any more."""

    values: Mapping[str, tuple[object, object]]
    unfit: frozenset[str] = frozenset()


@dataclass(slots=True)
class Was:
    """A record at one moment; `unfit` names values their type does not take any more."""

    values: dict[str, object] = field(default_factory=dict)
    unfit: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRow:
    """An owned row at two moments: None where it was not there. `erased`: it was purged since, so
    that nothing is known of it but when it was there."""

    id: int
    before: Was | None
    after: Was | None
    erased: bool = False
    rows: Mapping[str, tuple[OwnedRow, ...]] = field(default_factory=dict)

    @property
    def differing(self) -> frozenset[str]:
        """The fields that hold something else."""
        was, now = (_filled(one) for one in (self.before, self.after))
        return frozenset(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))


def between(store: Store, type_id: str, record_id: int, older: int, newer: int) -> Moved:
    """The fields of a record that differ between two of its versions; owned rows are their ids,
    and differ when rows were added or removed."""
    told = [
        name
        for name, one in store.project.types[type_id].fields.items()
        if not one.system and one.rollup is None
    ]
    first: dict[str, object] = {}
    last: dict[str, object] = {}
    unfit: set[str] = set()
    for one in history.entries(
        store,
        '"type" = ? AND "record_id" = ? AND "version" > ? AND "version" <= ? ORDER BY "version"',
        (type_id, record_id, older, newer),
    ):
        names = (*one.before, *one.after) if one.action == "update" else told
        for name in names:
            first.setdefault(name, one.before.get(name))
            last[name] = one.after.get(name)
        unfit |= one.unfit
    moved = {
        name: (first[name], last[name]) for name in first if not _same(first[name], last[name])
    }
    return Moved(moved, frozenset(unfit & moved.keys()))


def owned_between(
    store: Store, type_id: str, record_ids: Sequence[int], older: int, newer: int
) -> dict[int, dict[str, tuple[OwnedRow, ...]]]:
    """Every owned row some records had at one mark or at another, with the rows it owned itself:
    by record and list, in the order of the newer one, those that are gone last. Set-wise."""
    lists = [
        one
        for one in store.project.types[type_id].fields.values()
        if not one.system and one.type == "children"
    ]
    found: dict[int, dict[str, tuple[OwnedRow, ...]]] = {id: {} for id in record_ids}
    if not lists or not record_ids:
        return found
    was, now = (values_at(store, type_id, record_ids, at) for at in (older, newer))
    for one in lists:
        ids = {id: (_ids(was.get(id), one.id), _ids(now.get(id), one.id)) for id in record_ids}
        every = sorted({row for pair in ids.values() for part in pair for row in part})
        before, after = (values_at(store, one.to, every, at) for at in (older, newer))
        below = owned_between(store, one.to, every, older, newer)
        for id, (old, new) in ids.items():
            found[id][one.id] = tuple(
                OwnedRow(
                    id=row,
                    before=before.get(row, Was()) if row in old else None,
                    after=after.get(row, Was()) if row in new else None,
                    erased=row not in before and row not in after,
                    rows=below[row],
                )
                for row in dict.fromkeys((*new, *old))
            )
    return found


def mark(store: Store, type_id: str, record_id: int, version: int) -> int | None:
    """Where a version stands in the book; None when there is no such version. What is told of owned
    rows up to there is what they were at that version."""
    found = store.value(
        'SELECT "id" FROM "kefu_history" WHERE "type" = ? AND "record_id" = ? AND "version" = ?',
        (type_id, record_id, version),
    )
    return None if found is None else int(found)


def values_at(store: Store, type_id: str, record_ids: Sequence[int], at: int) -> dict[int, Was]:
    """What records were at a mark, by id; those that were not there are missing."""
    found: dict[int, Was] = {}
    for start in range(0, len(record_ids), _CHUNK):
        part = record_ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(part))
        for one in history.entries(
            store,
            f'"type" = ? AND "record_id" IN ({marks}) AND "id" <= ? ORDER BY "id"',
            (type_id, *part, at),
        ):
            if one.action == "delete":
                found.pop(one.record_id, None)
            elif one.action == "update":
                _follow(found.setdefault(one.record_id, Was()), one)
            else:
                found[one.record_id] = Was(dict(one.after), one.unfit)
    return found


def _follow(state: Was, entry: history.Entry) -> None:
    names = dict.fromkeys((*entry.before, *entry.after))
    state.values |= {name: entry.after.get(name) for name in names}
    state.unfit = (state.unfit - names.keys()) | (entry.unfit & entry.after.keys())


def _ids(state: Was | None, name: str) -> list[int]:
    value = state.values.get(name) if state is not None else ()
    members: Iterable[object] = value if isinstance(value, tuple) else ()
    return [id for id in members if isinstance(id, int)]


def _filled(state: Was | None) -> dict[str, object]:
    values = state.values if state is not None else {}
    return {name: value for name, value in values.items() if value not in (None, "", ())}


def _same(one: object, other: object) -> bool:
    return one == other or (one in (None, "", ()) and other in (None, "", ()))
