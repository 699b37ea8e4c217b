"""What only the database refuses, asked of it beforehand and set-wise: referrers of what is to go,
values that must not repeat. The database has the last word when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.problems import FieldError
from kefu_admin.store.change import removal, statements
from kefu_admin.store.change.statements import chunks, marks
from kefu_admin.store.change.trouble import repeated, unique_keys
from kefu_admin.store.change.values import Draft, walk
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import link_table

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def referred(change: Change, drafts: Sequence[Draft]) -> set[int]:
    """Those of the records to be deleted that others refer to, or that own a row others refer to;
    a reference from what goes along does not count."""
    top: dict[tuple[str, int], int] = {}
    gone: dict[str, set[int]] = {}
    for draft in drafts:
        for one in walk([draft]):
            top[one.type.id, one.id] = draft.id
            gone.setdefault(one.type.id, set()).add(one.id)
    found: set[int] = set()
    for target, ids in sorted(gone.items()):
        for type, field in removal.referring(change.store.project, target):
            going = gone.get(type.id, set())
            found |= {top[target, id] for id in _pointed_at(change, type.id, field, ids, going)}
    return found


def _pointed_at(
    change: Change, type_id: str, field: Field, ids: set[int], going: set[int]
) -> set[int]:
    """Those of the ids that a field leads to from a record that stays."""
    table, column, by = type_id, field.id, "id"
    if storage(field) is Storage.LINKS:
        table, column, by = link_table(type_id, field.id), "target_id", "record_id"
    chosen = quoted(column) if not going else f"{quoted(column)}, {quoted(by)}"
    found: set[int] = set()
    for part in chunks(sorted(ids)):
        rows = change.store.rows(
            f"SELECT DISTINCT {chosen} FROM {quoted(table)}"
            f" WHERE {quoted(column)} IN ({marks(len(part))})",
            part,
        )
        found |= {int(row[0]) for row in rows if not going or int(row[1]) not in going}
    return found


def repeats(change: Change, drafts: Sequence[Draft]) -> dict[int, tuple[FieldError, ...]]:
    """Drafts of one type whose values another record or an earlier draft holds already, by id.

    Rules with a condition are left to the database, and so are values the writer does not see in
    full: asking would be a guess that nobody counts.
    """
    found: dict[int, tuple[FieldError, ...]] = {}
    if not drafts:
        return found
    type = drafts[0].type
    partial = {unique.fields for unique in type.unique if unique.where is not None}
    for _, columns, fields in unique_keys(change.store, type.id):
        asked = [
            draft
            for draft in drafts
            if fields not in partial
            and draft.held.see.issuperset(fields)
            and not draft.changed.isdisjoint(fields)
            and all(draft.after[name] not in (None, "", ()) for name in fields)
        ]
        taken = _taken(change, columns, asked)
        for draft, values in zip(asked, _values(change, columns, asked), strict=True):
            if taken.setdefault(values, draft.id) != draft.id:
                found.setdefault(draft.id, repeated(draft, fields))
    return found


def _taken(
    change: Change, columns: tuple[str, ...], drafts: Sequence[Draft]
) -> dict[tuple[object, ...], int]:
    """Which stored record holds which values of a rule, of those the drafts would take."""
    if not drafts:
        return {}
    names = ", ".join(quoted(name) for name in columns)
    firsts = sorted({values[0] for values in _values(change, columns, drafts)}, key=str)
    taken: dict[tuple[object, ...], int] = {}
    for part in chunks(firsts):
        rows = change.store.rows(
            f'SELECT "id", {names} FROM {quoted(drafts[0].type.id)}'
            f" WHERE {quoted(columns[0])} IN ({marks(len(part))})",
            part,
        )
        taken.update((tuple(row[1:]), int(row[0])) for row in rows)
    return taken


def _values(
    change: Change, columns: tuple[str, ...], drafts: Sequence[Draft]
) -> list[tuple[object, ...]]:
    """The values of a rule's columns, as the driver has them."""
    if not drafts:
        return []
    sql = statements.of(change.store, drafts[0].type.id)
    by_name = {column.name: column for column in sql.columns}
    return [
        tuple(
            statements.encode(
                change.store,
                sql,
                by_name[name],
                draft.id,
                draft.after[field.id] if (field := by_name[name].field) else None,
            )
            for name in columns
        )
        for draft in drafts
    ]
