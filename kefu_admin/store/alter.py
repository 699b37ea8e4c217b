"""The text of ALTER for PostgreSQL and MariaDB: one action of a plan as statements.

SQLite changes tables by rebuilding them (`store.apply.sqlite`). On MariaDB every statement stands
alone, commits by itself and leaves a database from which a new plan finishes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

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
    Restate,
)
from kefu_admin.store.ddl import (
    add_reference,
    append_only_triggers,
    check_text,
    column_text,
    column_type,
    create_index,
    create_table,
    drop_index,
    generated_column,
    inline_index,
    reference_text,
)
from kefu_admin.store.dialect import Dialect, literal, quoted
from kefu_admin.store.names import digest, shortened
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape

ForeignKeys = Mapping[tuple[str, str], str]  # (table, column) -> constraint, as found
FILLED = "kefu_filled_"  # begins the name of a passing check that stands for NOT NULL
_TEXTS = (ColumnKind.TEXT, ColumnKind.LONG_TEXT)


def statements(action: Action, dialect: Dialect, foreign_keys: ForeignKeys) -> tuple[str, ...]:
    """What to execute, in order. PostgreSQL's new tables get their foreign keys afterwards."""
    match action:
        case CreateTable(table=table):
            return create_table(table, dialect)
        case DropTable(name=name):
            return (f"DROP TABLE {quoted(name)}",)
        case RenameTable(old=old, new=new):
            return (f"ALTER TABLE {quoted(old)} RENAME TO {quoted(new)}",)
        case RenameColumn(table=table_name, old=old, new=new):
            return (_alter(table_name, f"RENAME COLUMN {quoted(old)} TO {quoted(new)}"),)
        case DropCheck(table=table_name, constraint=constraint):
            return (_alter(table_name, f"DROP CONSTRAINT {quoted(constraint)}"),)
        case Rescale():
            return (rescale(action),)
        case AddColumn(table=table_name, column=column):
            return _add_column(table_name, column, dialect)
        case ReplaceColumn(table=table_name, before=before, after=after, indexes=indexes):
            key = foreign_keys.get((table_name, before.name), "")
            return (
                _drop_column(table_name, before, indexes, key, dialect),
                *_add_column(table_name, after, dialect),
            )
        case DropColumn(table=table_name, column=column, indexes=indexes):
            key = foreign_keys.get((table_name, column.name), "")
            return (_drop_column(table_name, column, indexes, key, dialect),)
        case ChangeColumn():
            key = foreign_keys.get((action.table, action.before.name), "")
            return _change_column(action, key, dialect)
        case Convert():
            return _convert(action, dialect)
        case Restate():
            return ()
        case AddIndex(table=table_name, index=index):
            return create_index(table_name, index, dialect)
        case DropIndex(table=table_name, index=index):
            return drop_index(table_name, index, dialect)
        case RenameIndex():
            return _rename_index(action, dialect)
        case AddGuard(table=table_name):
            return append_only_triggers(table_name, dialect)


def relax(table: str, column: ColumnShape, dialect: Dialect) -> str:
    """Makes a column nullable: it stays though nothing writes it any more."""
    if dialect is Dialect.POSTGRESQL:
        return _alter(table, f"ALTER COLUMN {quoted(column.name)} DROP NOT NULL")
    return _alter(table, f"MODIFY COLUMN {quoted(column.name)} {column_type(column, dialect)} NULL")


def rescale(action: Rescale) -> str:
    """Multiplies or divides every value; those with digits to lose were refused before."""
    name = quoted(action.column)
    factor = 10 ** abs(action.exponent)
    value = f"{name} * {factor}" if action.exponent > 0 else f"{name} / {factor}"
    return f"UPDATE {quoted(action.table)} SET {name} = {value} WHERE {name} IS NOT NULL"


def fill(table: str, column: ColumnShape) -> str:
    """Gives the default to rows without a value."""
    name = quoted(column.name)
    return f"UPDATE {quoted(table)} SET {name} = {literal(column.default)} WHERE {name} IS NULL"


def _alter(table: str, *changes: str) -> str:
    return f"ALTER TABLE {quoted(table)} {', '.join(changes)}"


def _add_column(table: str, column: ColumnShape, dialect: Dialect) -> tuple[str, ...]:
    changes = [f"ADD COLUMN {quoted(column.name)} {column_text(column, dialect)}"]
    changes += _checks(table, column, dialect)
    if column.references:
        changes.append(f"ADD {reference_text(column)}")
    return (_alter(table, *changes),)


