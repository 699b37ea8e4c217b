"""All, any, not, paths and children: the structure of a condition in SQL.

A comparison behind references and a question to children become EXISTS, counts scalar subqueries.
PostgreSQL and MariaDB turn EXISTS round where the inside is the rarer side. SQLite never does, so
there a `selective` inside is asked first, by `IN (SELECT …)`; a broad one (all customers of my
departments) would be gathered whole for every statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import column_name, content_type, table_name, target_type
from kefu_admin.definitions.condition import (
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    Literal,
    Not,
    Op,
    Path,
    Quantifier,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.where.compare import (
    OPERATORS,
    Column,
    NoSql,
    compare_columns,
    compare_value,
)
from kefu_admin.store.where.fragments import Fragment, joined
from kefu_admin.store.where.selective import selective

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

TRUE, FALSE = Fragment("(1 = 1)"), Fragment("(1 = 0)")


def sql(condition: Condition, *, type_id: str, alias: str, store: Store) -> Fragment:
    """The condition on rows of a type whose table stands in the statement under `alias`.

    Raises:
        NoSql: the condition holds a formula or a value that is worked out on reading.
    """
    types = store.project.types
    type = content_type(types, type_id)
    if type is None:
        raise KeyError(type_id)
    return _Compiler(store, types, alias).condition(condition, _Row(type, alias))


@dataclass(frozen=True, slots=True)
class _Row:
    """A table in scope."""

    type: ContentType
    alias: str

    def column(self, name: str) -> Column:
        return Column(self.type, self.type.fields[name], self.alias)

    def link(self, name: str) -> str:
        """The SQL of a link's own column, or of the row's id."""
        return f"{quoted(self.alias)}.{quoted(column_name(self.type.id, name))}"


@dataclass(slots=True)
class _Compiler:
    store: Store
    types: Mapping[str, ContentType]
    prefix: str
    made: int = field(default=0)

    def condition(self, condition: Condition, row: _Row) -> Fragment:
        match condition:
            case All(parts=parts):
                return joined((self.condition(p, row) for p in parts), "AND") if parts else TRUE
            case Any_(parts=parts):
                return joined((self.condition(p, row) for p in parts), "OR") if parts else FALSE
            case Not(part=part):
                return _not(self.condition(part, row))
            case Compare():
                return self.compare(condition, row)
            case Children():
                return self.children(condition, row)
            case Count():
                return self.count(condition, row)

    def compare(self, leaf: Compare, row: _Row) -> Fragment:
        if not isinstance(leaf.left, Path):
            raise NoSql(leaf.left)
        if leaf.op is Op.IS_EMPTY and leaf.right == Literal(True) and len(leaf.left.names) > 1:
            present = Compare(leaf.left, Op.IS_EMPTY, Literal(False))
            return _not(self.compare(present, row))

        return self.behind(leaf, leaf.left.names, row, row)

    def behind(self, leaf: Compare, names: tuple[str, ...], here: _Row, start: _Row) -> Fragment:
        """The comparison at the end of a path; false where a reference on the way is absent."""
        if len(names) == 1:
            left = here.column(names[0])
            if isinstance(leaf.right, Path):
                right = self.value_of(leaf.right, start)
                return compare_columns(left, leaf.op, *right, self.store)
            return compare_value(left, leaf.op, leaf.right, self.store)
        target = self.target(here, names[0])
        inner = self.behind(leaf, names[1:], target, start)
        turned = self.turns_round(leaf, start.type)
        return _linked(here.link(names[0]), target, target.link("id"), inner, turned)

    def value_of(self, path: Path, row: _Row) -> tuple[Column, str]:
        """The column at the end of a path, and its SQL as a scalar seen from `row`."""
        if len(path.names) == 1:
            column = row.column(path.names[0])
            return column, column.sql
        target = self.target(row, path.names[0])
        column, inner = self.value_of(Path(path.names[1:]), target)
        return column, (
            f"(SELECT {inner} FROM {_table(target)}"
            f" WHERE {target.link('id')} = {row.link(path.names[0])})"
        )

    def children(self, asked: Children, row: _Row) -> Fragment:
        where = Not(asked.where) if asked.quantifier is Quantifier.ALL else asked.where
        parent, child, by = self.owned(asked.path, row)
        turned = asked.quantifier is Quantifier.ANY and self.turns_round(where, child.type)
        found = _linked(parent, child, by, self.condition(where, child), turned)
        if asked.quantifier is Quantifier.ANY:
            return found
        return Fragment(f"(NOT {found.text})", found.params)

    def count(self, asked: Count, row: _Row) -> Fragment:
        parent, child, by = self.owned(asked.path, row)
        inner = self.condition(asked.where, child)
        counted = f"SELECT COUNT(*) FROM {_table(child)} WHERE {by} = {parent} AND {inner.text}"
        return Fragment(f"(({counted}) {OPERATORS[asked.op]} ?)", (*inner.params, asked.number))

    def owned(self, path: Path, row: _Row) -> tuple[str, _Row, str]:
        """The owner's id at the end of a path, the table of its rows, and their link back."""
        owner, parent = row, row.link("id")
        if len(path.names) > 1:
            parent = self.value_of(Path(path.names[:-1]), row)[1]
            for name in path.names[:-1]:
                owner = self.target(owner, name)
        children = owner.type.fields[path.names[-1]]
        child = _Row(self.types[children.to], self.alias())
        return parent, child, child.link(children.by)

    def turns_round(self, inside: Condition, type: ContentType) -> bool:
        """Whether the inside of a subquery is worth asking first; only SQLite must be told."""
        return self.store.dialect is Dialect.SQLITE and selective(inside, type, self.types)

    def target(self, row: _Row, name: str) -> _Row:
        """The table a single link leads to, under a new alias."""
        step = row.type.fields[name]
        type = content_type(self.types, target_type(value_type(step).id, step.to))
        assert type is not None
        return _Row(type, self.alias())

    def alias(self) -> str:
        self.made += 1
        return f"{self.prefix}_{self.made}"


def _table(row: _Row) -> str:
    return f"{quoted(table_name(row.type.id))} {quoted(row.alias)}"


def _linked(outer: str, target: _Row, key: str, inner: Fragment, turned: bool) -> Fragment:
    """Whether a row of `target` whose `key` is `outer` matches `inner`."""
    table = _table(target)
    if turned:
        text = f"({outer} IN (SELECT {key} FROM {table} WHERE {inner.text}))"
    else:
        text = f"(EXISTS (SELECT 1 FROM {table} WHERE {key} = {outer} AND {inner.text}))"
    return Fragment(text, inner.params)


def _not(part: Fragment) -> Fragment:
    return Fragment(f"({part.text} IS NOT TRUE)", part.params)
