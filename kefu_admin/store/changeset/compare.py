"""Compares whole layouts: which tables are renamed, new, changed, gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kefu_admin.store.changeset.columns import compare_columns
from kefu_admin.store.changeset.indexes import compare_indexes
from kefu_admin.store.changeset.steps import (
    AddGuard,
    CreateTable,
    DropTable,
    Level,
    Meaning,
    RenameTable,
    Stake,
    Step,
)
from kefu_admin.store.dialect import quoted
from kefu_admin.store.shapes import TableShape

Forms = Mapping[str, Mapping[str, str]]  # table -> column -> form, as last applied


def compare(
    wanted: Sequence[TableShape], found: Mapping[str, TableShape], ours: Forms
) -> tuple[Step, ...]:
    """The steps that turn what is found into what is wanted, in the order of their doing.

    Args:
        wanted: the layout of the project.
        found: tables that are there; `check` and partial `where` hold names (see `store.found`).
        ours: what apply made before; only what is named there is ever planned to be dropped.
    """
    renamed = dict(_renamed_tables(wanted, found))
    found = _following(found, {old: new for new, old in renamed.items()})
    present = {name: name for name in found} | renamed
    steps: list[Step] = [_rename(old, new) for new, old in renamed.items()]
    early: list[Step] = []
    middle: list[Step] = []
    late: list[Step] = []
    drops: list[Step] = []
    for table in wanted:
        there = found.get(renamed.get(table.name, table.name))
        if there is None:
            early.append(_create(table))
            continue
        forms = ours.get(there.name, {})
        columns = compare_columns(table, there, forms, present)
        indexes = compare_indexes(table, there, columns.names, columns.gone)
        steps += [*indexes.first, *columns.first]
        middle += columns.changes
        late += indexes.changes
        drops += columns.drops
        if table.append_only and not there.append_only:
            late.append(_guard(table))
    kept = {table.name for table in wanted} | set(renamed.values())
    gone = [name for name in found if name in ours and name not in kept]
    drops += [_drop(found[name], ours[name]) for name in _dependents_first(gone, found)]
    return (*steps, *early, *middle, *late, *drops)


def _renamed_tables(
    wanted: Sequence[TableShape], found: Mapping[str, TableShape]
) -> Iterator[tuple[str, str]]:
    """(new, old) for renames that still have to be done."""
    names = {table.name for table in wanted}
    for table in wanted:
        old = table.renamed_from
        if old and old in found and old not in names and table.name not in found:
            yield table.name, old


def _following(
    found: Mapping[str, TableShape], renames: Mapping[str, str]
) -> Mapping[str, TableShape]:
    """The found tables with references that follow their renamed targets, as databases do."""
    if not renames:
        return found
    return {
        name: replace(
            table,
            columns=tuple(
                replace(each, references=renames.get(each.references, each.references))
                for each in table.columns
            ),
        )
        for name, table in found.items()
    }


def _rename(old: str, new: str) -> Step:
    return Step(
        action=RenameTable(old, new),
        sign="~",
        level=Level.SAFE,
        subject=new,
        code="plan_rename_table",
        facts={"old": old, "new": new},
    )


def _create(table: TableShape) -> Step:
    return Step(
        action=CreateTable(replace(table, renamed_from="")),
        sign="+",
        level=Level.SAFE,
        subject=table.name,
        code="plan_create_table",
        facts={"columns": len(table.columns), "indexes": len(table.indexes)},
    )


def _guard(table: TableShape) -> Step:
    return Step(
        action=AddGuard(table.name),
        sign="+",
        level=Level.SAFE,
        subject=table.name,
        code="plan_add_guard",
    )


def _drop(table: TableShape, forms: Mapping[str, str]) -> Step:
    return Step(
        action=DropTable(table.name),
        sign="-",
        level=Level.DESTRUCTIVE,
        subject=table.name,
        code="plan_drop_table",
        stakes=(Stake(Meaning.HOLD, f"SELECT COUNT(*) FROM {quoted(table.name)}"),),
    )


def _dependents_first(names: Sequence[str], found: Mapping[str, TableShape]) -> list[str]:
    """Tables that refer to others come before them; cycles stay in name order."""
    left = sorted(names)
    ordered: list[str] = []
    while left:
        free = [
            name
            for name in left
            if not any(
                column.references == name
                for other in left
                if other != name
                for column in found[other].columns
            )
        ]
        ordered += free or left
        left = [name for name in left if name not in ordered]
    return ordered
