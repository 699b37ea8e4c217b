"""All that a list holds, column by column and part by part: what leaves in a file.

The ids are chosen once, in order; the rows are then read by them, so that no view of the database
is held open while a slow reader takes his file. The rules are asked again with every part: a row
that is closed or gone by then is left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kefu_admin.definitions.logic import all_of
from kefu_admin.definitions.role import Action
from kefu_admin.store.query import Query
from kefu_admin.store.read.assemble import Group, columns
from kefu_admin.store.read.order import order_by, order_keys
from kefu_admin.store.read.page import meets
from kefu_admin.store.read.select import CHUNK, run_ids, some
from kefu_admin.store.read.shape import ALIAS
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import ALWAYS_SEEN


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows in their order. `masked` says for a field that is masked in some of them in which;
    `None` stands for what is empty, closed, or may not leave."""

    count: int
    values: Mapping[str, Sequence[object]]
    masked: Mapping[str, Sequence[bool]]


def leaving(sight: Sight, query: Query, *, most: int) -> array[int]:
    """The ids of the rows that meet the query and may leave in a file, in order, at most `most`."""
    rules = sight.rules(query.type)
    if rules is None:
        return array("q")
    leave = replace(query, where=all_of((query.where, rules.allowed(Action.EXPORT))))
    meeting, params = meets(sight, rules, leave)
    keys = order_keys(rules.type, query.sort)
    order = order_by(keys, sight.store.dialect, [key.sql(ALIAS) for key in keys])
    text = f'SELECT "{ALIAS}"."id" {meeting} ORDER BY {order} LIMIT {most}'
    return run_ids(sight, text, params)


def parts(sight: Sight, type_id: str, names: Sequence[str], ids: array[int]) -> Iterator[Part]:
    """The rows of these ids in that order, a few hundred at a time."""
    rules = sight.rules(type_id)
    if rules is None:
        return
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK].tolist()
        shape, fetched = some(sight, rules, names, chunk)
        place = {id: at for at, id in enumerate(chunk)}
        fetched.sort(key=lambda row: place[row[0]])
        yield _part(names, fetched, columns(sight, shape, fetched) if fetched else [])


def _part(
    names: Sequence[str],
    fetched: Sequence[Sequence[Any]],
    groups: Sequence[tuple[Group, Mapping[str, Sequence[object]]]],
) -> Part:
    leaving = [one for one in groups if Action.EXPORT in one[0].steps.rights.actions]
    if len(groups) == len(leaving) == 1:
        return _alike(names, *leaving[0])
    kept = sorted(place for group, _ in leaving for place in group.places)
    values: dict[str, Sequence[object]] = {}
    masked: dict[str, Sequence[bool]] = {}
    for name in names:
        values[name], hidden = _column(name, len(fetched), leaving)
        if any(hidden):
            masked[name] = hidden
    if len(kept) < len(fetched):
        values = {name: [column[at] for at in kept] for name, column in values.items()}
        masked = {name: [column[at] for at in kept] for name, column in masked.items()}
    return Part(len(kept), values, masked)


def _alike(names: Sequence[str], group: Group, values: Mapping[str, Sequence[object]]) -> Part:
    """Rows in all of which the same holds, as they came."""
    count, nothing = len(group.ids), (None,) * len(group.ids)
    shown = {name: values[name] for name in names if name in values and _leaves(group, name)}
    return Part(
        count,
        {name: shown.get(name, nothing) for name in names},
        {name: (True,) * count for name in shown if name in group.steps.masked},
    )


def _column(
    name: str, count: int, groups: Sequence[tuple[Group, Mapping[str, Sequence[object]]]]
) -> tuple[Sequence[object], Sequence[bool]]:
    """One field of all rows, and in which it is masked."""
    column: list[object] = [None] * count
    hidden = [False] * count
    for group, values in groups:
        if name in values and _leaves(group, name):
            is_masked = name in group.steps.masked
            for place, value in zip(group.places, values[name], strict=True):
                column[place], hidden[place] = value, is_masked
    return column, hidden


def _leaves(group: Group, name: str) -> bool:
    return name in group.steps.rights.export or name in ALWAYS_SEEN
