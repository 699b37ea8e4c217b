"""Canonical values across into columns and back, compiled once per store and type.

New rows cross as whole columns, so that a thousand of them cost one call per column and nothing
where driver and record hold the same; stored rows come back value by value, when asked for.
`statements.encode` says the same for one value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.store import columns
from kefu_admin.store.change import statements
from kefu_admin.store.change.statements import Column, TypeSql
from kefu_admin.store.change.values import Draft, Take, taking
from kefu_admin.store.per_type import PerType
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Values = Sequence[object]
WriteAll = Callable[["Store", Sequence[int], Values], Values]  # of the records' ids and values
ReadOne = Callable[["Store", Any, int], object]  # of the driver's value and the record's id

_SAME = frozenset({Storage.LINK, Storage.TEXT, Storage.LONG_TEXT})
_SCALED = frozenset({"decimal", "money", "time"})


@dataclass(frozen=True, slots=True)
class Crossing:
    """How records of one type cross: `take` gives the values of a new row in the columns' order
    (without `id`), `writers` make each column the driver's, `readers` tell a field's place in a
    selected row and how it becomes canonical. None: it is the same on both sides."""

    take: Take
    writers: tuple[WriteAll | None, ...]
    readers: Mapping[str, tuple[int, ReadOne | None]]


def new_columns(store: Store, type_id: str, drafts: Sequence[Draft]) -> list[Values]:
    """The columns of new rows as the driver takes them, without `id`. Secrets are "" where there is
    a value and no id yet: the cipher text is bound to it and follows by UPDATE."""
    crossing = of(store, type_id)
    taken = zip(*(draft.after.several(crossing.take) for draft in drafts), strict=True)
    ids = [draft.id for draft in drafts]
    return [
        column if write is None else write(store, ids, column)
        for write, column in zip(crossing.writers, taken, strict=True)
    ]


def _compile(store: Store, type_id: str) -> Crossing:
    sql = statements.of(store, type_id)
    return Crossing(
        take=taking([c.field.id if c.field is not None else c.name for c in sql.columns[1:]]),
        writers=tuple(_writer(sql, column) for column in sql.columns[1:]),
        readers={
            (column.field.id if column.field is not None else column.name): (
                place,
                _reader(sql, column),
            )
            for place, column in enumerate(sql.columns)
            if not column.hashed
        },
    )


of = PerType(_compile)


def _writer(sql: TypeSql, column: Column) -> WriteAll | None:
    one = column.field
    if column.secret or column.hashed:
        return lambda store, ids, values: [
            statements.encode(store, sql, column, id, value)
            for id, value in zip(ids, values, strict=True)
        ]
    if one is None and column.kind is ColumnKind.INTEGER:
        return None
    if one is not None and _is_whole(one):
        return None
    if one is not None and storage(one) in (Storage.TEXT, Storage.LONG_TEXT):
        return lambda _, ids, values: [value or None for value in values]

    def remembering(store: Store, ids: Sequence[int], values: Values) -> Values:
        """Dates, instants, amounts, members: the same few again and again."""
        known: dict[object, object] = {None: None}
        written = []
        for value in values:
            if value not in known:
                known[value] = statements.encode(store, sql, column, 0, value)
            written.append(known[value])
        return written

    return remembering


def _reader(sql: TypeSql, column: Column) -> ReadOne | None:
    one, kind = column.field, column.kind
    if one is None:
        if kind is ColumnKind.INTEGER:
            return None
        return lambda store, raw, _: store.from_db(kind, raw)
    if column.secret:
        return lambda store, raw, record_id: statements.opened(
            store, sql.type.id, one, record_id, raw
        )
    if storage(one) in _SAME or _is_whole(one):
        return None
    return lambda store, raw, _: columns.from_column(one, store.from_db(kind, raw))


def _is_whole(one: Field) -> bool:
    """Whether values and column are the same whole numbers."""
    rests = storage(one)
    return rests is Storage.LINK or (rests is Storage.INTEGER and value_type(one).id not in _SCALED)
