"""The chunks of planning and running a batch: in a request while few, else as a worker's job.

A chunk takes records that have no final verdict and writes their verdicts in its own transaction,
so that a killed worker's successor goes on with what is open, and nothing happens twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.action import Deed
from kefu_admin.definitions.field_types import field_type
from kefu_admin.operations.bulk import offers
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.store import audit, batches, history
from kefu_admin.store.batches import Batch, BatchRow, State
from kefu_admin.store.change import Change
from kefu_admin.store.change.bringing import bring_back, judge_back
from kefu_admin.store.change.bulk import Rule, Wanted, carry_out, judge
from kefu_admin.store.verdicts import Told, Verdict

CHUNK = 1_000
UNDO = "undo"


def chain(batch_id: int) -> str:
    """Where the audit line of a batch stands, and what its records' history names."""
    return audit.record_chain("kefu_batch", batch_id)


def plan_chunk(
    desk: Desk, batch: Batch, size: int, *, actor: Actor, now: datetime, step: Step | None = None
) -> None:
    """Look at the next records of a batch, or close the preview when there are none left. Nothing
    is locked or changed while looking."""
    store = desk.store
    new = batches.rows(store, batch.id, verdicts=(Verdict.NEW,), limit=size)
    if not new:
        _close(desk, batch, step)
        return
    change = Change(store, desk.warrant(actor, now), now=now, operation="bulk.plan")
    wanted = _wanted(desk, batch, new)
    if _brings_back(desk, batch):
        told = judge_back(change, batch.type, wanted)
    else:
        told = judge(change, batch.type, wanted, _rule(desk, batch))
    digests = _digests(desk, batch, new, told)

    def keep() -> None:
        with store.transaction():
            if _is_planning(desk, batch):
                batches.tell_ready(store, batch.id, digests)
                batches.tell(store, batch.id, [one for one in told if one.id not in digests])
                if step is not None:
                    step.advance({}, done=step.job.done + len(new))

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
    """Every record has been looked at: keep the digests of the whole. They are worked out outside
    of the transaction, for nobody else looks at this batch and many records take seconds."""
    store = desk.store
    selection, digest = batches.of_batch(store, batch.id)

    def keep() -> None:
        with store.transaction():
            if _is_planning(desk, batch):
                batches.plan(
                    store, batch.id, selection=selection, digest=digest, state=State.PLANNED
                )
                if step is not None:
                    step.finish()

    store.retrying(keep)


def _is_planning(desk: Desk, batch: Batch) -> bool:
    found = batches.get(desk.store, batch.id, lock=True)
    return found is not None and found.state is State.PLANNING


def run_chunk(change: Change, desk: Desk, batch: Batch, size: int) -> bool:
    """Do the next records of a batch in the open change; whether they were the last."""
    ready = batches.rows(desk.store, batch.id, verdicts=(Verdict.READY,), limit=size)
    change.book.told_by(chain(batch.id))
    wanted = _wanted(desk, batch, ready)
    if _brings_back(desk, batch):
        told = bring_back(change, batch.type, wanted)
    else:
        told = carry_out(change, batch.type, wanted, _rule(desk, batch))
    batches.tell(desk.store, batch.id, told)
    is_last = len(ready) < size
    done_at = change.now if is_last else None
    batches.advance(desk.store, batch.id, settled=len(ready), done_at=done_at)
    return is_last


def _wanted(desk: Desk, batch: Batch, rows: Sequence[BatchRow]) -> list[Wanted]:
    """What is to be written into each record; of a batch that takes another back, what stood there
    before as far as anybody may write it."""
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
            {
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
    action = desk.project.actions.get(batch.action)
    return offers.rule_of(None if batch.deed == UNDO else action)


def _note(step: Step, many: int, *, is_last: bool) -> None:
    done = step.job.done + many
    if is_last:
        step.finish(done=done)
    else:
        step.advance({}, done=done)


def _plan(step: Step) -> None:
    batch = batches.get(step.desk.store, int(step.job.payload["batch"]))
    if batch is None or batch.state is not State.PLANNING:
        with step.transaction():
            step.finish()
        return
    plan_chunk(step.desk, batch, CHUNK, actor=step.actor, now=step.now, step=step)


def _run(step: Step) -> None:
    store, batch_id = step.desk.store, int(step.job.payload["batch"])
    with step.change("bulk.run") as change:
        batch = batches.get(store, batch_id, lock=True)
        if batch is None or batch.state is not State.RUNNING:
            step.finish()
            return
        before = batch.settled
        is_last = run_chunk(change, step.desk, batch, CHUNK)
        now_settled = batches.get(store, batch_id)
        assert now_settled is not None
        _note(step, now_settled.settled - before, is_last=is_last)


PLAN = JobKind(name="bulk.plan", version=1, label="预览批量操作", chunk=_plan)
RUN = JobKind(name="bulk.run", version=1, label="执行批量操作", chunk=_run)
