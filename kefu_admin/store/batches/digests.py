"""Keyed digests of a batch: of what was chosen, and of the values before.

They stand in the audit line of the batch, so that nobody who only has the database can say another
selection was confirmed, or that other values stood there before (`store.verify`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain
from kefu_admin.store import audit, columns
from kefu_admin.store.batches.rows import Batch, frozen
from kefu_admin.store.crypto import keyed
from kefu_admin.store.database import Store
from kefu_admin.store.telling import json_text

_PAGE = 5_000
_SHORT = 32  # hex digits kept per record


def names(type: ContentType, batch: Batch) -> tuple[str, ...]:
    """The fields whose values before stand in the digest: those written, or (nothing is written
    but the record goes) all that a column holds."""
    if batch.asked:
        return tuple(batch.asked)
    own = (field for field in type.fields.values() if not field.system and field.rollup is None)
    return tuple(field.id for field in own if columns.has_column(field))


def of_record(
    store: Store,
    type: ContentType,
    names: Sequence[str],
    *,
    batch_id: int,
    record_id: int,
    version: int,
    before: Mapping[str, object],
) -> str:
    """The digest of one record's values before, of the fields named."""
    values = [
        None if (value := before.get(name)) in (None, ()) else plain(type.fields[name], value)
        for name in names
    ]
    text = json_text([batch_id, record_id, version, list(names), values])
    return keyed(audit.key(store)).hex(b"batch row:" + text.encode())[:_SHORT]


def of_batch(store: Store, batch_id: int) -> tuple[str, str]:
    """The digests of the whole: of ids and versions, and of the values before."""
    selection = hmac.new(audit.key(store), b"batch selection:", "sha256")
    before = hmac.new(audit.key(store), b"batch before:", "sha256")
    for record_id, version, digest in _all(store, batch_id):
        selection.update(f"{record_id}:{version};".encode())
        before.update(f"{record_id}:{digest};".encode())
    return selection.hexdigest(), before.hexdigest()


def _all(store: Store, batch_id: int) -> Iterator[tuple[int, int, str]]:
    last = 0
    while some := frozen(store, batch_id, after_id=last, limit=_PAGE):
        yield from some
        last = some[-1][0]
