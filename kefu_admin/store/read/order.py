"""The order of a list and how to go on in it: a total order over (sort keys, id), NULLs smallest.

A page continues after (or before) a row by its sort values, never by counting. Where NULLs lie
beyond a value, one range would become two for the database; they are two *arms* instead, each an
ordered seek, joined by UNION ALL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.view import SortKey
from kefu_admin.store import columns
from kefu_admin.store.dialect import Dialect, quoted

_NEVER_NULL = frozenset({"id", "version", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Key:
    """One column of the order."""

    column: str
    descending: bool
    nullable: bool

    def sql(self, alias: str) -> str:
        """The column under an alias."""
        return f'"{alias}".{quoted(self.column)}'


def order_keys(type: ContentType, sort: Sequence[SortKey]) -> tuple[Key, ...]:
    """The columns of a sort, ending in the id, which goes the way of the key before it."""
    keys: list[Key] = []
    for one in sort:
        if one.field in (key.column for key in keys):
            continue
        field = type.fields[one.field]
        nullable = one.field not in _NEVER_NULL and (
            field.system or not columns.is_always_required(field)
        )
        keys.append(Key(one.field, one.descending, nullable))
        if one.field == "id":
            return tuple(keys)
    return (*keys, Key("id", keys[-1].descending if keys else True, False))


def reversed_keys(keys: Sequence[Key]) -> tuple[Key, ...]:
    """The same order backwards."""
    return tuple(Key(key.column, not key.descending, key.nullable) for key in keys)


def order_by(keys: Sequence[Key], dialect: Dialect, names: Sequence[str]) -> str:
    """ORDER BY over the given expressions; PostgreSQL must be told that NULLs are smallest, in the
    very words of its indexes (`ddl.create_index`)."""
    parts = []
    for key, name in zip(keys, names, strict=True):
        part = f"{name} {'DESC' if key.descending else 'ASC'}"
        if dialect is Dialect.POSTGRESQL and key.column != "id":
            part += " NULLS LAST" if key.descending else " NULLS FIRST"
        parts.append(part)
    return ", ".join(parts)


def beyond(
    keys: Sequence[Key], values: Sequence[object], alias: str
) -> tuple[tuple[str, tuple[object, ...]], ...]:
    """The rows after the one with these values, as one or two arms of (SQL, parameters)."""
    text, params = _after(keys, values, alias)
    first, value = keys[0], values[0]
    column = first.sql(alias)
    if len(keys) == 1 or value is None:
        return ((text, params),)
    bound = f"{column} {'<=' if first.descending else '>='} ?"
    ranged = (f"{bound} AND ({text})", (value, *params))
    if first.descending and first.nullable:
        return (ranged, (f"{column} IS NULL", ()))
    return (ranged,)


def _after(
    keys: Sequence[Key], values: Sequence[object], alias: str
) -> tuple[str, tuple[object, ...]]:
    """After in the first key, or equal in it and after in the rest. The first key's NULLs that lie
    beyond a value are left to the second arm when there is a bound; deeper keys carry them."""
    key, value = keys[0], values[0]
    column = key.sql(alias)
    if len(keys) == 1:
        return f"{column} {'<' if key.descending else '>'} ?", (value,)
    rest, rest_params = _after_or_null(keys[1:], values[1:], alias)
    if value is None:
        equal = f"({column} IS NULL AND {rest})"
        return (equal if key.descending else f"({equal} OR {column} IS NOT NULL)"), rest_params
    past = f"{column} {'<' if key.descending else '>'} ?"
    return f"({past} OR ({column} = ? AND {rest}))", (value, value, *rest_params)


def _after_or_null(
    keys: Sequence[Key], values: Sequence[object], alias: str
) -> tuple[str, tuple[object, ...]]:
    text, params = _after(keys, values, alias)
    key = keys[0]
    if key.descending and key.nullable and values[0] is not None:
        return f"({text} OR {key.sql(alias)} IS NULL)", params
    return f"({text})", params
