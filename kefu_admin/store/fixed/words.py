"""Short words for the columns and tables that are not configured."""

from __future__ import annotations

from kefu_admin.store.names import index_name
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape


def id_() -> ColumnShape:
    """The 64-bit key."""
    return ColumnShape(name="id", kind=ColumnKind.ID, nullable=False)


def text(name: str, length: int = 255, *, required: bool = True) -> ColumnShape:
    """Text of at most `length` characters."""
    return ColumnShape(name=name, kind=ColumnKind.TEXT, length=length, nullable=not required)


def long(name: str, *, required: bool = True) -> ColumnShape:
    """Text of any length."""
    return ColumnShape(name=name, kind=ColumnKind.LONG_TEXT, nullable=not required)


def integer(name: str, *, required: bool = True, default: int | None = None) -> ColumnShape:
    """A 64-bit integer."""
    return ColumnShape(name=name, kind=ColumnKind.INTEGER, nullable=not required, default=default)


def flag(name: str, default: int) -> ColumnShape:
    """0 or 1, always given."""
    check = f'"{name}" IN (0, 1)'
    return ColumnShape(
        name=name, kind=ColumnKind.BOOLEAN, nullable=False, default=default, check=check
    )


def instant(name: str, *, required: bool = True) -> ColumnShape:
    """An instant, naive UTC."""
    return ColumnShape(name=name, kind=ColumnKind.INSTANT, nullable=not required)


def day(name: str, *, required: bool = True) -> ColumnShape:
    """A day of the calendar."""
    return ColumnShape(name=name, kind=ColumnKind.DATE, nullable=not required)


def link(name: str, table: str, *, required: bool = True) -> ColumnShape:
    """The id of a row of another table, which then cannot be deleted."""
    return ColumnShape(name=name, kind=ColumnKind.INTEGER, nullable=not required, references=table)


def table(
    name: str,
    *columns: ColumnShape,
    unique: tuple[tuple[str, ...], ...] = (),
    indexes: tuple[tuple[str, ...], ...] = (),
    partial: tuple[tuple[tuple[str, ...], str], ...] = (),
    append_only: bool = False,
) -> TableShape:
    """A table with its unique keys and plain indexes; `partial` ones hold only rows that meet a
    condition."""
    return TableShape(
        name=name,
        columns=columns,
        indexes=tuple(
            IndexShape(name=index_name(name, key, unique=is_unique), columns=key, unique=is_unique)
            for is_unique, keys in ((True, unique), (False, indexes))
            for key in keys
        )
        + tuple(
            IndexShape(
                name=index_name(name, key, unique=False, where=where), columns=key, where=where
            )
            for key, where in partial
        ),
        append_only=append_only,
    )
