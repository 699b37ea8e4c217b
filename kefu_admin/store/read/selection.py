"""All that a list holds, as ids and versions: what a bulk change freezes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kefu_admin.store.dialect import quoted
from kefu_admin.store.query import Query
from kefu_admin.store.read.page import count, meets
from kefu_admin.store.read.select import by_chunks, run
from kefu_admin.store.read.shape import ALIAS
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment

Portion = list[tuple[int, int]]  # id, version


@dataclass(frozen=True, slots=True)
class Selection:
    """The records a query finds, as its asker sees them. Read without locking anybody out, portion
    by portion: what is changed meanwhile has another version than it was read with."""

    sight: Sight
    query: Query
    rules: Rules

    def is_beyond(self, most: int) -> bool:
        """Whether there are more than so many."""
        return count(self.sight, replace(self.query, count_up_to=most))[1]

    def portions(self, size: int) -> Iterator[Portion]:
        """The records in the order of their ids, at most `size` at a time; none made after the
        first was read.

        After the first portion each statement is held to a stretch of ids: it then costs its share
        by whatever index the database goes.
        """
        if self.query.ids is not None:
            for ids in by_chunks(sorted(set(self.query.ids))):
                yield self._read(replace(self.query, ids=tuple(ids)), 0, ids[-1], len(ids))
            return
        top = int(self.sight.store.value(f'SELECT MAX("id") FROM {self._table}') or 0)
        last, stretch = 0, top
        while last < top:
            end = min(last + stretch, top)
            found = self._read(self.query, last, end, size)
            if found:
                yield found
            is_cut = len(found) == size
            last = found[-1][0] if is_cut else end
            stretch = size if is_cut else stretch * 2

    @property
    def _table(self) -> str:
        return quoted(self.rules.type.id)

    def _read(self, query: Query, after: int, end: int, size: int) -> Portion:
        id = f'"{ALIAS}"."id"'
        stretch = Fragment(f"({id} > ? AND {id} <= ?)", (after, end))
        meeting, params = meets(self.sight, self.rules, query, stretch)
        text = f'SELECT {id}, "{ALIAS}"."version" {meeting} ORDER BY {id} LIMIT {size}'
        return [(int(id), int(version)) for id, version in run(self.sight, text, params)]


def selection(sight: Sight, query: Query) -> Selection | None:
    """What a query selects; None when the type is not the asker's."""
    rules = sight.rules(query.type)
    return None if rules is None else Selection(sight, query, rules)
