"""One row's value in its new notation, and what a whole table's values would become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from kefu_admin.definitions.field_types import convert, plain, storage
from kefu_admin.definitions.fields import BadValue, Field, PersonalClass, Storage
from kefu_admin.problems import Refusal
from kefu_admin.store import crypto
from kefu_admin.store.carrying.notation import Notation, Written, notation, read
from kefu_admin.store.carrying.pairs import Take, pair
from kefu_admin.store.carrying.tally import Reason, Tally, note, shown
from kefu_admin.store.columns import hash_column, is_always_required, kind, to_column
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.shapes import ColumnKind, ColumnShape

PORTION = 20_000  # rows read at once while counting
_REMEMBERED = 50_000  # raw values whose result is kept: most columns repeat themselves


class RowRefused(Refusal):
    """A row that could be carried when the plan was made cannot be now. facts: type, field, id."""

    code, status = "row_refused", 409


@dataclass(frozen=True)
class Carrier:
    """Works out the columns of one field for one row.

    Attributes:
        type_id: the type as it will be called.
        field: the field as it is wanted.
        before: its column as it is found, with the form its values have.
        scale: decimal places of the numbers found.
    """

    store: Store
    type_id: str
    field: Field
    before: ColumnShape
    scale: int = 0

    @cached_property
    def found(self) -> Notation | None:
        """What the column holds now."""
        return notation(self.before)

    @property
    def is_possible(self) -> bool:
        """Whether the pair of kinds can be carried at all."""
        return self._take is not None

    def value(self, id: int, raw: object) -> object:
        """The canonical value, None for none.

        Raises:
            BadValue: it cannot become one of the field, and the config does not say what else.
        """
        found = self.found
        assert found is not None
        neutral = self.store.from_db(self.before.kind, raw)
        value: object = None
        if neutral not in (None, ""):
            value = self._carried(found, self._read(found, id, neutral))
        if value is None or value == ():
            value = self.filling
        if value is None and self._is_required:
            raise BadValue("carry_required")
        return value

    # looked up once, not for each of a million rows

    @cached_property
    def _is_required(self) -> bool:
        return is_always_required(self.field)

    @cached_property
    def _is_sealed(self) -> bool:
        return storage(self.field) is Storage.SECRET

    @cached_property
    def _kind(self) -> ColumnKind:
        return kind(self.field)

    @cached_property
    def _take(self) -> Take | None:
        return pair(self.found, self.field) if self.found else None

    @cached_property
    def _declared(self) -> dict[str, object]:
        return dict(self.field.old_values)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.field.zone)

    @cached_property
    def filling(self) -> object:
        """What a row without a value gets: only where the field is always required."""
        if not self._is_required:
            return None
        constant = self.field.backfill if self.field.backfill is not None else self.field.default
        return None if isinstance(constant, str) and constant.startswith("$") else constant

    def columns(self, ids: Sequence[int], raws: Sequence[object]) -> list[list[object]]:
        """What the driver takes, a list for each of the columns `kinds` names.

        Raises:
            RowRefused: a row's value cannot become one of the field.
        """
        if self._is_sealed:
            pairs = [
                self._sealed(id, self._value(id, raw)) for id, raw in zip(ids, raws, strict=True)
            ]
            return [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
        if self.found is Notation.SECRET:
            return [
                [self._written(self._value(id, raw)) for id, raw in zip(ids, raws, strict=True)]
            ]
        known, found = self._known, list[object]()
        for id, raw in zip(ids, raws, strict=True):
            try:
                found.append(known[raw])
            except KeyError:
                written = self._written(self._value(id, raw))
                if len(known) < _REMEMBERED:
                    known[raw] = written
                found.append(written)
        return [found]

    def fillings(self, ids: Sequence[int]) -> list[list[object]]:
        """The same for rows that all get the field's filling."""
        if not self._is_sealed:
            return [[self._written(self.filling)] * len(ids)]
        pairs = [self._sealed(id, self.filling) for id in ids]
        return [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]

    @cached_property
    def _known(self) -> dict[object, object]:
        return {}

    def _value(self, id: int, raw: object) -> object:
        try:
            return self.value(id, raw)
        except BadValue as bad:
            raise RowRefused(type=self.type_id, field=self.field.id, id=id) from bad

    def _written(self, value: object) -> object:
        return self.store.to_db(self._kind, to_column(self.field, value))

    def _sealed(self, id: int, value: object) -> tuple[str | None, str | None]:
        """The cipher text and its look-up hash."""
        if value is None:
            return None, None
        own = self.field
        text = str(plain(own, value))
        keys = crypto.vault_of(self.store)
        return (
            keys.seal(text, type_id=self.type_id, field=own.id, record_id=id),
            keys.look_up(text, type_id=self.type_id, field=own.id),
        )

    def kinds(self, target: str) -> dict[str, ColumnKind]:
        """What `columns` names, and their kinds."""
        if storage(self.field) is not Storage.SECRET:
            return {target: kind(self.field)}
        return {target: ColumnKind.LONG_TEXT, hash_column(self.field): ColumnKind.TEXT}

    def tally(self, table: str, column: str) -> Tally:
        """Every row of the table as it is now; nothing is written.

        Args:
            table: where the rows are found, under its present name.
            column: likewise.
        """
        tally, reasons = Tally(), dict[tuple[str, str], Reason]()
        known: dict[object, BadValue | bool] = {}
        for id, raw in rows_of(self.store, table, column):
            result = known.get(raw)
            if result is None:
                result = self._tried(id, raw)
                if len(known) < _REMEMBERED and self.found is not Notation.SECRET:
                    known[raw] = result
            tally.filled += raw is not None
            if not isinstance(result, BadValue):
                tally.changed += result
                continue
            tally.refused += 1
            note(reasons, self._shown(raw, result), result, id)
        tally.examples = shown(reasons)
        return tally

    def _tried(self, id: int, raw: object) -> BadValue | bool:
        """Whether the value would be written otherwise than it is, or why it cannot be."""
        try:
            value = self.value(id, raw)
        except BadValue as bad:
            return bad
        if self._is_sealed or self.found is Notation.SECRET:
            return True
        return self._written(value) != raw

    def _read(self, found: Notation, id: int, neutral: object) -> Written:
        if found is Notation.SECRET:
            keys = crypto.vault_of(self.store)
            text = keys.open(str(neutral), type_id=self.type_id, field=self.field.id, record_id=id)
            return Written(text, text)
        return read(found, neutral, scale=self.scale, zone=self._zone)

    def _carried(self, found: Notation, written: Written) -> object:
        declared = self._declared
        if found is Notation.MEMBERS and declared:
            assert isinstance(written.value, tuple)
            kept = tuple(one for member in written.value for one in _moved(declared, member))
            if not kept:
                return None
            written = Written(tuple(dict.fromkeys(kept)), "、".join(kept))
        elif written.text in declared:
            return declared[written.text]
        if self._take is None:
            raise BadValue("carry_another_kind")
        return self._limited(convert(self.field, self._take(written, self.field)))

    def _limited(self, value: object) -> object:
        """The value within the limits the column itself will have."""
        own = self.field
        if isinstance(value, str) and len(value) > own.max_length > 0:
            raise BadValue("carry_too_long", limit=own.max_length)
        too_low = own.min is not None and value is not None and value < own.min  # type: ignore[operator] # both canonical values of one ordered type
        too_high = own.max is not None and value is not None and value > own.max  # type: ignore[operator] # both canonical values of one ordered type
        if too_low or too_high:
            raise BadValue("carry_out_of_range")
        return value

    def _shown(self, raw: object, why: BadValue) -> str:
        """The value as an operator may read it on a terminal; nothing of a personal one."""
        own = self.field
        if raw is None or own.encrypted or own.mask or own.personal is not PersonalClass.NONE:
            return ""
        if self.found in (None, Notation.SECRET):
            return ""
        if self.found is Notation.MEMBERS and "value" in why.facts:
            return str(why.facts["value"])  # the one that is in the way
        neutral = self.store.from_db(self.before.kind, raw)
        return self._read(self.found, 0, neutral).text[:40]


def rows_of(
    store: Store, table: str, column: str, *, after: int = 0, portion: int = PORTION
) -> Iterator[tuple[int, object]]:
    """(id, raw value) of every row in order of ids, read a portion at a time."""
    while True:
        rows = store.rows(
            f'SELECT "id", {quoted(column)} FROM {quoted(table)} WHERE "id" > ?'
            f' ORDER BY "id" LIMIT {portion}',
            (after,),
        )
        yield from rows
        if len(rows) < portion:
            return
        after = rows[-1][0]


def _moved(declared: dict[str, object], member: str) -> tuple[str, ...]:
    """A member of many as the config now calls it; none when it is taken out."""
    if member not in declared:
        return (member,)
    moved = declared[member]
    if moved is None:
        return ()
    return tuple(str(one) for one in moved) if isinstance(moved, tuple) else (str(moved),)
