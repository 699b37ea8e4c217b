"""Merging two records and taking it back, each in one transaction with its audit line; where many
references move, a worker does the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.operations import jobs
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.merging.moving import CHUNK, RUN, UNDO, judged, run_chunk, undo_chunk
from kefu_admin.operations.records import performed
from kefu_admin.problems import FieldError, Invalid, NotFound, NotReady, UndoOver
from kefu_admin.store import audit, merges, search
from kefu_admin.store.change import Change
from kefu_admin.store.change.judging import raise_faults
from kefu_admin.store.change.merging import Pair, kept_draft, may_merge, pair
from kefu_admin.store.change.unmerging import part
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.merges import Merge, State, Verdict

OPERATION = "records.merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge or its undo came to: its id, the record that is kept, and whether a worker still
    moves references."""

    merge: int
    kept_id: int
    is_done: bool


def merge(
    desk: Desk,
    type_id: str,
    kept: tuple[int, int],
    gone: tuple[int, int],
    taken: Collection[str] = (),
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Merged:
    """Make one record of two (id, version as read).

    Args:
        taken: fields whose value the kept record takes over; files and owned rows of both are kept,
            the higher secrecy level holds.

    Raises:
        NotFound: the type is not merged, or one record is not there or not for him.
        Forbidden: he may not merge or change one of them.
        Conflict: one has another version by now.
        NotReady: one of them is being merged already.
        Invalid: values or rules are against it.
        KeyReused: the key was used for another request.
    """

    def work(change: Change) -> Mapping[str, Any]:
        type = mergeable_type(desk, type_id)
        both = _pair(change, type_id, kept, gone)
        if merges.touching(desk.store, type_id, (kept[0], gone[0])) is not None:
            raise NotReady
        raise_faults([kept_draft(change, both, taken)])  # a worker must not find it out later
        change.reader.forget(type_id, kept[0])
        made = _begin(desk, type, both, taken, actor=actor, now=now)
        _, is_done = run_chunk(change, made, both, CHUNK)
        if not is_done:
            _go_on(desk, made.id, RUN, actor=actor, now=now)
        return {"merge": made.id, "kept": kept[0], "done": is_done}

    facts = performed(desk, OPERATION, work, actor=actor, now=now, key=key).facts
    return Merged(merge=facts["merge"], kept_id=facts["kept"], is_done=facts["done"])


def undo(
    desk: Desk,
    type_id: str,
    merge_id: int,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Merged:
    """Make two records of one again: the references that were moved and not changed since go back.
    One that is still under way is stopped.

    Raises:
        NotFound: no such merge, or the records are not for him.
        Forbidden: he may not merge them.
        UndoOver: its time is over, or it has been taken back.
        Invalid: today's rules refuse what one of the records was; it left the bin.
        KeyReused: the key was used for another request.
    """

    def work(change: Change) -> Mapping[str, Any]:
        mergeable_type(desk, type_id)
        found = merges.get(desk.store, merge_id, lock=True)
        if found is None or found.type != type_id:
            raise NotFound
        if not found.is_in_time(now):
            raise UndoOver
        _take_back(desk, change, found, actor=actor, now=now)
        _, is_done = undo_chunk(change, found, CHUNK)
        if not is_done:
            _go_on(desk, merge_id, UNDO, actor=actor, now=now)
        return {"merge": merge_id, "kept": found.kept_id, "done": is_done}

    facts = performed(desk, "records.unmerge", work, actor=actor, now=now, key=key).facts
    return Merged(merge=facts["merge"], kept_id=facts["kept"], is_done=facts["done"])


def mergeable_type(desk: Desk, type_id: str) -> ContentType:
    """A type of which two records may become one.

    Raises:
        NotFound: there is none such.
    """
    type = desk.project.types.get(type_id)
    if type is None or type.merge is None:
        raise NotFound
    return type


def number_of(type: ContentType, values: Mapping[str, object]) -> str:
    """The business number of a record as old numbers are found; "" for none."""
    for field in type.fields.values():
        if field.type == "number" and values.get(field.id):
            return search.normal(str(values[field.id]))
    return ""


def _pair(change: Change, type_id: str, kept: tuple[int, int], gone: tuple[int, int]) -> Pair:
    """Both records, locked.

    Raises:
        Invalid: somebody was quicker, and one of them is part of a record he may see.
        NotFound, Forbidden, Conflict: as `merge`.
    """
    try:
        return pair(change, type_id, kept, gone)
    except NotFound:
        for record_id, _ in (gone, kept):
            now_id = merges.leads_to(change.store, type_id, record_id)
            there = change.reader.stored(type_id, now_id) if now_id is not None else None
            if there is not None and change.access.visible(type_id, there):
                raise Invalid([FieldError("with", "merge_already")]) from None
        raise


def _begin(
    desk: Desk,
    type: ContentType,
    both: Pair,
    taken: Collection[str],
    *,
    actor: Actor,
    now: datetime,
) -> Merge:
    """Write the merge and its audit line."""
    assert type.merge is not None
    hours = type.merge.undo_hours
    merge_id = merges.make(
        desk.store,
        type=type.id,
        kept_id=both.kept.id,
        gone_id=both.gone.id,
        number=number_of(type, both.gone.values),
        taken=tuple(taken),
        asker_id=actor.user_id,
        asker=actor.login,
        undo_until=now + timedelta(hours=hours) if hours else None,
        now=now,
    )
    made = merges.get(desk.store, merge_id)
    assert made is not None
    told = {
        "content_type": type.id,
        "kept": both.kept.id,
        "kept_number": number_of(type, both.kept.values),
        "gone": both.gone.id,
        "gone_number": made.number,
        "fields": sorted(taken),
    }
    audit.write(desk.store, _line(made, "merge", told, actor=actor, now=now))
    return made


def _take_back(desk: Desk, change: Change, found: Merge, *, actor: Actor, now: datetime) -> None:
    """Part the two records, or stop a merge that has not come so far."""
    told = {"content_type": found.type, "kept": found.kept_id, "gone": found.gone_id}
    audit.write(desk.store, _line(found, "unmerge", told, actor=actor, now=now, undo=True))
    change.book.told_by(merges.chain(found.id, undo=True))
    left: tuple[str, ...] = ()
    if found.state is State.DONE:
        if merges.leads_to(desk.store, found.type, found.gone_id) != found.kept_id:
            raise Invalid([FieldError("", "merge_went_on")])
        parted = part(change, found)
        left = parted.left
        judged(
            change,
            [
                (Verdict.BACK, parted.back),
                (Verdict.CHANGED, parted.changed),
                (Verdict.GONE, parted.gone),
            ],
        )
    else:
        both = change.reader.load(found.type, (found.kept_id, found.gone_id), lock=True)
        if len(both) < 2 or not all(may_merge(change, found.type, r.values) for r in both.values()):
            raise NotFound
    merges.part(desk.store, found.id, left=left, by=actor.login, now=now)


def _go_on(desk: Desk, merge_id: int, kind: jobs.JobKind, *, actor: Actor, now: datetime) -> None:
    job_id = jobs.ask(desk.store, kind, {"merge": merge_id}, actor=actor, now=now)
    merges.wait(desk.store, merge_id, job_id)


def _line(
    merge: Merge,
    action: str,
    told: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    undo: bool = False,
) -> audit.Line:
    """The one line that tells of both records and all that moves, before anything does."""
    return audit.Line(
        actor=actor,
        action=action,
        at=now,
        type=merges.TABLE,
        record_id=merge.id,
        after=told,
        operation=OPERATION,
        chain=merges.chain(merge.id, undo=undo),
    )
