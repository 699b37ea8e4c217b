"""Compares the columns of one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kefu_admin.store.changeset.stakes import Place, emptiness, scale, stakes_of_change
from kefu_admin.store.changeset.steps import (
    AddColumn,
    ChangeColumn,
    DropCheck,
    DropColumn,
    Level,
    Meaning,
    RenameColumn,
    ReplaceColumn,
    Rescale,
    Stake,
    Step,
)
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

_TEXTS = (ColumnKind.TEXT, ColumnKind.LONG_TEXT)
_WIDENING = {(ColumnKind.BOOLEAN, ColumnKind.INTEGER)}


@dataclass(frozen=True, slots=True)
class ColumnSteps:
    """`first`: renames and dropped checks; `names` maps found column names to the new ones;
    `gone`: found columns that are dropped or replaced, and their indexes with them."""

    first: tuple[Step, ...]
    changes: tuple[Step, ...]
    drops: tuple[Step, ...]
    names: Mapping[str, str]
    gone: frozenset[str]


def compare_columns(
    wanted: TableShape,
    found: TableShape,
    forms: Mapping[str, str],
    tables: Mapping[str, str],
) -> ColumnSteps:
    """The steps for the columns of a table that is there (perhaps still under its old name).

    Args:
        forms: how the found columns' values are written.
        tables: the names tables will have, to those they have.
    """
    renamed = dict(_renamed(wanted, found))  # new -> old
    first: list[Step] = []
    changes: list[Step] = []
    for column in wanted.columns:
        old = renamed.get(column.name, column.name)
        before = found.column(old)
        if before is None:
            changes.append(_add(wanted, found, column))
            continue
        if old != column.name:
            first.append(_rename(wanted, old, column))
        form = forms.get(old, column.form)
        place = Place(found.name, old, tables)
        dropped, changed = _change(wanted, before, form, column, place, _indexes(found, old))
        first[0:0] = dropped  # a rename would stumble over the check of the old name
        changes += changed
    kept = {*(column.name for column in wanted.columns), *renamed.values()}
    unwanted = [
        column for column in found.columns if column.name not in kept and column.name in forms
    ]
    drops = tuple(_drop(wanted, found, column, forms[column.name]) for column in unwanted)
    names = {old: new for new, old in renamed.items()}
    replaced = (
        renamed.get(step.action.after.name, step.action.after.name)
        for step in changes
        if isinstance(step.action, ReplaceColumn)
    )
    gone = frozenset({*(column.name for column in unwanted), *replaced})
    return ColumnSteps(tuple(first), tuple(changes), drops, names, gone)


def _indexes(table: TableShape, column: str) -> tuple[IndexShape, ...]:
    return tuple(index for index in table.indexes if column in index.columns)


def _renamed(wanted: TableShape, found: TableShape) -> Iterator[tuple[str, str]]:
    names = {column.name for column in wanted.columns}
    for column in wanted.columns:
        old = column.renamed_from
        if old and old not in names and found.column(old) and not found.column(column.name):
            yield column.name, old


def _add(wanted: TableShape, found: TableShape, column: ColumnShape) -> Step:
    stakes: tuple[Stake, ...] = ()
    if not column.nullable:
        stakes = (Place(found.name, "", {}).rows(emptiness(column)),)
    return Step(
        action=AddColumn(wanted.name, replace(column, renamed_from="")),
        sign="+",
        level=Level.ATTENTION if stakes else Level.SAFE,
        subject=f"{wanted.name}.{column.name}",
        code="plan_add_column",
        facts={"column": column},
        stakes=stakes,
    )


def _rename(wanted: TableShape, old: str, column: ColumnShape) -> Step:
    return Step(
        action=RenameColumn(wanted.name, old, column.name),
        sign="~",
        level=Level.SAFE,
        subject=f"{wanted.name}.{column.name}",
        code="plan_rename_column",
        facts={"old": old, "new": column.name},
    )


def _drop(wanted: TableShape, found: TableShape, column: ColumnShape, form: str) -> Step:
    name = column.name.removesuffix("_hash") if form == "hash" else column.name
    return Step(
        action=DropColumn(wanted.name, column, _indexes(found, column.name)),
        sign="-",
        level=Level.DESTRUCTIVE,
        subject=f"{wanted.name}.{name}",
        code="plan_drop_column",
        stakes=(Place(found.name, column.name, {}).filled(Meaning.HOLD),),
    )


def _change(
    wanted: TableShape,
    before: ColumnShape,
    form: str,
    after: ColumnShape,
    place: Place,
    indexes: tuple[IndexShape, ...],
) -> tuple[list[Step], list[Step]]:
    """(steps to be done before renames, steps after) for a column that is there."""
    before = replace(before, name=after.name, form=form)
    after = replace(after, renamed_from="")
    subject = f"{wanted.name}.{after.name}"
    factor = _rescaling(before, after)
    if factor is None and _is_another_kind(before, after):
        step = Step(
            action=ReplaceColumn(wanted.name, before, after, indexes),
            sign="~",
            level=Level.ATTENTION,
            subject=subject,
            code="plan_replace_column",
            facts={"before": before, "after": after},
            stakes=(place.filled(Meaning.NOT_CONVERTIBLE),),
        )
        return [], [step]
    first: list[Step] = []
    changes: list[Step] = []
    if before.check and digest(after.check) != before.check[-8:]:
        first.append(
            Step(
                action=DropCheck(wanted.name, place.column, before.check),
                sign="~",
                level=Level.SAFE,
                subject=subject,
                code="plan_drop_check",
            )
        )
    if factor:
        changes.append(_rescale(wanted, after, factor, place))
    if differs(before, after):
        stakes = stakes_of_change(before, after, place, factor or 0)
        changes.append(
            Step(
                action=ChangeColumn(wanted.name, before, after),
                sign="~",
                level=Level.ATTENTION if stakes else Level.SAFE,
                subject=subject,
                code="plan_change_column" if _shape_differs(before, after) else "plan_change_check",
                facts={"before": before, "after": after},
                stakes=stakes,
            )
        )
    return first, changes


def differs(before: ColumnShape, after: ColumnShape) -> bool:
    """Whether the column must be altered, checks by the hash of their text."""
    if _shape_differs(before, after):
        return True
    return bool(after.check) and digest(after.check) != before.check[-8:]


def _shape_differs(before: ColumnShape, after: ColumnShape) -> bool:
    return (before.kind, before.length, before.nullable, before.default, before.references) != (
        after.kind,
        after.length,
        after.nullable,
        after.default,
        after.references,
    )


def _is_another_kind(before: ColumnShape, after: ColumnShape) -> bool:
    if before.form != after.form:
        return True
    if before.kind is after.kind or (before.kind, after.kind) in _WIDENING:
        return False
    return not (before.kind in _TEXTS and after.kind in _TEXTS)


def _rescaling(before: ColumnShape, after: ColumnShape) -> int | None:
    """The power of ten between two scales of whole numbers, or None when it is not about that."""
    if before.form == after.form or before.kind is not after.kind:
        return None
    old, new = scale(before), scale(after)
    return None if old is None or new is None else new - old


def _rescale(wanted: TableShape, column: ColumnShape, exponent: int, place: Place) -> Step:
    stakes = [place.filled(Meaning.REWRITTEN)]
    if exponent < 0:
        stakes.append(place.unrounded(-exponent))
    return Step(
        action=Rescale(wanted.name, column.name, exponent),
        sign="~",
        level=Level.ATTENTION,
        subject=f"{wanted.name}.{column.name}",
        code="plan_rescale",
        facts={"places": scale(column)},
        stakes=tuple(stakes),
    )
