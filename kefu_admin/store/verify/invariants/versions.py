"""Every version of a record can be told: the audit book has its line, history its entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.audit import record_chain
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.verify.report import Finding

_SHOWN = 20  # per type; more of the same kind say nothing new
_IN_BATCH = (
    'EXISTS (SELECT 1 FROM "kefu_history" AS h JOIN "kefu_audit" AS b ON b."chain" = h."operation"'
    ' WHERE h."type" = ? AND h."record_id" = t."id" AND h."version" = t."version"'
    ' AND (h."operation" LIKE ? OR h."operation" LIKE ?))'
)


def audited(store: Store, now: datetime) -> Iterator[Finding]:
    """The present version of every record, person and department has its line in the audit book,
    its own or that of the batch or merge it was changed in.

    Together with the chains this finds lines cut off before any block or anchor knew them.
    """
    for type_id in (*store.project.types, *BUILTIN_TYPES):
        chains = [record_chain(name, "") for name in (type_id, *_former_names(store, type_id))]
        has_line = (
            'EXISTS (SELECT 1 FROM "kefu_audit" AS a'
            f' WHERE a."chain" = {_chain(store.dialect)} AND a."version" = t."version")'
        )
        told = " OR ".join([*([has_line] * len(chains)), _IN_BATCH])
        told_together = [f"{record_chain(table, '')}%" for table in ("kefu_batch", "kefu_merge")]
        for source, params in _sources(type_id):
            rows = store.rows(
                f'SELECT t."id", t."version" FROM {source} AS t'
                f' WHERE NOT ({told}) ORDER BY t."id" LIMIT ?',
                (*params, *chains, type_id, *told_together, _SHOWN),
            )
            for id, version in rows:
                yield Finding.of("version_without_audit", type=type_id, id=id, version=version)


def history(store: Store, now: datetime) -> Iterator[Finding]:
    """Every version of every record from the first to the present one is in its history; of one in
    the bin to its deletion."""
    for type_id in store.project.types:
        for source, params in _sources(type_id):
            rows = store.rows(
                f'SELECT t."id", t."version" FROM {source} AS t'
                ' WHERE (SELECT COUNT(*) FROM "kefu_history" AS h WHERE h."type" = ?'
                ' AND h."record_id" = t."id" AND h."version" BETWEEN 1 AND t."version")'
                ' <> t."version" ORDER BY t."id" LIMIT ?',
                (*params, type_id, _SHOWN),
            )
            for id, version in rows:
                yield Finding.of("history_incomplete", type=type_id, id=id, version=version)


def binned(store: Store, now: datetime) -> Iterator[Finding]:
    """What is in the bin was deleted last, is not there, and waits for an owner that is gone."""
    for type_id, content_type in store.project.types.items():
        for id, version in store.rows(
            'SELECT b."record_id", b."version" FROM "kefu_bin" AS b WHERE b."type" = ?'
            ' AND NOT EXISTS (SELECT 1 FROM "kefu_history" AS h WHERE h."type" = b."type"'
            ' AND h."record_id" = b."record_id" AND h."version" = b."version"'
            ' AND h."action" = \'delete\') ORDER BY b."record_id" LIMIT ?',
            (type_id, _SHOWN),
        ):
            yield Finding.of("bin_not_deleted", type=type_id, id=id, version=version)
        for (id,) in store.rows(
            f'SELECT t."id" FROM "{type_id}" AS t JOIN "kefu_bin" AS b'
            ' ON b."type" = ? AND b."record_id" = t."id" ORDER BY t."id" LIMIT ?',
            (type_id, _SHOWN),
        ):
            yield Finding.of("bin_still_there", type=type_id, id=id)
        if content_type.owned_by:
            owner = content_type.fields[content_type.owned_by].to
            for (id,) in store.rows(
                'SELECT b."record_id" FROM "kefu_bin" AS b WHERE b."type" = ?'
                ' AND b."with_owner" = 1 AND NOT EXISTS (SELECT 1 FROM "kefu_bin" AS o'
                ' WHERE o."type" = ? AND o."record_id" = b."owner_id")'
                ' ORDER BY b."record_id" LIMIT ?',
                (type_id, owner, _SHOWN),
            ):
                yield Finding.of("bin_without_owner", type=type_id, id=id)


def _sources(type_id: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Where a type's records with their last versions are: in their table, and in the bin."""
    yield f'"{table_name(type_id)}"', ()
    if type_id not in BUILTIN_TYPES:
        yield '(SELECT "record_id" AS "id", "version" FROM "kefu_bin" WHERE "type" = ?)', (type_id,)


def _chain(dialect: Dialect) -> str:
    """The chain of row t of the type whose chains begin with the parameter."""
    return 'CONCAT(?, t."id")' if dialect is Dialect.MARIADB else 'CAST(? AS text) || t."id"'


def _former_names(store: Store, type_id: str) -> list[str]:
    """What the type was called before: the audit book keeps the names of its day."""
    names, wanted = list[str](), type_id
    for entry in reversed(store.renames.entries):
        if not entry.type and entry.new == wanted:
            wanted = entry.old
            names.append(wanted)
    return names
