"""Where the id or number of a merged record leads today, through merges that followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin.store import bin
from kefu_admin.store.dialect import quoted
from kefu_admin.store.merges.rows import Merge, State, last_of

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

MOST_STEPS = 100  # merges followed one after another


def of_gone(store: Store, type_id: str, gone_id: int) -> Merge | None:
    """The merge by which a record that is not there any more went."""
    found = last_of(store, type_id, gone_id)
    if found is None or _is_there(store, type_id, gone_id):
        return None
    entry = bin.of_records(store, type_id, (gone_id,)).get(gone_id)
    return found if entry is None or entry.version == found.gone_version else None


def leads_to(store: Store, type_id: str, gone_id: int) -> int | None:
    """The record a merged one is part of today, through merges that followed; None where it was
    not merged, or what it became was deleted."""
    seen = {gone_id}
    while len(seen) <= MOST_STEPS:
        merge = of_gone(store, type_id, gone_id)
        if merge is None:
            return None
        gone_id = merge.kept_id
        if _is_there(store, type_id, gone_id):
            return gone_id
        if gone_id in seen:
            return None
        seen.add(gone_id)
    return None


def of_number(store: Store, type_id: str, number: str) -> int | None:
    """The record an old business number (in normal form) leads to today; None for none."""
    for (gone_id,) in store.rows(
        'SELECT DISTINCT "gone_id" FROM "kefu_merge"'
        ' WHERE "type" = ? AND "number" = ? AND "state" = ?',
        (type_id, number, State.DONE),
    ):
        found = leads_to(store, type_id, int(gone_id))
        if found is not None:
            return found
    return None


def _is_there(store: Store, type_id: str, record_id: int) -> bool:
    return store.row(f'SELECT 1 FROM {quoted(type_id)} WHERE "id" = ?', (record_id,)) is not None
