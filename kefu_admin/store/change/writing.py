"""Writes judged drafts, set-wise: one statement per table and chunk, whatever the number of rows.

Order within one level: deletions, changes, restored and new rows (a value freed by the first may be
taken by the last), then the owned rows of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.fields import Field
from kefu_admin.problems import Conflict
from kefu_admin.store import attachments, inserts, numbers
from kefu_admin.store.change import crossing, statements
from kefu_admin.store.change.statements import Column, TypeSql, chunks, encode, marks
from kefu_admin.store.change.values import Draft, Kind
from kefu_admin.store.dialect import quoted
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def write(change: Change, drafts: Sequence[Draft]) -> None:
    """Write drafts and what they own; new records have their ids afterwards.

    Raises:
        ConstraintBroken: the database refused a row.
        Conflict: a row was changed in between (only where rows were not locked).
        NumbersExhausted: a number series has no digits left.
    """
    for kind, action in _ORDER:
        groups: dict[str, list[Draft]] = {}
        for draft in drafts:
            if draft.kind is kind and draft.writes:
                groups.setdefault(draft.type.id, []).append(draft)
        for type_id, group in groups.items():
            action(change, statements.of(change.store, type_id), group)
            for draft in group:
                change.reader.forget(type_id, draft.id)
    children = [
        child for draft in drafts if draft.kind is not Kind.REMOVE for child in draft.children
    ]
    for child in children:
        if child.parent is not None and child.kind is Kind.CREATE:
            child.after = child.after.over({child.type.owned_by: child.parent.id})
    if children:
        write(change, children)


# new rows


def _insert(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    store = change.store
    _number(change, sql, drafts)
    for part in chunks(drafts, sql.rows_per_insert):
        ahead = inserts.ids_ahead(store, sql.type.id, len(part))
        if ahead is not None:
            _name_new(change, sql, part, ahead)
        crossed = crossing.new_columns(store, sql.type.id, part)
        rows = list(zip(*crossed, strict=True))
        if ahead is not None:
            inserts.under_ids(store, sql.type.id, sql.inserted, ahead, rows)
        else:
            ids = inserts.with_ids(store, sql.type.id, sql.inserted, rows)
            _name_new(change, sql, part, ids)
            for field in sql.secrets:
                _seal_new(change, sql, field, part)
    _write_elsewhere(change, sql, drafts)


def _name_new(change: Change, sql: TypeSql, drafts: Sequence[Draft], ids: Sequence[int]) -> None:
    """New records get the ids of their rows."""
    for draft, record_id in zip(drafts, ids, strict=True):
        change.reader.forget(sql.type.id, draft.id)
        draft.id = record_id
        draft.after = draft.after.over({"id": record_id})


def _insert_again(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    """Rows that come back, under their old ids; a number they never had is given now."""
    _number(change, sql, drafts)
    for part in chunks(drafts, sql.rows_per_insert):
        params = [
            encode(change.store, sql, column, draft.id, draft.after.get(_name(column)))
            for draft in part
            for column in sql.columns
        ]
        names = ", ".join(quoted(column.name) for column in sql.columns)
        row_marks = f"({marks(len(sql.columns))})"
        change.store.execute(
            f"INSERT INTO {quoted(sql.type.id)} ({names}) VALUES "
            + ", ".join([row_marks] * len(part)),
            params,
        )
    _write_elsewhere(change, sql, drafts)


def _number(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    """Give new records their business numbers, as late as possible: the counter stays locked."""
    for field in sql.numbers:
        series = change.store.project.numbers[field.series]
        groups: dict[str, list[Draft]] = {}
        for draft in drafts:
            if draft.after.get(field.id) is not None:
                continue  # it comes back with its own
            code = ""
            if numbers.per_department(series):
                code = change.department_code(draft)
            groups.setdefault(code, []).append(draft)
        for code, group in sorted(groups.items()):
            taken = numbers.take(
                change.store,
                series,
                len(group),
                now=change.now,
                zone=change.warrant.binding.zone,
                department=code,
            )
            for draft, number in zip(group, taken, strict=True):
                draft.after = draft.after.over({field.id: number})
    if sql.counted:
        given = {field.id for field in sql.numbers}
        for draft in drafts:
            change.recompute(draft, given)


def _seal_new(change: Change, sql: TypeSql, field: Field, drafts: Sequence[Draft]) -> None:
    """Cipher texts are bound to the row's id, so they follow an INSERT that gives it."""
    (column, _) = sql.by_field[field.id]
    rows = [
        (encode(change.store, sql, column, draft.id, value), draft.id)
        for draft in drafts
        if (value := draft.after.get(field.id)) is not None
    ]
    if rows:
        inserts.fill(change.store, sql.type.id, column.name, rows)


# changed rows


