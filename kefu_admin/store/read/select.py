"""SELECT statements of the reader: composed once per shape, bound per call.

Every statement about a configured type carries the type's visibility; there is no way here to leave
it out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.logic import all_of
from kefu_admin.store.dialect import quoted
from kefu_admin.store.read.shape import ALIAS, Shape, shape
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment, bind, sql

CHUNK = 512


def compiled(sight: Sight, type_id: str, condition: Condition) -> Fragment:
    """A condition as SQL, kept: rules come back with every request."""
    key = (type_id, condition)
    kept = sight.memo.texts
    found = kept.get(key)
    if not isinstance(found, Fragment):
        found = kept[key] = sql(condition, type_id=type_id, alias=ALIAS, store=sight.store)
    return found


def shape_of(sight: Sight, rules: Rules, names: Sequence[str]) -> Shape:
    """The SELECT list for these fields."""
    return shape(
        sight, rules, names, lambda type_id, condition: compiled(sight, type_id, condition)
    )


def asked(sight: Sight, rules: Rules, view: Condition = ALWAYS) -> tuple[Condition, Fragment]:
    """The type's visibility together with a view's condition: as one, and as SQL. Kept, so that the
    rules themselves need not be compared with every request."""
    key = ("asked", rules.type.id, sight.grants.key, view)
    kept = sight.memo.texts
    found = kept.get(key)
    if not isinstance(found, tuple):
        whole = all_of((rules.visible, view))
        found = kept[key] = (whole, compiled(sight, rules.type.id, whole))
    return found


def fetch(
    sight: Sight,
    shape: Shape,
    where: Fragment,
    tail: str,
    params: Sequence[object] = (),
    more: str = "",
) -> list[tuple[Any, ...]]:
    """Runs the SELECT of a shape: `more` is joined to the condition by AND, `tail` follows it;
    `params` are theirs."""
    columns, column_params = shape.select
    text = f"SELECT {columns} {from_where(shape.rules, where, more)} {tail}"
    return run(sight, text, (*column_params, *where.params, *params))


def from_where(rules: Rules, where: Fragment, more: str = "", *, by_id: bool = False) -> str:
    """FROM and WHERE of a configured type. `by_id`: SQLite takes the rows by the ids that `more`
    lists; it would rather go through an index of the rules and look for each row in the list."""
    joined = f"({where.text}) AND {more}" if more else where.text
    only = " NOT INDEXED" if by_id else ""
    return f'FROM {quoted(rules.type.id)} AS "{ALIAS}"{only} WHERE {joined}'


def run(sight: Sight, text: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
    """Binds the symbols and runs the statement."""
    bound_text, bound_params = bind(text, params, binding=sight.binding, store=sight.store)
    return sight.store.rows(bound_text, bound_params)


def run_ids(sight: Sight, text: str, params: Sequence[object]) -> array[int]:
    """The same for a statement that brings ids."""
    bound_text, bound_params = bind(text, params, binding=sight.binding, store=sight.store)
    return sight.store.ids(bound_text, bound_params)


def some(
    sight: Sight, rules: Rules, names: Sequence[str], ids: Sequence[int]
) -> tuple[Shape, list[tuple[Any, ...]]]:
    """The visible ones of some records, in no order."""
    picked = shape_of(sight, rules, names)
    _, where = asked(sight, rules)
    found: list[tuple[Any, ...]] = []
    for part in by_chunks(ids):
        found += fetch(sight, picked, where, "", part, f'"{ALIAS}"."id" IN ({marks(part)})')
    return picked, found


def owned(
    sight: Sight, rules: Rules, names: Sequence[str], by: str, ids: Sequence[int]
) -> tuple[Shape, list[int], list[tuple[Any, ...]]]:
    """Visible rows whose reference `by` leads to one of the ids, each with that id: in their type's
    order (rows without a place in it last), then by id."""
    picked = shape_of(sight, rules, names)
    _, where = asked(sight, rules)
    columns, column_params = picked.select
    column = f'"{ALIAS}".{quoted(by)}'
    sort = f'"{ALIAS}"."id"'
    if rules.type.order:
        place = f'"{ALIAS}".{quoted(rules.type.order)}'
        sort = f"{place} IS NULL, {place}, {sort}"
    parents: list[int] = []
    found: list[tuple[Any, ...]] = []
    for part in by_chunks(ids):
        more = f"{column} IN ({marks(part)})"
        text = (
            f'SELECT {columns}, {column} AS "parent" {from_where(rules, where, more)}'
            f" ORDER BY {sort}"
        )
        for row in run(sight, text, (*column_params, *where.params, *part)):
            parents.append(int(row[-1]))
            found.append(row[:-1])
    return picked, parents, found


def by_chunks(ids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The ids in parts whose sizes are powers of two, so that few statement texts exist; the last
    id fills a part up."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        size = 1 << (len(part) - 1).bit_length()
        yield (*part, *(part[-1],) * (size - len(part)))


def marks(part: Sequence[object]) -> str:
    """`?, ?, ?`"""
    return ", ".join("?" * len(part))
