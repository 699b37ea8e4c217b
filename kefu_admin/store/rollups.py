"""Kept values over the rows that refer to a record: count, sum, min, max, latest.

They are columns, worked out by one statement per type and chunk; the records that carry them are
locked first, in id order, so that two writers of their rows cannot both miss the other's. A kept
value is no change of the record: version and history stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import paths
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field, Rollup, RollupFunction
from kefu_admin.definitions.project import Project
from kefu_admin.store import where
from kefu_admin.store.columns import has_column
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.where import Fragment

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

CHUNK = 1000


def initial(field: Field) -> object:
    """The value of a record nobody refers to yet: nothing counts 0 and sums to 0."""
    assert field.rollup is not None
    if field.rollup.function is RollupFunction.COUNT:
        return 0
    if field.rollup.function is RollupFunction.SUM:
        return Decimal(0).scaleb(-field.scale) if field.result in ("decimal", "money") else 0
    return None


def over(project: Project, type_id: str) -> Iterator[tuple[ContentType, Field, Rollup]]:
    """Every kept value over rows of a type, with the type that carries it."""
    for content_type in project.types.values():
        for field in content_type.fields.values():
            if field.rollup is not None and field.rollup.of == type_id and has_column(field):
                yield content_type, field, field.rollup


def reads(rollup: Rollup) -> frozenset[str]:
    """The fields of the rows on which the value depends."""
    named = {rollup.by, rollup.field or "", rollup.order or ""}
    if rollup.where is not None:
        named |= {path.names[0] for path in paths(rollup.where)}
    return frozenset(named - {""})


def lock(store: Store, type_id: str, ids: Iterable[int]) -> None:
    """Lock the records that carry values, in id order: before rows that refer to them are written
    (whose foreign keys share-lock them: two writers would otherwise wait for each other)."""
    if store.dialect is Dialect.SQLITE:
        return  # the writer has the whole database
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        store.rows(
            f'SELECT "id" FROM {quoted(type_id)} WHERE "id" IN ({marks}) ORDER BY "id" FOR UPDATE',
            part,
        )


def refresh(
    store: Store, type_id: str, fields: Sequence[Field], ids: Sequence[int], *, binding: Binding
) -> None:
    """Work out the values of some records again; the transaction has locked them (`lock`)."""
    wanted = sorted(set(ids))
    values = [(field, value_sql(store, type_id, field)) for field in fields]
    sets = ", ".join(f"{quoted(field.id)} = {value.text}" for field, value in values)
    params = [param for _, value in values for param in value.params]
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        text, bound = where.bind(
            f'UPDATE {quoted(type_id)} SET {sets} WHERE "id" IN ({marks})',
            (*params, *part),
            binding=binding,
            store=store,
        )
        store.execute(text, bound)


def value_sql(store: Store, type_id: str, field: Field) -> Fragment:
    """The value as a correlated subquery on the record's table. `verify` compares it with what is
    kept."""
    rollup = field.rollup
    assert rollup is not None
    taken = "*" if rollup.field is None else f"r.{quoted(rollup.field)}"
    chosen = {
        RollupFunction.COUNT: "COUNT(*)",
        RollupFunction.SUM: f"COALESCE(SUM({taken}), 0)",
        RollupFunction.MIN: f"MIN({taken})",
        RollupFunction.MAX: f"MAX({taken})",
        RollupFunction.LATEST: taken,
    }[rollup.function]
    if rollup.function is RollupFunction.SUM and store.dialect is Dialect.POSTGRESQL:
        chosen = f"CAST({chosen} AS bigint)"  # SUM of bigint is numeric there
    matching = f'r.{quoted(rollup.by)} = {quoted(type_id)}."id"'
    params: tuple[object, ...] = ()
    if rollup.where is not None:
        fragment = where.sql(rollup.where, type_id=rollup.of, alias="r", store=store)
        matching += f" AND ({fragment.text})"
        params = fragment.params
    tail = ""
    if rollup.function is RollupFunction.LATEST:
        assert rollup.order is not None
        order = f"r.{quoted(rollup.order)}"
        matching += f" AND {order} IS NOT NULL"
        tail = f' ORDER BY {order} DESC, r."id" DESC LIMIT 1'
    rows = f"FROM {quoted(rollup.of)} AS r WHERE {matching}{tail}"
    return Fragment(f"(SELECT {chosen} {rows})", params)
