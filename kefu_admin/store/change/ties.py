"""References among rows that go or come together: an owner to a row of his own, or two rows to each
other. The database checks every statement, so no order of deleting or inserting would do: such
references are cut before the first row goes, and made when the last row has come. One that is
always required cannot be cut; of those the config lets no ring be (CFG101), so some order does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kefu_admin.definitions.fields import Field
from kefu_admin.store.change import statements
from kefu_admin.store.change.statements import chunks, encode, marks
from kefu_admin.store.change.values import Draft, Kind, Values, absent, walk
from kefu_admin.store.columns import has_column, is_always_required
from kefu_admin.store.dialect import quoted

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

Among = dict[str, set[int]]


@contextmanager
def untied(change: Change, drafts: Sequence[Draft]) -> Iterator[None]:
    """Write drafts within: references to rows that go are cut before, to rows that come made
    after."""
    every = list(walk(list(drafts)))
    if going := _ids([draft for draft in every if draft.kind is Kind.REMOVE]):
        _cut(change, every, going)
    coming = _ids([draft for draft in every if draft.kind is Kind.RESTORE])
    waiting: list[tuple[Draft, Values, tuple[Field, ...]]] = []
    for draft in every if coming else ():
        if draft.kind is Kind.REMOVE or not draft.writes:
            continue
        if tied := tuple(_tied(change, draft, draft.after, coming)):
            waiting.append((draft, draft.after, tied))
            draft.after = draft.after.over({one.id: absent(one) for one in tied})
    yield
    for draft, meant, tied in waiting:
        draft.after = draft.after.over({one.id: meant[one.id] for one in tied})
        for one in tied:
            _make(change, draft, one)


def _ids(drafts: Sequence[Draft]) -> Among:
    found: Among = {}
    for draft in drafts:
        found.setdefault(draft.type.id, set()).add(draft.id)
    return found


def _tied(change: Change, draft: Draft, values: Values, among: Among) -> Iterator[Field]:
    """The references a draft writes that lead to these rows by `values`; an owner is there before
    and after."""
    for one, target in statements.of(change.store, draft.type.id).pointing:
        if one.id == draft.type.owned_by or one.id not in draft.changed or target not in among:
            continue
        if has_column(one) and is_always_required(one):
            continue
        value = values[one.id]
        if not among[target].isdisjoint(value if isinstance(value, tuple) else (value,)):
            yield one


def _cut(change: Change, drafts: Sequence[Draft], going: Among) -> None:
    """Of rows that go, and of those that let go of them."""
    cut: dict[tuple[str, str], list[int]] = {}
    for draft in drafts:
        if draft.before is not None:
            for one in _tied(change, draft, draft.before, going):
                cut.setdefault((draft.type.id, one.id), []).append(draft.id)
    for (type_id, name), ids in cut.items():
        sql = statements.of(change.store, type_id)
        table = next((link.table for link in sql.links if link.field.id == name), "")
        for part in chunks(ids):
            change.store.execute(
                f'DELETE FROM {quoted(table)} WHERE "record_id" IN ({marks(len(part))})'
                if table
                else f"UPDATE {quoted(type_id)} SET {quoted(name)} = NULL"
                f' WHERE "id" IN ({marks(len(part))})',
                part,
            )


def _make(change: Change, draft: Draft, one: Field) -> None:
    sql, value = statements.of(change.store, draft.type.id), draft.after[one.id]
    for link in sql.links:
        if link.field is one and isinstance(value, tuple):
            change.store.execute_many(
                f'INSERT INTO {quoted(link.table)} ("record_id", "target_id", "position")'
                " VALUES (?, ?, ?)",
                [(draft.id, target, position) for position, target in enumerate(value)],
            )
    for column in sql.by_field.get(one.id, ()):
        change.store.execute(
            f'UPDATE {quoted(draft.type.id)} SET {quoted(column.name)} = ? WHERE "id" = ?',
            (encode(change.store, sql, column, draft.id, value), draft.id),
        )
