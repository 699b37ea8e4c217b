"""Which steps of a plan carry the values there are, after every row was tried.

`compare` knows shapes only. Here the config's fields and the rows decide: a column of another kind
whose values all read as wanted is converted, one whose rows stand in the way is refused with those
rows named, and what follows from other values is simply worked out anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kefu_admin.definitions.fields import Field
from kefu_admin.store.apply.names import new_names
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.carrying.tally import Tally
from kefu_admin.store.changeset import (
    AddIndex,
    ChangeColumn,
    Convert,
    DropIndex,
    Example,
    Level,
    Meaning,
    RenameIndex,
    ReplaceColumn,
    Rescale,
    Restate,
    Stake,
    Step,
)
from kefu_admin.store.changeset.stakes import scale
from kefu_admin.store.columns import has_column
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.found import Found
from kefu_admin.store.names import shortened
from kefu_admin.store.shapes import ColumnShape, IndexShape

_TRIED = frozenset(
    {Meaning.NOT_ALLOWED, Meaning.TOO_LONG, Meaning.WOULD_ROUND, Meaning.NOT_CONVERTIBLE}
)
Forms = Mapping[str, Mapping[str, str]]


def shadow(column: str) -> str:
    """The column beside another in which its values are worked out."""
    return shortened(f"kefu_next_{column}")


def is_shadow(column: str) -> bool:
    """Whether a column was made by `shadow`."""
    return column.startswith("kefu_next_")


def converted(
    store: Store, steps: Sequence[Step], there: Found, forms: Forms, tried: Sequence[Step]
) -> tuple[Step, ...]:
    """The counted steps with conversions where rows have values; nothing is written. A conversion
    that is in `tried` is taken from there."""
    tables, columns = new_names(tuple(steps))
    former = {new: old for old, new in tables.items()}
    formerly = {(table, new): old for (table, old), new in columns.items()}
    known = {step.action: step for step in tried if isinstance(step.action, Convert)}
    result: list[Step] = []
    carried: dict[tuple[str, str], Convert] = {}
    for step in steps:
        action = step.action
        if not isinstance(action, (ReplaceColumn, Rescale, ChangeColumn)):
            result.append(step)
            continue
        name = action.column if isinstance(action, Rescale) else action.after.name
        if (action.table, name) in carried:
            continue  # the conversion already does it
        field = _field(store, action.table, name)
        if field is None:
            result.append(step)
            continue
        table = former.get(action.table, action.table)
        column = formerly.get((action.table, name), name)
        found = there.tables[table].column(column)
        assert found is not None
        form = forms.get(table, {}).get(column, "")
        before = replace(found, name=name, form=form, check=_check_left(steps, action.table, found))
        step = _settled(store, step, field, before, (table, column), there, known)
        if isinstance(step.action, Convert):
            carried[action.table, name] = step.action
        result.append(step)
    return tuple(step for step in result if not _follows(step, carried))


def _field(store: Store, table: str, column: str) -> Field | None:
    """The field whose own column it is; None for hashes and fixed tables."""
    type = store.project.types.get(table)
    field = type.fields.get(column) if type else None
    return field if field is not None and not field.system and has_column(field) else None


def _check_left(steps: Sequence[Step], table: str, found: ColumnShape) -> str:
    """The found check's name, "" when a step of its own drops it before."""
    dropped = {getattr(step.action, "constraint", "") for step in steps}
    return "" if found.check in dropped else found.check


def _settled(
    store: Store,
    step: Step,
    field: Field,
    before: ColumnShape,
    source: tuple[str, str],
    there: Found,
    known: Mapping[Convert, Step],
) -> Step:
    action = step.action
    assert isinstance(action, (ReplaceColumn, Rescale, ChangeColumn))
    after = store.layout[action.table].column(before.name)
    assert after is not None
    after = replace(after, renamed_from="")
    if field.formula is not None or field.rollup is not None:
        if isinstance(action, ChangeColumn):
            return step
        anew = ReplaceColumn(action.table, before, after, _over(there, source))
        return replace(step, action=anew, stakes=(), counts=(), level=Level.SAFE)
    counted = {meaning for meaning, _ in step.at_stake}
    if not counted & _TRIED and not (isinstance(action, Rescale) and counted):
        return step
    convert = Convert(
        table=action.table,
        before=before,
        after=after,
        source_table=source[0],
        source_column=source[1],
        shadow=shadow(before.name),
        indexes=_gone(store, action.table, there, source),
        anew=_anew(store, action.table, before.name),
    )
    if convert in known:
        return known[convert]
    carrier = Carrier(store, action.table, field, before, scale(before) or 0)
    tally = carrier.tally(*source)
    if tally.refused:
        return _refused(step, carrier, tally)
    if not tally.changed and not isinstance(action, ChangeColumn):
        return replace(step, action=Restate(action.table, before.name), stakes=(), counts=())
    return replace(
        step,
        action=convert,
        code="plan_convert_column" if step.code == "plan_replace_column" else step.code,
        stakes=(Stake(Meaning.REWRITTEN, ""),),
        counts=(tally.filled,),
    )


def _refused(step: Step, carrier: Carrier, tally: Tally) -> Step:
    """With the rows that are in the way in place of the mere number."""
    meaning = next((m for m, _ in step.at_stake if m in _TRIED), Meaning.NOT_CONVERTIBLE)
    if meaning is Meaning.NOT_CONVERTIBLE and carrier.is_possible:
        meaning = Meaning.NOT_READABLE
    return replace(
        step,
        stakes=(Stake(meaning, ""),),
        counts=(tally.refused,),
        examples=tuple(
            Example(each.count, tuple(each.ids), each.value, each.code, each.facts)
            for each in tally.examples
        ),
    )


def _over(there: Found, source: tuple[str, str]) -> tuple[IndexShape, ...]:
    table, column = source
    return tuple(index for index in there.tables[table].indexes if column in index.columns)


def _anew(store: Store, table: str, column: str) -> tuple[IndexShape, ...]:
    """The wanted indexes that read the column."""
    return tuple(
        index
        for index in store.layout[table].indexes
        if column in index.columns or quoted(column) in index.where
    )


def _gone(
    store: Store, table: str, there: Found, source: tuple[str, str]
) -> tuple[IndexShape, ...]:
    """The found indexes that read it; a condition's text is known by the index's name only."""
    conditional = {index.name for index in _anew(store, table, source[1]) if index.where}
    return tuple(
        index
        for index in there.tables[source[0]].indexes
        if source[1] in index.columns or index.name in conditional
    )


def _follows(step: Step, carried: Mapping[tuple[str, str], Convert]) -> bool:
    """Whether a step for an index is done by the conversion of a column under it."""
    action = step.action
    if isinstance(action, (AddIndex, DropIndex)):
        touched = {action.index.name}
    elif isinstance(action, RenameIndex):
        touched = {action.old.name, action.new.name}
    else:
        return False
    return any(
        table == action.table and touched & {each.name for each in (*to.indexes, *to.anew)}
        for (table, _), to in carried.items()
    )
