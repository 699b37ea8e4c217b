"""The chunks of a merge and of its undo: in a request while few, else as a worker's job.

A chunk finds what still refers to the record that goes, so a killed worker's successor goes on with
what is left, and what was linked to it meanwhile moves, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import merges
from kefu_admin.store.change import Change
from kefu_admin.store.change.exchanging import move
from kefu_admin.store.change.merging import Pair, finish
from kefu_admin.store.change.unmerging import back
from kefu_admin.store.merges import Merge, State, Verdict

CHUNK = 500  # records whose references are moved in one transaction


def locked(change: Change, merge: Merge) -> Pair:
    """Both records of a merge under way, locked.

    Raises:
        Invalid: one of them is not there any more.
    """
    type = change.store.project.types[merge.type]
    found = change.reader.load(merge.type, (merge.kept_id, merge.gone_id), lock=True)
    if merge.kept_id not in found or merge.gone_id not in found:
        raise Invalid([FieldError("", "merge_lost")])
    return Pair(type, found[merge.kept_id], found[merge.gone_id])


def run_chunk(change: Change, merge: Merge, both: Pair, size: int) -> tuple[int, bool]:
    """Move the next references, with the last of them also the records; how many, and whether it
    is done."""
    change.book.told_by(merges.chain(merge.id))
    moved, more = move(change, merge.type, merge.kept_id, merge.gone_id, size)
    merges.note(change.store, merge.id, moved)
    change.tell()
    if more:
        return len(moved), False
    version, rows = finish(change, both, merge.taken)
    merges.note(change.store, merge.id, rows)
    merges.finish(
        change.store,
        merge.id,
        kept_version=version,
        gone_version=both.gone.version + 1,
        now=change.now,
    )
    return len(moved) + len(rows), True


def undo_chunk(change: Change, merge: Merge, size: int) -> tuple[int, bool]:
    """Move the next references back; how many, and whether it is done."""
    change.book.told_by(merges.chain(merge.id, undo=True))
    some = merges.moved(change.store, merge.id, limit=size)
    for verdict, ids in back(change, merge, some).items():
        merges.judge(change.store, ids, verdict)
    change.tell()
    is_done = len(some) < size
    if is_done:
        merges.close(change.store, merge.id)
    return len(some), is_done


def judged(change: Change, verdicts: Sequence[tuple[Verdict, Sequence[int]]]) -> None:
    """Keep what became of owned rows."""
    for verdict, ids in verdicts:
        merges.judge(change.store, ids, verdict)


def _run(step: Step) -> None:
    with step.change("merge.run") as change:
        merge = merges.get(change.store, int(step.job.payload["merge"]), lock=True)
        if merge is None or merge.state is not State.RUNNING:
            step.finish()
            return
        many, is_done = run_chunk(change, merge, locked(change, merge), CHUNK)
        _went_on(step, many, is_done=is_done)


def _undo(step: Step) -> None:
    with step.change("merge.undo") as change:
        merge = merges.get(change.store, int(step.job.payload["merge"]), lock=True)
        if merge is None or merge.state is not State.UNDOING:
            step.finish()
            return
        many, is_done = undo_chunk(change, merge, CHUNK)
        _went_on(step, many, is_done=is_done)


def _went_on(step: Step, many: int, *, is_done: bool) -> None:
    done = step.job.done + many
    if is_done:
        step.finish(done=done)
    else:
        step.advance({}, done=done)


RUN = JobKind(name="merge.run", version=1, label="合并记录", chunk=_run)
UNDO = JobKind(name="merge.undo", version=1, label="撤销合并", chunk=_undo)
