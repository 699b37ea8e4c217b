"""Deleted records as one asker may see them: his rules are decided on what the records were.

There is no row to ask in SQL, so the bin is read newest first in portions and judged in memory,
with the same rules and the same combination of rights as a SELECT uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kefu_admin.definitions.condition import ALWAYS, NEVER, Condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Storage
from kefu_admin.definitions.role import Action
from kefu_admin.store import bin, search
from kefu_admin.store.bin import Binned
from kefu_admin.store.change.recorded import Past, Recorded
from kefu_admin.store.change.removal import owned_types
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.query import BinPage, BinRow, Ref
from kefu_admin.store.read.shown import Shown, Wanted
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import RowRights, combine
from kefu_admin.store.warrant import Decide

PORTION = 100
MOST_JUDGED = 1000
"""Deleted records looked at for one page: who may see few of many pages on."""
MOST_WORDS = 8
_BIN = frozenset({Action.RESTORE, Action.PURGE})


class Bin:
    """The bin before one asker."""

    def __init__(self, sight: Sight, decide: Decide) -> None:
        self._sight = sight
        self._decide = decide
        self._past = Past(sight.store, Reader(sight.store))

    def page(
        self, type_ids: Sequence[str], *, below: int = 0, limit: int = 50, text: str = ""
    ) -> BinPage:
        """A page of what of some types was deleted on its own and he may restore or purge; of those
        that hold every word of a `text` in a searched field he sees in full. May be short, or
        empty, before the end."""
        words = search.normal(text).split()[:MOST_WORDS]
        seen: list[tuple[Recorded, RowRights]] = []
        judged, last = 0, below
        while judged < MOST_JUDGED:
            portion = bin.page(self._sight.store, type_ids, below=last, limit=PORTION)
            there = self._recorded(portion)
            for entry in portion:
                if len(seen) == limit:
                    return BinPage(self._rows_of(seen), last)
                last = entry.id
                judged += 1
                one = there.get((entry.type, entry.record_id))
                rights = self.rights(entry.type, one.values) if one is not None else None
                if one is None or rights is None or not rights.actions & _BIN:
                    continue
                if all(self._holds(one, rights, word) for word in words):
                    seen.append((one, rights))
            if len(portion) < PORTION:
                return BinPage(self._rows_of(seen))
        return BinPage(self._rows_of(seen), last)

    def get(self, type_id: str, record_id: int) -> BinRow | None:
        """One deleted record with the rows that would come along; None when it is not in the bin or
        not his to see."""
        one = self._past.load(type_id, (record_id,)).get(record_id)
        rights = self.rights(type_id, one.values) if one is not None else None
        if one is None or rights is None or not rights.actions & _BIN:
            return None
        (row,) = self._rows(type_id, [(one, rights)], whole=True)
        return row

    def rights_in(self, type_id: str, record_ids: Sequence[int]) -> dict[int, RowRights | None]:
        """As `rights`, for those of some records that are in the bin."""
        there = self._past.load(type_id, record_ids)
        return {id: self.rights(type_id, one.values) for id, one in there.items()}

    def rights(self, type_id: str, values: Mapping[str, object]) -> RowRights | None:
        """What he might do with a record that has these values; None when he could not see it."""
        rules = self._sight.rules(type_id)
        if rules is None:
            return None

        def holds(condition: Condition) -> bool:
            if condition in (ALWAYS, NEVER):
                return condition == ALWAYS
            return self._decide(
                condition,
                values,
                type_id=type_id,
                binding=self._sight.binding,
                lookup=self._past.lookup,
            )

        of_type = rules.grants
        spoken = {one.rows for one in of_type.grants} | {one.rows for one in of_type.denials}
        rights = combine(rules.type, of_type, {rows: holds(rows) for rows in spoken})
        return rights if Action.READ in rights.actions and holds(rules.level) else None

    def _holds(self, one: Recorded, rights: RowRights, word: str) -> bool:
        """Whether a field the lists search, or the title, holds a word where he sees it in full."""
        content_type = self._sight.store.project.types[one.entry.type]
        for name in {*content_type.search, content_type.title} & rights.see:
            value = None if name in one.unfit else one.values[name]
            if isinstance(value, str) and word in search.normal(value):
                return True
        return False

    def _recorded(self, entries: Sequence[Binned]) -> Mapping[tuple[str, int], Recorded]:
        found: dict[tuple[str, int], Recorded] = {}
        for type_id in dict.fromkeys(entry.type for entry in entries):
            some = self._past.of([entry for entry in entries if entry.type == type_id])
            found |= {(type_id, id): one for id, one in some.items()}
        return found

    def _rows_of(self, seen: Sequence[tuple[Recorded, RowRights]]) -> tuple[BinRow, ...]:
        """Records of several types as rows, in their order."""
        rows: dict[tuple[str, int], BinRow] = {}
        for type_id in dict.fromkeys(one.entry.type for one, _ in seen):
            some = [(one, rights) for one, rights in seen if one.entry.type == type_id]
            rows |= {(type_id, row.id): row for row in self._rows(type_id, some)}
        return tuple(rows[one.entry.type, one.entry.record_id] for one, _ in seen)

    def _rows(
        self, type_id: str, seen: Sequence[tuple[Recorded, RowRights]], *, whole: bool = False
    ) -> tuple[BinRow, ...]:
        if not seen:
            return ()
        content_type = self._sight.store.project.types[type_id]
        ids = [one.entry.record_id for one, _ in seen]
        along, below = self._along(content_type, ids, whole=whole)
        wanted = Wanted(self._sight)
        told = [(one, Shown(self._sight, content_type, rights, wanted)) for one, rights in seen]
        flat = [_flat(content_type, one) for one, _ in told]
        for (one, shown), values in zip(told, flat, strict=True):
            shown.want(values)
            shown.want_person(one.entry.actor_id)
        return tuple(
            _row(content_type, one, rights, shown, values, along, below)
            for (one, rights), (_, shown), values in zip(seen, told, flat, strict=True)
        )

    def _along(
        self, content_type: ContentType, ids: Sequence[int], *, whole: bool
    ) -> tuple[Mapping[int, int], Mapping[int, tuple[BinRow, ...]]]:
        """How many rows come back with each record, and which (if the `whole` is asked for)."""
        counts: dict[int, int] = {}
        rows: dict[int, tuple[BinRow, ...]] = {}
        for owned in owned_types(self._sight.store.project, content_type.id):
            waiting = bin.of_owners(self._sight.store, owned.id, ids)
            entries = [one for one in waiting if one.with_owner]
            for entry in entries:
                owner_id = entry.owner_id or 0
                counts[owner_id] = counts.get(owner_id, 0) + 1
            if whole:
                there = self._past.of(entries)
                judged = ((one, self.rights(owned.id, one.values)) for one in there.values())
                seen = [(one, rights) for one, rights in judged if rights is not None]
                owners = {one.entry.record_id: one.entry.owner_id or 0 for one, _ in seen}
                for row in self._rows(owned.id, seen, whole=True):
                    rows[owners[row.id]] = (*rows.get(owners[row.id], ()), row)
        return counts, rows


def _flat(content_type: ContentType, one: Recorded) -> dict[str, object]:
    """The recorded values but for owned rows, and what is kept over others."""
    return {
        name: one.values[name]
        for name, field in content_type.fields.items()
        if field.rollup is None and (field.system or storage(field) is not Storage.ROWS)
    }


def _row(
    content_type: ContentType,
    one: Recorded,
    rights: RowRights,
    shown: Shown,
    values: Mapping[str, object],
    along: Mapping[int, int],
    below: Mapping[int, tuple[BinRow, ...]],
) -> BinRow:
    entry = one.entry
    visible = shown.values(values, one.unfit)
    title = visible.get(content_type.title)
    return BinRow(
        type=entry.type,
        id=entry.record_id,
        version=entry.version,
        title=_title(title) or f"#{entry.record_id}",
        deleted_at=entry.at,
        by=shown.person(entry.actor_id) or Ref(0, entry.actor),
        values=visible,
        masked=rights.masked & visible.keys(),
        unfit=one.unfit & visible.keys(),
        actions=frozenset(str(action) for action in rights.actions & _BIN),
        along=along.get(entry.record_id, 0),
        rows=below.get(entry.record_id, ()),
        lost=one.lost,
    )


def _title(value: object) -> str:
    if isinstance(value, Ref):
        return value.label
    return "" if value is None or isinstance(value, tuple) else str(value)
