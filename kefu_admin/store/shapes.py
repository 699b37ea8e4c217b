"""The shape of tables: what `layout` wants, what `found` finds, what `changeset` compares.

Plain values without SQL dialect: `ddl` writes them for SQLite, PostgreSQL and MariaDB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ColumnKind(StrEnum):
    """Portable column types."""

    ID = "id"  # 64-bit auto-increment primary key
    INTEGER = "integer"  # 64 bit
    BOOLEAN = "boolean"  # small integer, 0 or 1
    TEXT = "text"  # VARCHAR(length), compared by code point
    LONG_TEXT = "long_text"
    DATE = "date"
    INSTANT = "instant"  # naive UTC, microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    name: str
    kind: ColumnKind
    length: int = 0  # TEXT only
    nullable: bool = True
    default: str | int | None = None
    references: str = ""  # table whose id this is; ON DELETE RESTRICT
    check: str = ""  # portable SQL condition in canonical form, "" = none
    renamed_from: str = ""
    form: str = ""  # how values are written where the kind does not tell: scale2, secret, members
    is_filled: bool = field(default=False, compare=False)  # by apply, where rows have no value


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexShape:
    """`where` is a portable SQL condition: a partial index, on MariaDB a generated column."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """`append_only`: triggers refuse UPDATE and DELETE."""

    name: str
    columns: tuple[ColumnShape, ...]
    indexes: tuple[IndexShape, ...] = ()
    append_only: bool = False
    renamed_from: str = ""
    label: str = field(default="", compare=False)  # what people call it, for the plan

    def column(self, name: str) -> ColumnShape | None:
        """The column of this name, or None."""
        return next((column for column in self.columns if column.name == name), None)