def _update(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    written: dict[frozenset[str], tuple[str, ...]] = {}
    groups: dict[tuple[str, ...], list[Draft]] = {}
    for draft in drafts:
        names = written.get(draft.changed)
        if names is None:
            names = tuple(sorted(draft.changed & sql.by_field.keys()))
            written[draft.changed] = names
        groups.setdefault(names, []).append(draft)
    for names, group in groups.items():
        columns = [column for name in names for column in sql.by_field[name]]
        for part in chunks(group):
            _update_rows(change, sql, columns, part)
    _write_elsewhere(change, sql, drafts)


def _update_rows(
    change: Change, sql: TypeSql, columns: list[Column], drafts: Sequence[Draft]
) -> None:
    """One UPDATE: columns whose value is the same in all rows are set, others chosen by id."""
    store = change.store
    sets = ['"version" = "version" + 1', '"updated_at" = ?', '"updated_by" = ?']
    params: list[object] = [
        change.store.to_db(ColumnKind.INSTANT, change.now),
        change.warrant.actor.user_id,
    ]
    for column in columns:
        values = _encoded(change, sql, column, drafts)
        name = quoted(column.name)
        if all(value == values[0] for value in values):
            sets.append(f"{name} = ?")
            params.append(values[0])
        else:
            cases = "WHEN ? THEN ? " * len(drafts)
            sets.append(f'{name} = CASE "id" {cases}ELSE {name} END')
            for draft, value in zip(drafts, values, strict=True):
                params += [draft.id, value]
    if len(drafts) == 1:
        where = '"id" = ? AND "version" = ?'
        params += [drafts[0].id, drafts[0].version]
    else:  # read under a lock, with these versions, in this transaction
        where = f'"id" IN ({marks(len(drafts))})'
        params += [draft.id for draft in drafts]
    cursor = store.execute(
        f"UPDATE {quoted(sql.type.id)} SET {', '.join(sets)} WHERE {where}",
        params,
    )
    if cursor.rowcount != len(drafts):
        raise Conflict(version=None, sent=drafts[0].version)


def _encoded(change: Change, sql: TypeSql, column: Column, drafts: Sequence[Draft]) -> list[object]:
    """The new values of a column; one that all of them share is encoded once."""
    given = [draft.after.get(_name(column)) for draft in drafts]
    if not column.secret and all(value is given[0] for value in given):
        return [encode(change.store, sql, column, drafts[0].id, given[0])] * len(drafts)
    return [
        encode(change.store, sql, column, draft.id, value)
        for draft, value in zip(drafts, given, strict=True)
    ]


# deleted rows: files and business numbers stay theirs, the bin keeps them


def _delete(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    owned = [child for draft in drafts for child in draft.children]
    for draft in drafts:  # what history will tell is read while it is there
        for link in sql.links:
            _ = draft.after[link.field.id]
    if owned:
        write(change, owned)
    for part in chunks([draft.id for draft in drafts]):
        for link in sql.links:
            change.store.execute(
                f'DELETE FROM {quoted(link.table)} WHERE "record_id" IN ({marks(len(part))})',
                part,
            )
        change.store.execute(
            f'DELETE FROM {quoted(sql.type.id)} WHERE "id" IN ({marks(len(part))})',
            part,
        )


_ORDER = (
    (Kind.REMOVE, _delete),
    (Kind.UPDATE, _update),
    (Kind.RESTORE, _insert_again),
    (Kind.CREATE, _insert),
)


# links and files


def _write_elsewhere(change: Change, sql: TypeSql, drafts: list[Draft]) -> None:
    """Values in tables of their own: many-valued references and files."""
    for link in sql.links:
        concerned = [draft for draft in drafts if link.field.id in draft.changed]
        old = [draft.id for draft in concerned if draft.before is not None]
        for ids in chunks(old):
            change.store.execute(
                f'DELETE FROM {quoted(link.table)} WHERE "record_id" IN ({marks(len(ids))})',
                ids,
            )
        rows = [
            (draft.id, target, position)
            for draft in concerned
            for position, target in enumerate(_several(draft.after[link.field.id]))
        ]
        for part in chunks(rows):
            change.store.execute(
                f"INSERT INTO {quoted(link.table)}"
                ' ("record_id", "target_id", "position") VALUES '
                + ", ".join(["(?, ?, ?)"] * len(part)),
                [value for row in part for value in row],
            )
    for field in sql.files:
        for draft in drafts:
            if field.id not in draft.changed:
                continue
            before = _several(draft.before[field.id]) if draft.before is not None else ()
            after = _several(draft.after[field.id])
            if before != after:
                attachments.place(change.store, draft.id, before, after)


def _several(value: object) -> tuple[int, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _name(column: Column) -> str:
    return column.field.id if column.field is not None else column.name
