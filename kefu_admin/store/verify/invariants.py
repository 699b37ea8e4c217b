"""What must hold between tables, one small function each; a later module adds its own here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.database import Store
from kefu_admin.store.verify.report import Finding

_SHOWN = 20  # findings of one kind per table; the count tells the rest


def references(store: Store) -> Iterator[Finding]:
    """Every reference leads to a row that is there, in every table."""
    for table in store.layout.values():
        for column in table.columns:
            if not column.references:
                continue
            orphans = store.value(
                f'SELECT COUNT(*) FROM "{table.name}" AS t WHERE t."{column.name}" IS NOT NULL'
                f' AND NOT EXISTS (SELECT 1 FROM "{column.references}" AS r'
                f' WHERE r."id" = t."{column.name}")'
            )
            if orphans:
                yield Finding.of(
                    "orphans",
                    table=table.name,
                    column=column.name,
                    target=column.references,
                    count=int(orphans),
                )


def versions(store: Store) -> Iterator[Finding]:
    """The present version of every record, person and department has its line in the audit book.

    Together with the chains this finds lines cut off before any block or anchor knew them.
    """
    for type_id in (*store.project.types, *BUILTIN_TYPES):
        rows = store.rows(
            f'SELECT t."id", t."version" FROM "{table_name(type_id)}" AS t WHERE NOT EXISTS'
            ' (SELECT 1 FROM "kefu_audit" AS a WHERE a."type" = ? AND a."record_id" = t."id"'
            ' AND a."version" = t."version") ORDER BY t."id" LIMIT ?',
            (type_id, _SHOWN),
        )
        for id, version in rows:
            yield Finding.of("version_without_audit", type=type_id, id=id, version=version)


INVARIANTS: Mapping[str, Callable[[Store], Iterable[Finding]]] = MappingProxyType(
    {
        "references": references,
        "versions": versions,
    }
)
