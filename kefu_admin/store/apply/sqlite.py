"""SQLite: what ALTER cannot do is done by rebuilding the table, all in one transaction.

The rebuilt table keeps its rows, ids that were given out, indexes and triggers; tables that refer
to it keep theirs, because foreign keys are off meanwhile and checked before the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fcntl import LOCK_EX, LOCK_NB, flock

from kefu_admin.store.alter import statements
from kefu_admin.store.apply import first_id
from kefu_admin.store.changeset import (
    Action,
    AddColumn,
    AddGuard,
    AddIndex,
    ChangeColumn,
    Convert,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    RenameColumn,
    RenameIndex,
    RenameTable,
    ReplaceColumn,
    Rescale,
    Step,
)
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import check_text, column_text, create_index, create_table, drop_index
from kefu_admin.store.dialect import Dialect, literal, quoted
from kefu_admin.store.found.sqlite import table as found_table
from kefu_admin.store.shapes import ColumnShape, TableShape

_TEMPORARY = "kefu_rebuilt"
_Rebuilding = (DropCheck, Rescale, ChangeColumn, Convert, ReplaceColumn, DropColumn)


class DanglingReferences(RuntimeError):
    """A rebuild would have left rows that refer to nothing; everything was rolled back."""


@contextmanager
def locked(store: Store) -> Iterator[bool]:
    """Holds the database's apply lock, a file beside its data; gives False when another has it."""
    with (store.data_directory / "apply.lock").open("a") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def unguarded(store: Store) -> Iterator[None]:
    """Foreign keys off on this connection, which only works outside a transaction."""
    store.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        store.execute("PRAGMA foreign_keys = ON")


def check_references(store: Store) -> None:
    """Raises DanglingReferences where a row refers to nothing."""
    dangling = store.rows("PRAGMA foreign_key_check")
    if dangling:
        raise DanglingReferences(sorted({row[0] for row in dangling}))


def run(store: Store, done: tuple[Step, ...], left: tuple[Step, ...]) -> None:
    """Executes the steps inside the open transaction, `left` columns made nullable."""
    actions = [step.action for step in done]
    relaxed = [
        step.action
        for step in left
        if isinstance(step.action, DropColumn) and not step.action.column.nullable
    ]
    to_rebuild = {_table(each) for each in actions if needs_rebuild(each)}
    to_rebuild |= {each.table for each in relaxed}
    first = (RenameTable, RenameColumn)
    for action in actions:
        if isinstance(action, first) or (isinstance(action, DropIndex) and action.index.where):
            _execute(store, action)
    for action in actions:
        if isinstance(action, AddColumn) and action.table not in to_rebuild:
            _add_column(store, action)
        elif isinstance(action, (CreateTable, DropTable, AddGuard)):
            _execute(store, action)
    for name in sorted(to_rebuild):
        _rebuild(store, name, [each for each in actions if _table(each) == name])
    for convert in [each for each in actions if isinstance(each, Convert)]:
        for index in convert.anew:
            for statement in create_index(convert.table, index, Dialect.SQLITE):
                store.execute(statement)
    for action in actions:
        if isinstance(action, RenameIndex):
            for statement in (
                *drop_index(action.table, action.old, Dialect.SQLITE),
                *create_index(action.table, action.new, Dialect.SQLITE),
            ):
                store.execute(statement)
        elif isinstance(action, AddIndex) or (
            isinstance(action, DropIndex) and not action.index.where
        ):
            _execute(store, action)


def _execute(store: Store, action: Action) -> None:
    for statement in statements(action, Dialect.SQLITE, {}):
        store.execute(statement)
    first_id.go_on(store, action)


def needs_rebuild(action: Action) -> bool:
    """Whether ALTER cannot do it, so that the table is made anew with all its rows."""
    if isinstance(action, AddColumn):  # ALTER takes no required column without default
        return not action.column.nullable and action.column.default is None
    return isinstance(action, _Rebuilding)


def _table(action: Action) -> str:
    return getattr(action, "table", "") if isinstance(getattr(action, "table", ""), str) else ""


