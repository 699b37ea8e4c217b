"""Bulk changes: each told by its audit line, counted right, in history with what was before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from kefu_admin.definitions.field_types import convert
from kefu_admin.store import batches, history
from kefu_admin.store.audit import record_chain
from kefu_admin.store.batches import Batch, BatchRow, State
from kefu_admin.store.database import Store
from kefu_admin.store.verdicts import OPEN, Verdict
from kefu_admin.store.verify.report import Finding

_PAGE = 1_000


def bulk_changes(store: Store, now: datetime) -> Iterator[Finding]:
    """Every confirmed batch has its audit line; the selection and the values before that the line
    swears to are those kept and those in history; each record has one verdict.

    Digests are compared for batches of the config that is applied now: fields may have gone since.
    """
    ids = store.rows(
        'SELECT "id" FROM "kefu_batch" WHERE "state" IN (?, ?) ORDER BY "id"',
        (State.RUNNING, State.DONE),
    )
    for (id,) in ids:
        batch = batches.get(store, int(id))
        if batch is not None and batch.type in store.project.types:
            yield from _one(store, batch)


def _one(store: Store, batch: Batch) -> Iterator[Finding]:
    counts = batches.counts(store, batch.id)
    settled = sum(count for verdict, count in counts.items() if verdict not in OPEN)
    total = sum(counts.values())
    if (
        settled != batch.settled
        or total != batch.total
        or (batch.state is State.DONE and settled != total)
    ):
        yield Finding.of("batch_counts_wrong", id=batch.id, settled=batch.settled, found=settled)
    line = store.value(
        'SELECT "changes" FROM "kefu_audit" WHERE "chain" = ?',
        (record_chain("kefu_batch", batch.id),),
    )
    if line is None:
        if counts.get(Verdict.DONE):
            yield Finding.of("batch_without_line", id=batch.id)
        return
    told = {name: after for name, (_, after) in json.loads(line).items()}
    kept = (batch.selection, batch.digest)
    sworn = (told.get("selection"), told.get("digest"))
    if kept != sworn or batches.of_batch(store, batch.id) != kept:
        yield Finding.of("batch_digest_wrong", id=batch.id)
    if batch.definition == store.project.fingerprint[:16]:
        yield from _rows(store, batch)


def _rows(store: Store, batch: Batch) -> Iterator[Finding]:
    last = 0
    while done := batches.rows(
        store, batch.id, verdicts=(Verdict.DONE,), after_id=last, limit=_PAGE
    ):
        last = done[-1].id
        frozen = batches.frozen(store, batch.id, after_id=done[0].id - 1, limit=10 * _PAGE)
        digests = {id: digest for id, _, digest in frozen}
        for row in _untold(store, batch, done, digests):
            yield Finding.of("batch_row_untold", id=batch.id, type=batch.type, record=row.id)


def _untold(
    store: Store, batch: Batch, done: list[BatchRow], digests: dict[int, str]
) -> Iterator[BatchRow]:
    """Records whose change history does not hold, or with other values before than were sworn
    to."""
    type = store.project.types[batch.type]
    versions = {row.target or row.id: row.version_after or 0 for row in done}
    chain = record_chain("kefu_batch", batch.id)
    entries = history.of_versions(store, batch.type, versions)
    names = batches.names(type, batch)
    purged = _purged(store, batch.type, [id for id in versions if id not in entries])
    is_file = _is_of_a_file(store, batch)
    asked = {name: convert(type.fields[name], value) for name, value in batch.asked.items()}
    for row in done:
        id = row.target or row.id
        entry = entries.get(id)
        if entry is None and id in purged:
            continue
        if entry is None or entry.operation != chain:
            yield row
            continue
        if is_file:  # its digests swear to the lines, which are gone
            continue
        # what the batch did not have to change is not in history: it stood there as asked
        before = {**asked, **entry.before}
        digest = batches.of_record(
            store,
            type,
            names,
            batch_id=batch.id,
            record_id=row.id,
            version=row.version,
            before=before,
        )
        if row.id in digests and digests[row.id] != digest:
            yield row


def _is_of_a_file(store: Store, batch: Batch) -> bool:
    """Whether a batch is an import, or takes one back."""
    of = batch.id if batch.of_batch is None else batch.of_batch
    return batches.lines.sheet(store, of) is not None


def _purged(store: Store, type_id: str, ids: list[int]) -> set[int]:
    """Those of the records whose history was erased with them, as the audit book tells."""
    chains = {record_chain(type_id, id): id for id in ids}
    if not chains:
        return set()
    marks = ", ".join("?" * len(chains))
    told = store.rows(
        f"""SELECT "chain" FROM "kefu_audit" WHERE "chain" IN ({marks}) AND "action" = 'purge'""",
        tuple(chains),
    )
    return {chains[str(chain)] for (chain,) in told}
