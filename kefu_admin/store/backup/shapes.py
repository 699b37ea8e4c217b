"""Which tables a backup holds, and how each is built: what is really there, in our own words.

A backup may be made while the config at hand is already a newer one, or with tables still there
that a config no longer wants; so shapes are read from the database, and only the texts a database
does not give back (checks, conditions of partial indexes) are taken from the applied definition.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kefu_admin.store.apply.activation import forms
from kefu_admin.store.database import Store
from kefu_admin.store.found import found
from kefu_admin.store.names import check_name
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

LEFT_OUT = {
    "kefu_session": "who is signed in ends with the machine",
    "kefu_throttle": "counts of the last minutes",
    "kefu_lease": "who does background work just now",
    "kefu_search_type": "numbers of the search index, which is built anew",
}
LEFT_OUT_COLUMNS = {
    ("kefu_audit", "transaction_id"): "counted by one PostgreSQL server; says nothing elsewhere"
}


def tables(store: Store) -> tuple[TableShape, ...]:
    """Every table of ours as it is, in the order of the layout, then by name.

    The store's project is the applied definition.
    """
    there = found(store).tables
    made = forms(store)
    order = {name: at for at, name in enumerate(store.layout)}
    ours = [name for name in there if name in order or name in made]
    return tuple(
        _as_it_is(there[name], store.layout.get(name))
        for name in sorted(ours, key=lambda name: (order.get(name, len(order)), name))
    )


def strangers(store: Store) -> tuple[str, ...]:
    """Tables somebody else made in the database: they are in no backup."""
    made = forms(store)
    engine = "kefu_search"
    return tuple(
        name
        for name in sorted(found(store).tables)
        if name not in store.layout and name not in made and not name.startswith(engine)
    )


def row_columns(shape: TableShape) -> tuple[ColumnShape, ...]:
    """The columns whose values a backup holds."""
    return tuple(c for c in shape.columns if (shape.name, c.name) not in LEFT_OUT_COLUMNS)


def key_columns(shape: TableShape) -> tuple[str, ...]:
    """By which columns rows are told apart and ordered."""
    if any(column.kind is ColumnKind.ID for column in shape.columns):
        return ("id",)
    unique = next((index for index in shape.indexes if index.unique and not index.where), None)
    return unique.columns if unique else tuple(column.name for column in shape.columns)


def to_json(shape: TableShape) -> dict[str, object]:
    """A shape as plain values."""
    return dataclasses.asdict(shape)


def from_json(plain: Mapping[str, Any]) -> TableShape:
    """The inverse of `to_json`."""
    return TableShape(
        **{
            **plain,
            "columns": tuple(
                ColumnShape(**{**column, "kind": ColumnKind(column["kind"])})
                for column in plain["columns"]
            ),
            "indexes": tuple(
                IndexShape(**{**index, "columns": tuple(index["columns"])})
                for index in plain["indexes"]
            ),
        }
    )


def _as_it_is(there: TableShape, wanted: TableShape | None) -> TableShape:
    return replace(
        there,
        columns=tuple(_column(there.name, column, wanted) for column in there.columns),
        indexes=tuple(index for one in there.indexes if (index := _index(one, wanted)) is not None),
        label=wanted.label if wanted else "",
    )


def _column(table: str, there: ColumnShape, wanted: TableShape | None) -> ColumnShape:
    """The column with the text of its check; a check nobody wants any more is left behind."""
    own = wanted.column(there.name) if wanted else None
    if own is None:
        return replace(there, check="")
    is_same = bool(own.check) and check_name(table, own.name, own.check) == there.check
    return replace(there, check=own.check if is_same else "", form=own.form)


def _index(there: IndexShape, wanted: TableShape | None) -> IndexShape | None:
    """The index with its condition; None for one the database made for itself, or whose condition
    nobody knows any more."""
    for own in wanted.indexes if wanted else ():
        if own.name == there.name:
            return own
    is_ours = there.name.startswith(("ix_", "uq_"))
    return there if is_ours and not there.where else None
