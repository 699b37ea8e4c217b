"""What follows from a change in other records: kept values over changed rows, and computed values
that read them, up the references until nothing more depends on what was touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.fields import Field
from kefu_admin.store import rollups, search
from kefu_admin.store.change import statements
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.change.statements import encode, same
from kefu_admin.store.change.values import Draft, Kind, Record
from kefu_admin.store.dialect import quoted
from kefu_admin.store.per_type import PerType

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Recompute = Callable[[str, Mapping[str, object], set[str]], Mapping[str, object]]
Touched = dict[tuple[str, str], set[int]]  # (type, kept field) -> records that carry it
MAX_STEPS = 10  # kept values over kept values; the config refuses cycles


def follow(
    store: Store, drafts: Sequence[Draft], *, binding: Binding, recompute: Recompute
) -> None:
    """Bring everything up to date that is kept over the written rows."""
    touched = _touched(store, drafts)
    removed = {(d.type.id, d.id) for d in drafts if d.kind is Kind.REMOVE}
    for step in range(MAX_STEPS):
        if not touched:
            return
        if step:  # the first were locked before the rows were written
            _lock(store, touched)
        current, touched = touched, {}
        for type_id in sorted({type_id for type_id, _ in current}):
            fields = {
                name: store.project.types[type_id].fields[name]
                for of_type, name in current
                if of_type == type_id
            }
            ids = {i for name in fields for i in current[type_id, name]}
            ids -= {i for of_type, i in removed if of_type == type_id}
            if ids:
                _refresh(store, touched, type_id, fields, ids, binding, recompute)


def lock_carriers(store: Store, drafts: Sequence[Draft]) -> None:
    """Lock the stored records whose kept values the drafts will move."""
    _lock(store, _touched(store, drafts))


def _touched(store: Store, drafts: Sequence[Draft]) -> Touched:
    touched: Touched = {}
    apart: set[tuple[str, frozenset[str]]] = set()  # changes of fields nothing is kept over
    for draft in drafts:
        changed = None if draft.kind is not Kind.UPDATE else draft.changed
        if changed is not None:
            if (draft.type.id, changed) in apart:
                continue
            if not any(changed & reads for _, _, reads in _carried(store, draft.type.id)):
                apart.add((draft.type.id, changed))
                continue
        _note(store, touched, draft.type.id, changed, (draft.before, draft.after))
    return touched


def _lock(store: Store, touched: Touched) -> None:
    carriers: dict[str, set[int]] = {}
    for (type_id, _), ids in touched.items():
        carriers.setdefault(type_id, set()).update(i for i in ids if i > 0)
    for type_id, ids in sorted(carriers.items()):
        rollups.lock(store, type_id, ids)


def _note(
    store: Store,
    touched: Touched,
    type_id: str,
    changed: frozenset[str] | None,
    states: Sequence[Mapping[str, object] | None],
) -> None:
    """Remember who carries values over a row, before and after; `changed` None: all of it."""
    for key, by, reads in _carried(store, type_id):
        if changed is not None and not changed & reads:
            continue
        for state in states:
            carrier_id = state[by] if state is not None else None
            if isinstance(carrier_id, int):
                touched.setdefault(key, set()).add(carrier_id)


def _all_carried(
    store: Store, type_id: str
) -> tuple[tuple[tuple[str, str], str, frozenset[str]], ...]:
    """Every kept value over rows of a type: where it is kept, the reference by which, what it
    reads."""
    return tuple(
        ((carrier.id, field.id), rollup.by, rollups.reads(rollup))
        for carrier, field, rollup in rollups.over(store.project, type_id)
    )


_carried = PerType(_all_carried)


def _refresh(
    store: Store,
    touched: Touched,
    type_id: str,
    fields: Mapping[str, Field],
    ids: set[int],
    binding: Binding,
    recompute: Recompute,
) -> None:
    rollups.refresh(store, type_id, list(fields.values()), sorted(ids), binding=binding)
    changed = set(fields)
    content_type = store.project.types[type_id]
    computed = [f for f in content_type.fields.values() if f.formula and f.formula.fields & changed]
    if not computed and not any(reads & changed for _, _, reads in _carried(store, type_id)):
        return
    searched = {field.id for field in search.indexed(store, type_id)}
    indexed: list[search.Indexed] = []
    records = Reader(store).load(type_id, sorted(ids))
    for record in records.values():
        anew = recompute(type_id, record.values, changed)
        written = write_computed(store, type_id, record, anew)
        _note(store, touched, type_id, frozenset(changed | written), (record.values,))
        if written & searched:
            after = record.values.over(anew)
            indexed.append(search.Indexed(record.id, record.values, after))
    search.change(store, type_id, indexed)


def write_computed(
    store: Store, type_id: str, record: Record, anew: Mapping[str, object]
) -> frozenset[str]:
    """Write the computed fields that differ from what the record holds; returns their names."""
    sql = statements.of(store, type_id)
    differing = {
        name: value
        for name, value in anew.items()
        if name in sql.by_field and not same(record.values[name], value)
    }
    columns = [column for name in differing for column in sql.by_field[name]]
    if columns:
        sets = ", ".join(f"{quoted(column.name)} = ?" for column in columns)
        store.execute(
            f'UPDATE {quoted(type_id)} SET {sets} WHERE "id" = ?',
            [
                *(
                    encode(store, sql, c, record.id, differing[c.field.id])
                    for c in columns
                    if c.field
                ),
                record.id,
            ],
        )
    return frozenset(differing)
