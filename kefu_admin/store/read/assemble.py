"""From fetched tuples to `Row`s: values, masks, reference labels, links, files and owned rows.

Labels cost one statement per referenced type, other tables one per field, whatever the number of
rows. A reference the asker may not follow is absent from the row and not editable in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import link_table
from kefu_admin.store.query import Row
from kefu_admin.store.read.files import files_of
from kefu_admin.store.read.labels import Labels
from kefu_admin.store.read.select import by_chunks, marks, owned
from kefu_admin.store.read.shape import Shape, Steps
from kefu_admin.store.read.sight import Sight

Late = Mapping[str, Mapping[int, tuple[object, ...]]]


def rows(sight: Sight, shape: Shape, fetched: Sequence[Sequence[Any]]) -> tuple[Row, ...]:
    """The rows of one SELECT, in its order."""
    read = [(raw, shape.steps(raw)) for raw in fetched]
    labels = Labels(sight)
    late = _late(sight, shape, read, labels)
    for raw, steps in read:
        for step in steps.own:
            if step.target and raw[step.index] is not None:
                labels.want(step.target, raw[step.index])
    return tuple(_row(sight, shape, raw, steps, labels, late) for raw, steps in read)


def _row(
    sight: Sight, shape: Shape, raw: Sequence[Any], steps: Steps, labels: Labels, late: Late
) -> Row:
    record_id = int(raw[0])
    values: dict[str, object] = {}
    unfollowed: set[str] = set()
    for step in steps.own:
        value = raw[step.index]
        if step.convert is not None:
            value = step.convert(value, record_id)
        elif step.target and value is not None:
            value = labels.ref(step.target, value)
            if value is None:
                unfollowed.add(step.name)
                continue
        values[step.name] = value
    for field in steps.worked:
        values[field.id] = _worked(sight, shape, raw, field)
    for field in steps.late:
        found, complete = _found(field, late[field.id].get(record_id, ()), labels)
        values[field.id] = found
        if not complete:
            unfollowed.add(field.id)
    if steps.late or steps.worked:
        values = {name: values[name] for name in shape.names if name in values}
    return Row(
        type=shape.rules.type.id,
        id=record_id,
        version=int(raw[1]),
        title=shape.title(raw),
        values=values,
        masked=steps.masked,
        editable=steps.rights.edit - unfollowed if unfollowed else steps.rights.edit,
        actions=steps.actions,
    )


def _worked(sight: Sight, shape: Shape, raw: Sequence[Any], field: Field) -> object:
    """A formula that depends on now, from the row's true values."""
    if sight.evaluate is None or field.formula is None:
        return None
    return sight.evaluate(field.formula, shape.true_values(raw), sight.binding)


def _found(field: Field, members: tuple[object, ...], labels: Labels) -> tuple[object, bool]:
    """The value of a field kept elsewhere, and whether all of it could be shown."""
    if storage(field) is Storage.LINKS:
        target = target_type(field.type, field.to)
        refs = [labels.ref(target, member) for member in members if isinstance(member, int)]
        return tuple(ref for ref in refs if ref is not None), None not in refs
    if field.type in ("attachment", "image"):
        return (members[0] if members else None), True
    return members, True


def _late(
    sight: Sight, shape: Shape, read: Sequence[tuple[Sequence[Any], Steps]], labels: Labels
) -> Late:
    """Everything that lies in other tables, one statement per field."""
    wanted: dict[str, tuple[Field, list[int]]] = {}
    for raw, steps in read:
        for field in steps.late:
            wanted.setdefault(field.id, (field, []))[1].append(int(raw[0]))
    found: dict[str, Mapping[int, tuple[object, ...]]] = {}
    for name, (field, ids) in wanted.items():
        rests = storage(field)
        if rests is Storage.LINKS:
            found[name] = _links(sight, shape.rules.type.id, field, ids, labels)
        elif rests is Storage.FILES:
            found[name] = files_of(sight.store, shape.rules.type.id, field.id, ids)
        else:
            found[name] = _children(sight, field, ids)
    return found


def _links(
    sight: Sight, type_id: str, field: Field, ids: Sequence[int], labels: Labels
) -> Mapping[int, tuple[object, ...]]:
    targets: dict[int, tuple[object, ...]] = {}
    target = target_type(field.type, field.to)
    for part in by_chunks(ids):
        for record_id, target_id in sight.store.rows(
            f'SELECT "record_id", "target_id" FROM {quoted(link_table(type_id, field.id))}'
            f' WHERE "record_id" IN ({marks(part)}) ORDER BY "record_id", "position"',
            part,
        ):
            targets[record_id] = (*targets.get(record_id, ()), target_id)
            labels.want(target, target_id)
    return targets


def _children(sight: Sight, field: Field, ids: Sequence[int]) -> Mapping[int, tuple[object, ...]]:
    rules = sight.rules(field.to)
    if rules is None:
        return {}
    names = tuple(name for name in rules.type.fields if name != field.by)
    shape, parents, fetched = owned(sight, rules, names, field.by, ids)
    found: dict[int, tuple[object, ...]] = {}
    for parent, row in zip(parents, rows(sight, shape, fetched), strict=True):
        found[parent] = (*found.get(parent, ()), row)
    return found
