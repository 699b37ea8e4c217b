"""Compares the indexes of one table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kefu_admin.store.changeset.stakes import repeated
from kefu_admin.store.changeset.steps import (
    AddIndex,
    DropIndex,
    Level,
    RenameIndex,
    Stake,
    Step,
)
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import IndexShape, TableShape

_QUOTED = re.compile(r'"([^"]+)"')
_OURS = ("ix_", "uq_")


@dataclass(frozen=True, slots=True)
class IndexSteps:
    """`first`: partial indexes that go before their columns are renamed."""

    first: tuple[Step, ...]
    changes: tuple[Step, ...]


def compare_indexes(
    wanted: TableShape, found: TableShape, names: Mapping[str, str], gone: frozenset[str]
) -> IndexSteps:
    """The steps for the indexes of a table that is there.

    Indexes that an administrator added under other names are left alone.

    Args:
        names: found column names to new ones.
        gone: found columns whose dropping takes their indexes along.
    """
    staying = [index for index in found.indexes if not gone & set(index.columns)]
    there = {_identity(index, names, found=True): index for index in staying}
    first: list[Step] = []
    changes: list[Step] = []
    kept: set[str] = set()
    for index in wanted.indexes:
        present = there.get(_identity(index, {}, found=False))
        if present is None or not present.name.startswith(_OURS):
            changes.append(_add(wanted, found, index, names))
            continue
        kept.add(present.name)
        if present.name != index.name:
            changes.insert(0, _rename(wanted, present, index))
    for index in staying:
        if index.name in kept or not index.name.startswith(_OURS):
            continue
        (first if index.where else changes).append(_drop(wanted, index))
    return IndexSteps(tuple(first), tuple(changes))


def _identity(
    index: IndexShape, names: Mapping[str, str], *, found: bool
) -> tuple[tuple[str, ...], bool, str]:
    columns = tuple(names.get(column, column) for column in index.columns)
    if not index.where:
        return columns, index.unique, ""
    return columns, index.unique, index.where[-8:] if found else digest(index.where)


def _add(
    wanted: TableShape, found: TableShape, index: IndexShape, names: Mapping[str, str]
) -> Step:
    stakes: tuple[Stake, ...] = ()
    old = {new: old for old, new in names.items()}
    columns = tuple(old.get(column, column) for column in index.columns)
    where = index.where
    for new, former in old.items():
        where = where.replace(f'"{new}"', f'"{former}"')
    read = {*columns, *_QUOTED.findall(where)}
    if index.unique and all(found.column(column) for column in read):
        stakes = (repeated(found.name, index, columns, where),)
    return Step(
        action=AddIndex(wanted.name, index),
        sign="+",
        level=Level.ATTENTION if stakes else Level.SAFE,
        subject=f"{wanted.name}.{'+'.join(index.columns)}",
        code="plan_add_unique" if index.unique else "plan_add_index",
        stakes=stakes,
    )


def _rename(wanted: TableShape, old: IndexShape, new: IndexShape) -> Step:
    return Step(
        action=RenameIndex(wanted.name, old, new),
        sign="~",
        level=Level.SAFE,
        subject=f"{wanted.name}.{'+'.join(new.columns)}",
        code="plan_rename_index",
    )


def _drop(wanted: TableShape, index: IndexShape) -> Step:
    return Step(
        action=DropIndex(wanted.name, index),
        sign="-",
        level=Level.SAFE,
        subject=f"{wanted.name}.{'+'.join(index.columns)}",
        code="plan_drop_index",
    )
