"""Names of tables, indexes and constraints: said once, at most 60 characters, the same every time.

A name that has to be cut ends in a hash of the whole. Constraints and partial indexes carry a hash
of their text, because every database rewrites the text it was given: comparing names is comparing
what was asked for.
"""

from __future__ import annotations

from hashlib import sha256

LONGEST = 60  # MariaDB and PostgreSQL allow 64 and 63


def digest(text: str) -> str:
    """Eight hex digits that stand for a text."""
    return sha256(text.encode()).hexdigest()[:8]


def shortened(name: str) -> str:
    """The name, or its beginning and a hash when it is too long."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 9]}_{digest(name)}"


def link_table(type_id: str, field_id: str) -> str:
    """The table that holds the targets of a `references` field."""
    return shortened(f"{type_id}__{field_id}")


def index_name(table: str, columns: tuple[str, ...], *, unique: bool, where: str = "") -> str:
    """The name of an index; a partial one carries the hash of its condition."""
    kind = "uq" if unique else "ix"
    name = shortened(f"{kind}_{table}__{'_'.join(columns)}")
    return f"{name[: LONGEST - 9]}_{digest(where)}" if where else name


def check_name(table: str, column: str, check: str) -> str:
    """The name of a column's check; ends in the hash of its text."""
    return f"{shortened(f'ck_{table}__{column}')[: LONGEST - 9]}_{digest(check)}"
