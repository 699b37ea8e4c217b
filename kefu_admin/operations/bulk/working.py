"""The chunks of planning and running a batch: in a request while few, else as a worker's job.

A chunk takes records that have no final verdict and writes their verdicts in its own transaction,
so that a killed worker's successor goes on with what is open, and nothing happens twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter

from kefu_admin.actor import Actor
from kefu_admin.definitions.action import Deed
from kefu_admin.definitions.field_types import field_type
from kefu_admin.operations.bulk import importing, offers
from kefu_admin.operations.bulk.importing import IMPORT, Ahead
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.store import audit, batches, history
from kefu_admin.store.batches import Batch, BatchRow, State
from kefu_admin.store.change import Change
from kefu_admin.store.change.bringing import bring_back, judge_back
from kefu_admin.store.change.bulk import Rule, Wanted, carry_out, judge
from kefu_admin.store.change.values import Kind
from kefu_admin.store.portions import resized
from kefu_admin.store.verdicts import Told, Verdict

_TABLE = "kefu_batch"
CHUNK = 1_000  # records looked at in one go, and run while the person waits
FIRST, MOST = 500, 5_000  # records run by a worker in one go: as the clock says
UNDO = "undo"


def chain(batch_id: int) -> str:
    """Where the audit line of a batch stands, and what its records' history names."""
    return audit.record_chain(_TABLE, batch_id)


def is_bulk(operation: str) -> bool:
    """Whether a version in a record's history came with a batch."""
    return operation.startswith(f"{_TABLE}#")


def plan_chunk(
    desk: Desk, batch: Batch, size: int, *, actor: Actor, now: datetime, step: Step | None = None
) -> None:
    """Look at the next records of a batch, or close the preview when there are none left. Nothing
    is locked or changed while looking."""
    store = desk.store
    if batch.deed == IMPORT:
        _plan_lines(desk, batch, actor=actor, now=now, step=step)
        return
    after = _after(step) if step is not None else 0
    new = batches.rows(store, batch.id, verdicts=(Verdict.NEW,), after_id=after, limit=size)
    if not new:
        _close(desk, batch, step)
        return
    change = Change(store, desk.warrant(actor, now), now=now, operation="bulk.plan")
    if _brings_back(desk, batch):
        told = judge_back(change, batch.type, _wanted(desk, batch, new))
    else:
        told = judge(change, batch.type, _wanted(desk, batch, new), _rule(desk, batch))
    digests = _digests(desk, batch, new, told)

    def keep() -> None:
        with store.transaction():
            if _is_planning(desk, batch):
                batches.tell_ready(store, batch.id, digests)
                batches.tell(store, batch.id, [one for one in told if one.id not in digests])
                if step is not None:
                    step.advance({"after": new[-1].id}, done=step.job.done + len(new))

    store.retrying(keep)


def _plan_lines(
    desk: Desk, batch: Batch, *, actor: Actor, now: datetime, step: Step | None
) -> None:
    """Look at the next lines of a file, or close the preview when there are none left."""
    store = desk.store
    after = _after(step) if step is not None else batches.last_row(store, batch.id)
    kept, last = importing.looked_at(desk, batch, after=after, actor=actor, now=now)
    if last is None or (step is None and not kept):
        _close(desk, batch, step)
        return

    def keep() -> None:
        with store.transaction():
            if _is_planning(desk, batch):
                batches.add(store, batch.id, kept)
                if step is not None:
                    step.advance({"after": last}, done=step.job.done + len(kept))

    store.retrying(keep)


def _digests(
    desk: Desk, batch: Batch, new: Sequence[BatchRow], told: Sequence[Told]
) -> dict[int, str]:
    """The digests of the values before, of the records that will be done."""
    type = desk.project.types[batch.type]
    names = batches.names(type, batch)
    versions = {row.id: row.version for row in new}
    return {
        one.id: batches.of_record(
            desk.store,
            type,
            names,
            batch_id=batch.id,
            record_id=one.id,
            version=versions[one.id],
            before=one.before,
        )
        for one in told
        if one.before is not None
    }


def _close(desk: Desk, batch: Batch, step: Step | None) -> None:
    """Every record has been looked at: keep the digests of the whole, and how many will not be
    done. They are worked out outside of the transaction, for nobody else looks at this batch and
    many records take seconds."""
    store = desk.store
    selection, digest = batches.of_batch(store, batch.id)
    counts = batches.counts(store, batch.id)
    total = sum(counts.values())
    settled = total - counts.get(Verdict.READY, 0)

    def keep() -> None:
        with store.transaction():
            if _is_planning(desk, batch):
                batches.plan(
                    store,
                    batch.id,
                    total=total,
                    settled=settled,
                    selection=selection,
                    digest=digest,
                )
                if step is not None:
                    step.finish()

    store.retrying(keep)


