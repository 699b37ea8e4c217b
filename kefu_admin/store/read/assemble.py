"""From fetched tuples to `Row`s: values, masks, reference labels, links, files and owned rows.

Labels cost one statement per referenced type, other tables one per field (files together), whatever
the number of rows. A reference the asker may not follow is absent from the row and not editable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    groups, labels, late = _prepared(sight, shape, fetched)
    if len(groups) == 1:
        return tuple(_rows(sight, shape, groups[0], labels, late))
    made = {
        place: row
        for group in groups
        for place, row in zip(group.places, _rows(sight, shape, group, labels, late), strict=True)
    }
    return tuple(made[place] for place in range(len(fetched)))


def columns(
    sight: Sight, shape: Shape, fetched: Sequence[Sequence[Any]]
) -> list[tuple[Group, Mapping[str, Sequence[object]]]]:
    """The same values column by column, for each pattern of flags: `None` where a reference may
    not be followed."""
    groups, labels, late = _prepared(sight, shape, fetched)
    return [(group, _values(sight, shape, group, labels, late)[0]) for group in groups]


@dataclass(slots=True)
class Group:
    """Fetched rows of one pattern of flags: what a field needs is done column by column."""

    steps: Steps
    places: Sequence[int]
    raws: Sequence[Sequence[Any]]
    columns: Sequence[Sequence[Any]]
    ids: Sequence[int]


def _prepared(
    sight: Sight, shape: Shape, fetched: Sequence[Sequence[Any]]
) -> tuple[list[Group], Labels, Late]:
    groups = _groups(shape, fetched)
    labels = Labels(sight)
    late = _late(sight, shape, groups, labels)
    for group in groups:
        for step in group.steps.own:
            if step.target:
                labels.want_all(step.target, group.columns[step.index])
    return groups, labels, late


def _groups(shape: Shape, fetched: Sequence[Sequence[Any]]) -> list[Group]:
    patterns: dict[int, tuple[Steps, list[int]]] = {}
    if fetched and not shape.flags:
        patterns[0] = (shape.steps(fetched[0]), list(range(len(fetched))))
    else:
        for place, raw in enumerate(fetched):
            steps = shape.steps(raw)
            patterns.setdefault(id(steps), (steps, []))[1].append(place)
    groups = []
    for steps, places in patterns.values():
        raws = fetched if len(places) == len(fetched) else [fetched[place] for place in places]
        columns = list(zip(*raws, strict=True))
        groups.append(Group(steps, places, raws, columns, columns[0]))
    return groups


def _values(
    sight: Sight, shape: Shape, group: Group, labels: Labels, late: Late
) -> tuple[dict[str, Sequence[object]], dict[int, set[str]], dict[int, frozenset[str]]]:
    """The values by field; by place what could not be followed, and what of it a row leaves out."""
    steps, ids = group.steps, group.ids
    values: dict[str, Sequence[object]] = {}
    unfollowed: dict[int, set[str]] = {}
    for step in steps.own:
        column = group.columns[step.index]
        if step.target:
            refs = labels.refs(step.target)
            for at, raw in enumerate(column):
                if raw is not None and raw not in refs:
                    unfollowed.setdefault(at, set()).add(step.name)
            column = [refs.get(raw) for raw in column]
        values[step.name] = step.read(column, ids)
    lost = {at: frozenset(names) for at, names in unfollowed.items()}
    for field in steps.worked:
        values[field.id] = [_worked(sight, shape, raw, field) for raw in group.raws]
    for field in steps.late:
        found = [_found(field, late[field.id].get(id, ()), labels) for id in ids]
        values[field.id] = [value for value, _ in found]
        for at, (_, complete) in enumerate(found):
            if not complete:
                unfollowed.setdefault(at, set()).add(field.id)
    if steps.late or steps.worked:
        values = {name: values[name] for name in shape.names if name in values}
    return values, unfollowed, lost


def _rows(sight: Sight, shape: Shape, group: Group, labels: Labels, late: Late) -> Iterator[Row]:
    steps, ids = group.steps, group.ids
    values, unfollowed, lost = _values(sight, shape, group, labels, late)
    names = tuple(values)
    cells = zip(*values.values(), strict=True) if names else ((),) * len(ids)
    titles = shape.titles(steps, group.columns)
    for at, (row, title) in enumerate(zip(cells, titles, strict=True)):
        shown = dict(zip(names, row, strict=True))
        edit = steps.rights.edit
        if at in unfollowed:
            edit -= unfollowed[at]
            for name in lost.get(at, ()):
                del shown[name]
        yield Row(
            type=shape.rules.type.id,
            id=ids[at],
            version=group.columns[1][at],
            title=title,
            values=shown,
            masked=steps.masked,
            editable=edit,
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


def _late(sight: Sight, shape: Shape, groups: Sequence[Group], labels: Labels) -> Late:
    """Everything that lies in other tables: one statement per field, one for all files."""
    wanted: dict[str, tuple[Field, list[int]]] = {}
    for group in groups:
        for field in group.steps.late:
            wanted.setdefault(field.id, (field, []))[1].extend(group.ids)
    found: dict[str, Mapping[int, tuple[object, ...]]] = {}
    for name, (field, ids) in wanted.items():
        rests = storage(field)
        if rests is Storage.LINKS:
            found[name] = _links(sight, shape.rules.type.id, field, ids, labels)
        elif rests is Storage.ROWS:
            found[name] = _children(sight, field, ids)
    files = [name for name, (field, _) in wanted.items() if storage(field) is Storage.FILES]
    if files:
        ids = sorted({id for name in files for id in wanted[name][1]})
        found |= files_of(sight.store, shape.rules.type.id, files, ids)
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
