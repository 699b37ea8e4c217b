"""Merges: a record that went is referred to by nothing, leads to one that is there, and what was
moved is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Storage
from kefu_admin.store import history, merges
from kefu_admin.store.change.removal import owned_types, referring
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.merges import Merge
from kefu_admin.store.names import link_table
from kefu_admin.store.verify.report import Finding

_PORTION = 1_000
_SHOWN = 20


def merged(store: Store, now: datetime) -> Iterator[Finding]:
    """Every merge has its audit line; each reference it moved is in history under its name; no
    reference leads to a record that went, and whoever follows merges arrives somewhere."""
    last = 0
    while portion := merges.every(store, above=last, limit=_PORTION):
        last = portion[-1].id
        for merge in portion:
            if merge.type in store.project.types:
                yield from _one(store, merge)


def _one(store: Store, merge: Merge) -> Iterator[Finding]:
    if not store.row('SELECT 1 FROM "kefu_audit" WHERE "chain" = ?', (merges.chain(merge.id),)):
        yield Finding.of("merge_without_line", id=merge.id)
    yield from _untold(store, merge)
    if merges.of_gone(store, merge.type, merge.gone_id) != merge:
        return  # under way, taken back, or the record has a life of its own again
    for table, column in _references(store, merge.type):
        sql = f"SELECT COUNT(*) FROM {quoted(table)} WHERE {quoted(column)} = ?"
        if count := int(store.value(sql, (merge.gone_id,))):
            yield Finding.of("merge_referred", id=merge.id, table=table, count=count)
    if _goes_round(store, merge):
        yield Finding.of("merge_round", id=merge.id, type=merge.type, record=merge.gone_id)


def _untold(store: Store, merge: Merge) -> Iterator[Finding]:
    """References that were moved without an entry in history."""
    last, shown = 0, 0
    chain = merges.chain(merge.id)
    while some := merges.moved(
        store, merge.id, verdicts=tuple(merges.Verdict), after_id=last, limit=_PORTION
    ):
        last = some[-1].id
        for type_id in sorted({one.type for one in some} & store.project.types.keys()):
            versions = {one.record_id: one.version for one in some if one.type == type_id}
            entries = history.of_versions(store, type_id, versions)
            for id in versions:
                told = entries.get(id)
                if told is not None and told.operation != chain and shown < _SHOWN:
                    shown += 1
                    yield Finding.of("merge_untold", id=merge.id, type=type_id, record=id)


def _references(store: Store, type_id: str) -> Iterator[tuple[str, str]]:
    """Every column that may lead to a record of the type."""
    for content_type, field in referring(store.project, type_id):
        if storage(field) is Storage.LINKS:
            yield link_table(content_type.id, field.id), "target_id"
        else:
            yield content_type.id, field.id
    for owned in owned_types(store.project, type_id):
        yield owned.id, owned.owned_by


def _goes_round(store: Store, merge: Merge) -> bool:
    """Whether merges lead from the record back to itself: no way out of it."""
    seen, here = {merge.gone_id}, merge.kept_id
    while here not in seen:
        seen.add(here)
        found = merges.of_gone(store, merge.type, here)
        if found is None:
            return False
        here = found.kept_id
    return True