def _drop_column(
    table: str,
    column: ColumnShape,
    indexes: tuple[IndexShape, ...],
    foreign_key: str,
    dialect: Dialect,
) -> str:
    if dialect is Dialect.POSTGRESQL:  # takes indexes, checks and references along
        return _alter(table, f"DROP COLUMN {quoted(column.name)}")
    changes = [f"DROP FOREIGN KEY {quoted(foreign_key)}"] if foreign_key else []
    if column.check:
        changes.append(f"DROP CONSTRAINT {quoted(column.check)}")
    for index in indexes:
        changes.append(f"DROP INDEX {quoted(index.name)}")
        if index.where:
            changes.append(f"DROP COLUMN {quoted(generated_column(index))}")
    return _alter(table, *changes, f"DROP COLUMN {quoted(column.name)}")


def _change_column(action: ChangeColumn, foreign_key: str, dialect: Dialect) -> tuple[str, ...]:
    table, before, after = action.table, action.before, action.after
    new_reference = before.references != after.references
    steps: list[str] = []
    if before.references and new_reference:
        kind = "CONSTRAINT" if dialect is Dialect.POSTGRESQL else "FOREIGN KEY"
        steps.append(_alter(table, f"DROP {kind} {quoted(foreign_key)}"))
    if before.nullable and not after.nullable and after.default is not None:
        steps.append(fill(table, after))
    changes = (
        _retyped(table, before, after)
        if dialect is Dialect.POSTGRESQL
        else [f"MODIFY COLUMN {quoted(after.name)} {column_text(after, dialect)}"]
    )
    if after.check and digest(after.check) != before.check[-8:]:
        changes += _checks(table, after, dialect)
    if changes:
        steps.append(_alter(table, *changes))
    if after.references and new_reference:
        steps.append(add_reference(table, after))
    return tuple(steps)


def _convert(action: Convert, dialect: Dialect) -> tuple[str, ...]:
    """The new column takes the old one's name and place; on MariaDB in one ALTER, which is done
    whole or not at all."""
    table, before, after = action.table, action.before, action.after
    old, new = quoted(before.name), quoted(action.shadow)
    check = _checks(table, after, dialect)
    if dialect is Dialect.MARIADB:
        changes = [f"DROP CONSTRAINT {quoted(before.check)}"] if before.check else []
        for index in action.indexes:
            changes.append(f"DROP INDEX {quoted(index.name)}")
            if index.where:
                changes.append(f"DROP COLUMN {quoted(generated_column(index))}")
        changes.append(f"DROP COLUMN {old}")
        changes.append(f"CHANGE COLUMN {new} {old} {column_text(after, dialect)}")
        changes += check
        for index in action.anew:
            changes += [f"ADD {part}" for part in inline_index(index, altering=True)]
        return (_alter(table, *changes),)
    changes = [*_retyped(table, replace(after, nullable=True, default=None), after), *check]
    return (
        _alter(table, f"DROP COLUMN {old}"),
        _alter(table, f"RENAME COLUMN {new} TO {old}"),
        *([_alter(table, *changes)] if changes else []),
        *(text for index in action.anew for text in create_index(table, index, dialect)),
    )


def _checks(table: str, column: ColumnShape, dialect: Dialect) -> list[str]:
    """The column's check as a change; on PostgreSQL rows that are there are read later."""
    text = check_text(table, column)
    later = " NOT VALID" if dialect is Dialect.POSTGRESQL else ""
    return [f"ADD {text}{later}"] if text else []


def _retyped(table: str, before: ColumnShape, after: ColumnShape) -> list[str]:
    """PostgreSQL's single changes of type, default and nullability; that old rows have a value is
    proved later (`store.apply.postgresql`)."""
    name = quoted(after.name)
    changes = []
    if before.default is not None and before.default != after.default:
        changes.append(f"ALTER COLUMN {name} DROP DEFAULT")
    if (before.kind, before.length) != (after.kind, after.length):
        changes.append(f"ALTER COLUMN {name} TYPE {column_type(after, Dialect.POSTGRESQL)}")
    if after.default is not None and before.default != after.default:
        changes.append(f"ALTER COLUMN {name} SET DEFAULT {literal(after.default)}")
    if after.nullable and not before.nullable:
        changes.append(f"ALTER COLUMN {name} DROP NOT NULL")
    elif before.nullable and not after.nullable:
        passing = quoted(shortened(f"{FILLED}{table}_{after.name}"))
        changes.append(f"ADD CONSTRAINT {passing} CHECK ({name} IS NOT NULL) NOT VALID")
    return changes


def _rename_index(action: RenameIndex, dialect: Dialect) -> tuple[str, ...]:
    old, new = quoted(action.old.name), quoted(action.new.name)
    if dialect is Dialect.POSTGRESQL:
        return (f"ALTER INDEX {old} RENAME TO {new}",)
    if not action.new.where:
        return (_alter(action.table, f"RENAME INDEX {old} TO {new}"),)
    return (
        *drop_index(action.table, action.old, dialect),
        *create_index(action.table, action.new, dialect),
    )
