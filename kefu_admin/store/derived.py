"""Computed and kept values of rows that were there before their rule: which are out of date, and
bringing them up.

`kefu_state` holds, per derived field, the digest of the rule its values follow. A field that is new
or whose rule has changed is stale on the rows there are, until it has been worked out for all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition_text import write_condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.project import Project
from kefu_admin.store import rollups, search
from kefu_admin.store.carrying import register
from kefu_admin.store.change.following import write_computed
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.columns import has_column
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import digest
from kefu_admin.store.portions import resized
from kefu_admin.store.state import read_state, write_state
from kefu_admin.store.warrant import Checks

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

STATE = "derived"
CHUNK = 500  # rows brought up in one transaction, at most

Fields = Mapping[str, tuple[Field, ...]]  # type -> derived fields


def stale(store: Store) -> Fields:
    """The derived fields whose values follow no rule, or an old one, on rows that are there."""
    known = _known(store)
    found = {}
    for type in store.project.types.values():
        old = known.get(type.id, {})
        fields = tuple(
            field
            for field in _derived(type)
            if old.get(field.id) != _rule(field, type, store.project)
        )
        if fields:
            found[type.id] = fields
    return found


def forget_empty(store: Store) -> Fields:
    """Counts the derived fields of types without rows as up to date; returns what stays stale."""
    left = {}
    for type_id, fields in stale(store).items():
        if store.row(f"SELECT 1 FROM {quoted(type_id)} LIMIT 1"):
            left[type_id] = fields
        else:
            _mark(store, type_id, fields)
    return left


def bring_up(
    store: Store, *, checks: Mapping[str, Checks], binding: Binding, now: datetime
) -> Mapping[str, int]:
    """Works out every stale value, in transactions of some hundred rows each; says how many rows
    of which type. Stopped half-way, it goes on after the last row it committed.

    Versions and history stay: a derived value is no change of the record.
    """
    done = {}
    finished = []
    wanted = _with_dependents(store.project, stale(store))
    for type_id in _in_order(store.project, wanted):
        fields = wanted[type_id]
        with store.transaction():
            progress = register.begin(
                store,
                type_id,
                "",
                register.DERIVED,
                rule=_rules(fields, store.project.types[type_id], store.project),
                form="",
                now=now,
            )
        size = CHUNK
        while ids := _next(store, type_id, after=progress.last_id, size=size):
            began = perf_counter()
            with store.transaction():
                _bring_up(store, type_id, fields, ids, checks[type_id], binding)
                progress = register.advance(store, progress, ids[-1], len(ids))
            size = resized(size, perf_counter() - began, most=CHUNK)
            store.let_others_in()
        done[type_id] = progress.rows
        finished.append(progress)
    with store.transaction():  # all at once: what follows from a marked type is not looked at again
        for type_id, fields in wanted.items():
            if {field.id for field in fields} & set(store.project.types[type_id].search):
                search.rebuild(store)
            _mark(store, type_id, fields)
        for progress in finished:
            register.forget(store, progress)
    return done


def _bring_up(
    store: Store,
    type_id: str,
    fields: Sequence[Field],
    ids: Sequence[int],
    checks: Checks,
    binding: Binding,
) -> None:
    rollups.lock(store, type_id, ids)
    kept = [field for field in fields if field.rollup is not None]
    if kept:
        rollups.refresh(store, type_id, kept, ids, binding=binding)
    if not any(field.formula for field in store.project.types[type_id].fields.values()):
        return
    reader = Reader(store)
    for record in reader.load(type_id, ids).values():
        anew = checks.recompute(record.values, binding=binding, lookup=reader.lookup)
        write_computed(store, type_id, record, anew)


def _next(store: Store, type_id: str, *, after: int, size: int) -> list[int]:
    rows = store.rows(
        f'SELECT "id" FROM {quoted(type_id)} WHERE "id" > ? ORDER BY "id" LIMIT {size}', (after,)
    )
    return [int(id) for (id,) in rows]


def _rules(fields: Sequence[Field], type: ContentType, project: Project) -> str:
    """What the fields follow together: another rule begins anew."""
    return digest(" ".join(f"{field.id} {_rule(field, type, project)}" for field in fields))


def _with_dependents(project: Project, fields: Fields) -> dict[str, tuple[Field, ...]]:
    """Also the kept values and formulas that read what is stale, up to where nothing more does."""
    wanted = {type_id: dict.fromkeys(f.id for f in found) for type_id, found in fields.items()}
    moved = True
    while moved:
        moved = False
        for type_id in list(wanted):
            own = project.types[type_id]
            read = set(wanted[type_id])
            more = [(own, f) for f in _derived(own) if f.formula and f.formula.fields & read]
            more += [
                (t, f) for t, f, r in rollups.over(project, type_id) if rollups.reads(r) & read
            ]
            for type, field in more:
                if field.id not in wanted.setdefault(type.id, {}):
                    wanted[type.id][field.id] = None
                    moved = True
    return {
        type_id: tuple(project.types[type_id].fields[name] for name in names)
        for type_id, names in wanted.items()
    }


def _in_order(project: Project, fields: Fields) -> list[str]:
    """Types whose rows are counted come before those that count them."""
    ordered: list[str] = []
    left = list(fields)
    while left:
        free = [
            type_id
            for type_id in left
            if not any(
                field.rollup and field.rollup.of in left and field.rollup.of != type_id
                for field in fields[type_id]
            )
        ]
        ordered += free or left
        left = [type_id for type_id in left if type_id not in ordered]
    return ordered


def _derived(type: ContentType) -> Iterator[Field]:
    return (
        field
        for field in type.fields.values()
        if (field.formula is not None or field.rollup is not None) and has_column(field)
    )


def _rule(field: Field, type: ContentType, project: Project) -> str:
    """The digest of what a derived value follows."""
    if field.formula is not None:
        return digest(f"{field.formula.text} {field.result} {field.scale}")
    rollup = field.rollup
    assert rollup is not None
    where = None
    if rollup.where is not None:
        where = write_condition(rollup.where, project.types[rollup.of], project.types)
    parts = [rollup.of, rollup.by, rollup.function, rollup.field, rollup.order, where, field.scale]
    return digest(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str))


def _known(store: Store) -> dict[str, dict[str, str]]:
    text = read_state(store, STATE)
    known: dict[str, dict[str, str]] = json.loads(text) if text else {}
    return known


def _mark(store: Store, type_id: str, fields: Sequence[Field]) -> None:
    known = _known(store)
    type = store.project.types[type_id]
    own = known.setdefault(type_id, {})
    own |= {field.id: _rule(field, type, store.project) for field in fields}
    write_state(store, STATE, json.dumps(known, sort_keys=True, separators=(",", ":")))
