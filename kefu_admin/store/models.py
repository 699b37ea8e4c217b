"""A peewee model per table, compiled from its shape: for extensions, host apps and ad-hoc queries.

The product's own reading and writing goes past the model layer (`store.read`, `store.change`).
Columns keep their database values: scaled integers, "|a|b|" members, cipher texts, naive UTC.
Links are plain integer fields: a ForeignKeyField would plant back references on other models.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import peewee

from kefu_admin.store.shapes import ColumnKind, ColumnShape, TableShape

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_FIELDS: Mapping[ColumnKind, Any] = {
    ColumnKind.ID: peewee.BigAutoField,
    ColumnKind.INTEGER: peewee.BigIntegerField,
    ColumnKind.BOOLEAN: peewee.SmallIntegerField,
    ColumnKind.TEXT: peewee.CharField,
    ColumnKind.LONG_TEXT: peewee.TextField,
    ColumnKind.DATE: peewee.DateField,
    ColumnKind.INSTANT: peewee.DateTimeField,
}
_TAKEN = frozenset(dir(peewee.Model)) | {"DoesNotExist"}


def models(store: Store) -> Mapping[str, type]:
    """A model per table of the store's layout, bound to its database, by table name."""
    return MappingProxyType({name: _model(table, store) for name, table in store.layout.items()})


def attribute(column: str) -> str:
    """The model attribute of a column: its name, with `_` behind those peewee uses itself."""
    return f"{column}_" if column in _TAKEN else column


def _model(table: TableShape, store: Store) -> type:
    meta = type("Meta", (), {"database": store.database, "table_name": table.name})
    attributes = {attribute(column.name): _field(column) for column in table.columns}
    name = "".join(part.capitalize() for part in table.name.split("_"))
    return type(name, (peewee.Model,), {"Meta": meta, "__doc__": table.label, **attributes})


def _field(column: ColumnShape) -> Any:  # peewee's fields are untyped here
    options: dict[str, Any] = {"column_name": column.name, "null": column.nullable}
    if column.kind is ColumnKind.TEXT:
        options["max_length"] = column.length
    if column.default is not None:
        options["default"] = column.default
    return _FIELDS[column.kind](**options)
