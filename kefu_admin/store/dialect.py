"""The three databases and the little that differs in statement text.

All statements are written once: `?` placeholders and "double-quoted" identifiers (MariaDB runs with
ANSI_QUOTES). `translate` turns the placeholders into what each driver wants.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class Dialect(StrEnum):
    """Which database a store stands on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"


@lru_cache(maxsize=8192)
def translate(sql: str, dialect: Dialect) -> str:
    """The statement as the driver takes it: `?` outside quotes becomes `%s`, `%` is doubled.

    SQLite's driver takes `?` as it is.
    """
    if dialect is Dialect.SQLITE:
        return sql
    parts: list[str] = []
    quote = ""
    for character in sql:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "?":
            parts.append("%s")
            continue
        parts.append("%%" if character == "%" else character)
    return "".join(parts)


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | None) -> str:
    """A constant in the text of a statement (defaults and checks; never what a person typed)."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if "\\" in value:  # MariaDB would read it as an escape
        raise ValueError(f"a backslash cannot stand in a definition's constant: {value!r}")
    return "'" + value.replace("'", "''") + "'"
