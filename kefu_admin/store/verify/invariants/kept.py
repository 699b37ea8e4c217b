"""Kept values are what they would be worked out to: rollups, encrypted values, the search index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Storage
from kefu_admin.store import rollups as store_rollups
from kefu_admin.store import search as store_search
from kefu_admin.store import where
from kefu_admin.store.columns import has_column, hash_column
from kefu_admin.store.crypto import CannotOpen, vault_of
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.verify.report import Finding

_SHOWN = 20
_PORTION = 2000


def rollups(store: Store, now: datetime) -> Iterator[Finding]:
    """Every kept rollup equals what its rows give now."""
    binding = Binding(
        user_id=None,
        department_id=None,
        departments_below=frozenset(),
        now=now,
        zone=ZoneInfo(store.project.time_zone),
    )
    for content_type in store.project.types.values():
        for field in content_type.fields.values():
            if field.rollup is None or not has_column(field):
                continue
            value = store_rollups.value_sql(store, content_type.id, field)
            text, params = where.bind(
                f'SELECT "id" FROM (SELECT {quoted(content_type.id)}."id" AS "id",'
                f' {quoted(content_type.id)}.{quoted(field.id)} AS "kept", {value.text} AS "due"'
                f" FROM {quoted(content_type.id)}) AS x"
                ' WHERE CASE WHEN "kept" = "due" OR ("kept" IS NULL AND "due" IS NULL)'
                f' THEN 0 ELSE 1 END = 1 ORDER BY "id" LIMIT {_SHOWN}',
                value.params,
                binding=binding,
                store=store,
            )
            for (id,) in store.rows(text, params):
                yield Finding.of("kept_wrong", type=content_type.id, field=field.id, id=int(id))


def secrets(store: Store, now: datetime) -> Iterator[Finding]:
    """Every encrypted value opens where it stands, and its look-up hash is its own."""
    keys = vault_of(store)
    for content_type in store.project.types.values():
        for field in content_type.fields.values():
            if field.system or not has_column(field) or storage(field) is not Storage.SECRET:
                continue
            for id, sealed, look_up in _sealed(
                store, content_type.id, field.id, hash_column(field)
            ):
                try:
                    text = keys.open(sealed, type_id=content_type.id, field=field.id, record_id=id)
                except CannotOpen:
                    text = None
                due = keys.look_up(text or "", type_id=content_type.id, field=field.id)
                if text is None or due != look_up:
                    yield Finding.of("secret_wrong", type=content_type.id, field=field.id, id=id)


def search(store: Store, now: datetime) -> Iterator[Finding]:
    """The search index is there, was built for today's config, and holds the records as they
    are."""
    troubles = store_search.self_test(store)
    for code in troubles:
        yield Finding.of(code)
    if "search_missing" not in troubles and "search_outdated" not in troubles:
        for type, id in store_search.wrong(store):
            yield Finding.of("search_wrong", type=type, id=id)


def _sealed(store: Store, table: str, column: str, hashed: str) -> Iterator[tuple[int, str, str]]:
    last = 0
    while True:
        rows = store.rows(
            f'SELECT "id", {quoted(column)}, {quoted(hashed)} FROM {quoted(table)}'
            f' WHERE {quoted(column)} IS NOT NULL AND "id" > ? ORDER BY "id" LIMIT ?',
            (last, _PORTION),
        )
        for id, sealed, look_up in rows:
            last = int(id)
            yield last, str(sealed), str(look_up)
        if len(rows) < _PORTION:
            return
