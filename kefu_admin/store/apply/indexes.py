"""New indexes are built before the switch, beside the writers (PostgreSQL, MariaDB).

Over columns that stay they are built as they will be called. Over values carried beside, PostgreSQL
builds them under a passing name, which goes with the column should the apply be given up; MariaDB
makes those with the column itself, in one ALTER.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.store.apply import mariadb, postgresql
from kefu_admin.store.apply.backfill import Filling, Run
from kefu_admin.store.apply.names import new_names
from kefu_admin.store.changeset import AddIndex, Convert, Level, RenameIndex, ReplaceColumn, Step
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import create_index
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.found import found
from kefu_admin.store.names import shortened
from kefu_admin.store.shapes import IndexShape, TableShape

_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Built:
    """An index that is there before the switch: `now` as it is called, `then` as it will be."""

    table: str
    now: IndexShape
    then: IndexShape


def build(
    store: Store, done: Sequence[Step], wanted: Sequence[Filling], *, now: datetime
) -> tuple[Built, ...]:
    """Builds what can be built now; what a killed apply has built is taken as it is.

    Raises:
        ConstraintBroken: values repeat that must not; nothing was switched.
    """
    if store.dialect is Dialect.SQLITE:  # builds them in the switch: it knows no other way
        return ()
    if store.dialect is Dialect.MARIADB:
        buildable = [
            (table, each)
            for table, each in _buildable(done, wanted, found(store).tables)
            if each.now == each.then
        ]
        _build(store, buildable, mariadb.recording(store, now=now))
    else:
        with postgresql.building(store):
            buildable = list(_buildable(done, wanted, found(store).tables))
            _build(store, buildable, store.execute)
    return tuple(each for _, each in buildable)


def _build(store: Store, buildable: Sequence[tuple[str, Built]], run: Run) -> None:
    is_beside = store.dialect is Dialect.POSTGRESQL
    for table, each in buildable:
        if each.now.name not in {index.name for index in found(store).tables[table].indexes}:
            for text in create_index(table, each.now, store.dialect, beside=is_beside):
                run(text)


def remaining(done: Sequence[Step], built: Sequence[Built]) -> tuple[Step, ...]:
    """The steps as they are left to do: indexes that are there get their names at the end."""
    ready = {each.then.name for each in built}
    left = []
    for step in done:
        action = step.action
        if isinstance(action, AddIndex) and action.index.name in ready:
            continue
        if isinstance(action, Convert):
            anew = tuple(index for index in action.anew if index.name not in ready)
            step = replace(step, action=replace(action, anew=anew))
        left.append(step)
    return (*left, *(_naming(each) for each in built if each.now.name != each.then.name))


def _naming(built: Built) -> Step:
    return Step(
        action=RenameIndex(built.table, built.now, built.then),
        sign="~",
        level=Level.SAFE,
        subject=built.table,
        code="plan_rename_index",
    )


def _buildable(
    done: Sequence[Step], wanted: Sequence[Filling], tables: Mapping[str, TableShape]
) -> Iterator[tuple[str, Built]]:
    """(table as it is called now, index) for those whose columns are all there, each once."""
    former = {new: old for old, new in new_names(done)[0].items()}
    names = _Names(done, wanted)
    seen = set[str]()
    for step in done:
        action = step.action
        if not isinstance(action, (AddIndex, Convert)):
            continue
        table = former.get(action.table, action.table)
        for index in (action.index,) if isinstance(action, AddIndex) else action.anew:
            read = {*index.columns, *_QUOTED.findall(index.where)}
            now = {name: names.now(action.table, name) for name in read}
            there = table in tables and all(tables[table].column(name) for name in now.values())
            if there and index.name not in seen:
                seen.add(index.name)
                is_passing = any((action.table, name) in names.beside for name in read)
                yield table, Built(action.table, _called(index, now, is_passing), index)


class _Names:
    """What columns that will be there after the switch are called before it."""

    def __init__(self, done: Sequence[Step], wanted: Sequence[Filling]) -> None:
        _, columns = new_names(done)
        self.beside = {
            (each.job.carrier.type_id, each.job.carrier.field.id): each.job.target
            for each in wanted
            if each.carries
        }
        self._former = {(table, new): old for (table, old), new in columns.items()}
        self._former |= {
            (step.action.table, step.action.after.name): ""
            for step in done
            if isinstance(step.action, ReplaceColumn)
        }

    def now(self, table: str, column: str) -> str:
        """The column under its present name, "" for one that is made anew in the switch."""
        key = (table, column)
        return self.beside.get(key) or self._former.get(key, column)


def _called(index: IndexShape, now: Mapping[str, str], is_passing: bool) -> IndexShape:
    where = index.where
    for name, present in now.items():
        where = where.replace(quoted(name), quoted(present))
    return replace(
        index,
        name=shortened(f"kefu_next_{index.name}") if is_passing else index.name,
        columns=tuple(now[name] for name in index.columns),
        where=where,
    )