def _is_planning(desk: Desk, batch: Batch) -> bool:
    found = batches.get(desk.store, batch.id, lock=True)
    return found is not None and found.state is State.PLANNING


def run_chunk(
    change: Change,
    desk: Desk,
    batch: Batch,
    size: int,
    *,
    after: int = 0,
    ahead: Ahead | None = None,
) -> Sequence[BatchRow]:
    """Do the next records of a batch in the open change; fewer than `size` are the last.

    Args:
        after: a record up to which everything is done, where that is known.
        ahead: the lines of an import that come next, where they have been read.
    """
    store = desk.store
    if batch.deed == IMPORT and ahead is None:
        ahead = _ahead(desk, batch, size, after=after, actor=change.warrant.actor, now=change.now)
    ready: Sequence[BatchRow] = (
        ahead.rows
        if ahead is not None
        else batches.rows(store, batch.id, verdicts=(Verdict.READY,), after_id=after, limit=size)
    )
    change.book.told_by(chain(batch.id))
    if ahead is not None:
        told = importing.brought(desk, batch, ahead, change)
    elif _brings_back(desk, batch):
        told = bring_back(change, batch.type, _wanted(desk, batch, ready))
    else:
        told = carry_out(change, batch.type, _wanted(desk, batch, ready), _rule(desk, batch))
    change.tell()
    batches.tell(store, batch.id, told)
    done_at = change.now if len(ready) < size else None
    batches.advance(store, batch.id, settled=len(ready), done_at=done_at)
    return ready


def _ahead(
    desk: Desk, batch: Batch, size: int, *, after: int, actor: Actor, now: datetime
) -> Ahead:
    return importing.read_ahead(desk, batch, after=after, size=size, actor=actor, now=now)


def _wanted(desk: Desk, batch: Batch, rows: Sequence[BatchRow]) -> list[Wanted]:
    """What is to be written into each record; of a batch that takes another back, what stood there
    before as far as anybody may write it, and what was made goes."""
    if batch.deed == Deed.DELETE or _brings_back(desk, batch):
        return [Wanted(row.id, row.version, None) for row in rows]
    if batch.of_batch is None:
        values = offers.values_of(desk, batch.type, batch.asked)
        return [Wanted(row.id, row.version, values) for row in rows]
    versions = {row.id: row.version for row in rows}
    was = history.of_versions(desk.store, batch.type, versions)
    fields = desk.project.types[batch.type].fields
    return [
        Wanted(
            row.id,
            row.version,
            None
            if row.id in was and was[row.id].action == Kind.CREATE
            else {
                name: value
                for name, value in (was[row.id].before if row.id in was else {}).items()
                if name in fields and field_type(fields[name]).written
            },
        )
        for row in rows
    ]


def _brings_back(desk: Desk, batch: Batch) -> bool:
    """Whether a batch takes deletions back."""
    undone = batches.get(desk.store, batch.of_batch) if batch.of_batch is not None else None
    return undone is not None and undone.deed == Deed.DELETE


def _rule(desk: Desk, batch: Batch) -> Rule:
    undone = batches.get(desk.store, batch.of_batch) if batch.of_batch is not None else None
    if undone is not None and undone.deed == IMPORT:
        return importing.RULE
    action = desk.project.actions.get(batch.action)
    return offers.rule_of(None if batch.deed == UNDO else action)


def _after(step: Step) -> int:
    """The last record the job has come to: where the database need not look again."""
    return int((step.job.cursor or {}).get("after", 0))


def _plan(step: Step) -> None:
    batch = batches.get(step.desk.store, int(step.job.payload["batch"]))
    if batch is None or batch.state is not State.PLANNING:
        with step.transaction():
            step.finish()
        return
    plan_chunk(step.desk, batch, CHUNK, actor=step.actor, now=step.now, step=step)


def _run(step: Step) -> None:
    size = int((step.job.cursor or {}).get("size", FIRST))
    desk, id, after = step.desk, int(step.job.payload["batch"]), _after(step)
    batch = batches.get(desk.store, id)
    ahead = None
    if batch is not None and batch.deed == IMPORT:
        ahead = _ahead(desk, batch, size, after=after, actor=step.actor, now=step.now)
    with step.change("bulk.run") as change:
        batch = batches.get(desk.store, id, lock=True)
        if batch is None or batch.state is not State.RUNNING:
            step.finish()
            return
        began = perf_counter()
        some = run_chunk(change, desk, batch, size, after=after, ahead=ahead)
        done = step.job.done + len(some)
        if len(some) < size:
            step.finish(done=done)
        else:
            size = resized(size, perf_counter() - began, most=MOST)
            step.advance({"after": some[-1].id, "size": size}, done=done)


PLAN = JobKind(name="bulk.plan", version=1, label="预览批量操作", chunk=_plan)
RUN = JobKind(name="bulk.run", version=1, label="执行批量操作", chunk=_run)
