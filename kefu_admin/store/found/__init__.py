"""What tables are really there: introspection of three databases into the shapes `layout` wants.

Texts of checks and of partial conditions come back rewritten by every database, so the found shapes
hold the constraint's or index's *name* in their place; the name ends in the hash of the text that
was asked for (`store.names`). Views, tables of engines (`kefu_search…` shadows) and whatever is not
a base table are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import TableShape

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Tables by name. `references` names the foreign key constraints by (table, column); SQLite's
    have no names. `check` of a column and `where` of an index hold names (see above)."""

    tables: Mapping[str, TableShape]
    references: Mapping[tuple[str, str], str] = field(default_factory=dict)


def found(store: Store) -> Found:
    """Every base table of the database."""
    from kefu_admin.store.found import mariadb, postgresql, sqlite

    readers = {
        Dialect.SQLITE: sqlite.read,
        Dialect.POSTGRESQL: postgresql.read,
        Dialect.MARIADB: mariadb.read,
    }
    return readers[store.dialect](store)