def _add_column(store: Store, action: AddColumn) -> None:
    column = action.column
    text = f"{quoted(column.name)} {column_text(column, Dialect.SQLITE)}"
    if column.references:
        text += f' REFERENCES {quoted(column.references)} ("id") ON DELETE RESTRICT'
    store.execute(
        f"ALTER TABLE {quoted(action.table)} ADD COLUMN {text} {check_text(action.table, column)}"
    )


def _rebuild(store: Store, name: str, actions: list[Action]) -> None:
    """Makes the table anew from what is wanted, what is left in place, and the rows there are."""
    present = found_table(store, name)
    converts = {each.after.name: each for each in actions if isinstance(each, Convert)}
    dropped = {each.column.name for each in actions if isinstance(each, DropColumn)}
    dropped |= {each.shadow for each in converts.values()}
    replaced = {each.after.name for each in actions if isinstance(each, ReplaceColumn)}
    factors = {each.column: each.exponent for each in actions if isinstance(each, Rescale)}
    target = _target(present, store.layout.get(name), dropped)
    kept = {column.name for column in present.columns} - dropped - replaced
    gone = {index.name for each in converts.values() for index in each.indexes}
    saved = [text for item, text in _saved(store, name, kept) if item not in gone]
    sources = [
        (
            column.name,
            quoted(converts[column.name].shadow)
            if column.name in converts
            else _source(column, factors.get(column.name, 0)),
        )
        for column in target.columns
        if column.name in kept
    ]
    names = ", ".join(quoted(column) for column, _ in sources)
    values = ", ".join(source for _, source in sources)
    for statement in (
        *create_table(target, Dialect.SQLITE, name=_TEMPORARY),
        f"INSERT INTO {quoted(_TEMPORARY)} ({names}) SELECT {values} FROM {quoted(name)}",
    ):
        store.execute(statement)
    _carry_ids(store, name)
    store.execute(f"DROP TABLE {quoted(name)}")
    store.execute("PRAGMA legacy_alter_table = ON")  # else triggers elsewhere stop the rename
    store.execute(f"ALTER TABLE {quoted(_TEMPORARY)} RENAME TO {quoted(name)}")
    store.execute("PRAGMA legacy_alter_table = OFF")
    for statement in saved:
        store.execute(statement)


def _target(present: TableShape, wanted: TableShape | None, dropped: set[str]) -> TableShape:
    """The columns in the order they stand, each as wanted; those left in place are nullable."""
    columns: list[ColumnShape] = []
    for column in present.columns:
        if column.name in dropped:
            continue
        shape = wanted.column(column.name) if wanted else None
        columns.append(shape or replace(column, check="", nullable=True))
    there = {column.name for column in present.columns}
    if wanted:
        columns += [column for column in wanted.columns if column.name not in there]
    return TableShape(name=present.name, columns=tuple(columns))


def _source(column: ColumnShape, exponent: int) -> str:
    text = quoted(column.name)
    if exponent > 0:
        text = f"{text} * {10**exponent}"
    elif exponent < 0:
        text = f"{text} / {10**-exponent}"
    if not column.nullable and column.default is not None:
        text = f"COALESCE({text}, {literal(column.default)})"
    return text


def _saved(store: Store, name: str, kept: set[str]) -> list[tuple[str, str]]:
    """(name, text) of the table's indexes over kept columns, and of its triggers."""
    shapes = {index.name: index for index in found_table(store, name).indexes}
    texts = []
    for kind, item, sql in store.rows(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type",
        (name,),
    ):
        if kind == "trigger" or item not in shapes or set(shapes[item].columns) <= kept:
            texts.append((item, sql))
    return texts


def _carry_ids(store: Store, name: str) -> None:
    """Ids given out once are not given out again."""
    last = store.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,))
    if last is None:
        return
    store.execute("DELETE FROM sqlite_sequence WHERE name = ?", (_TEMPORARY,))
    store.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (_TEMPORARY, last))
