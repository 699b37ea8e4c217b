"""Imports as batches: each line of a file is judged and written as one record of a batch is.

A line's row names no record but the line; which record it changes is frozen when it is looked at,
and which it has made is written down with its verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.bulk.lines import Line, Reader
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import NotFound
from kefu_admin.store import batches
from kefu_admin.store.batches import Batch, BatchRow, LookedAt, lines
from kefu_admin.store.change import Change
from kefu_admin.store.change.bulk import Rule, Wanted, carry_out, judge
from kefu_admin.store.change.importing import NewLine, bring_new, judge_new
from kefu_admin.store.verdicts import Told, Verdict

IMPORT = "import"
AT_ONCE = 2_000  # lines looked at in one go
UNDO = timedelta(hours=24)
RULE = Rule(takes_part=Action.IMPORT)


def check_right(desk: Desk, type_id: str, *, actor: Actor, now: datetime) -> reading.TypeView:
    """The type as a person meets it who may import into it.

    Raises:
        NotFound: he may not, or not any more.
    """
    view = reading.type_view(desk, type_id, actor, now=now)
    if not {Action.IMPORT, Action.CREATE} <= view.actions:
        raise NotFound
    return view


def looked_at(
    desk: Desk, batch: Batch, *, after: int, actor: Actor, now: datetime
) -> tuple[list[LookedAt], int | None]:
    """What would become of the next lines of a file, and the number of the last one; None: there
    are no more. Lines that are blank in all columns that are read are left out. The digest of a
    line that will be done swears to the values to be written."""
    reader = Reader(desk, batch, actor=actor, now=now)
    given = reader.next_lines(after, limit=AT_ONCE)
    if not given:
        return [], None
    found = reader.lines(given)
    reader.find_targets(found)
    change = Change(desk.store, desk.warrant(actor, now), now=now, operation="bulk.plan")
    good = [one for one in found if not one.errors]
    faulty = {one.number: one for one in found if one.errors}
    told = [
        _with_faults(one, faulty[one.id]) if one.id in faulty else one
        for one in judge_new(change, batch.type, _new(found))
    ]
    told += [_with_faults(Told(n, Verdict.REFUSED), one) for n, one in faulty.items() if one.target]
    told += _by_line(good, judge(change, batch.type, _wanted(good), RULE))
    lines_of = {one.number: one for one in found}
    kept = [_kept(desk, batch, one, lines_of[one.id]) for one in sorted(told, key=_id)]
    return kept, given[-1][0]


def _kept(desk: Desk, batch: Batch, told: Told, line: Line) -> LookedAt:
    if told.verdict is not Verdict.READY:
        return LookedAt(told, version=0, target=None, digest=None)
    record, version = line.target or (None, 0)
    digest = batches.of_record(
        desk.store,
        desk.project.types[batch.type],
        sorted(line.values),
        batch_id=batch.id,
        record_id=told.id,
        version=version,
        before=line.values,
    )
    return LookedAt(told, version=version, target=record, digest=digest)


def _id(told: Told) -> int:
    return told.id


class Ahead(NamedTuple):
    """Lines about to be done, read before anything is locked."""

    rows: Sequence[BatchRow]
    lines: Sequence[Line]


def read_ahead(
    desk: Desk, batch: Batch, *, after: int, size: int, actor: Actor, now: datetime
) -> Ahead:
    """The next lines that are to be done, fewer than `size` when they are the last."""
    rows = batches.rows(desk.store, batch.id, verdicts=(Verdict.READY,), after_id=after, limit=size)
    if not rows:
        return Ahead(rows, ())
    return Ahead(rows, Reader(desk, batch, actor=actor, now=now).read(rows))


def brought(desk: Desk, batch: Batch, ahead: Ahead, change: Change) -> list[Told]:
    """Do the lines in the open change, and write down which record those that made one have made;
    the verdicts of all others."""
    found = ahead.lines
    told = [
        Told(id=one.number, verdict=Verdict.REFUSED, errors=tuple(one.errors))
        for one in found
        if one.errors
    ]
    good = [one for one in found if not one.errors]
    new, made = bring_new(change, batch.type, _new(good))
    told += [one for one in new if one.id not in made]
    told += _by_line(good, carry_out(change, batch.type, _wanted(good), RULE))
    lines.tell_made(desk.store, batch.id, made)
    return told


def _with_faults(told: Told, line: Line) -> Told:
    """The verdict of a line with faulty cells: these, and what is wrong with its other cells."""
    named = {one.field for one in line.errors}
    others = (one for one in told.errors if one.field and one.field not in named)
    return Told(id=line.number, verdict=Verdict.REFUSED, errors=(*line.errors, *others))


def told(desk: Desk, batch: Batch) -> dict[str, object]:
    """What the audit line says of the file."""
    sheet = lines.sheet(desk.store, batch.id)
    assert sheet is not None
    new, changed = lines.new_and_changed(desk.store, batch.id)
    return {
        "filter": "",  # the name of a file may name a person
        "sha256": sheet.sha256,
        "fields": sorted(sheet.mapping.values()),
        "key": sheet.key_field,
        "new": new,
        "changed": changed,
    }


def _new(found: Sequence[Line]) -> list[NewLine]:
    return [NewLine(one.number, one.values) for one in found if one.target is None]


def _wanted(found: Sequence[Line]) -> list[Wanted]:
    return [Wanted(*one.target, one.values) for one in found if one.target is not None]


def _by_line(found: Sequence[Line], told: Sequence[Told]) -> list[Told]:
    """Verdicts of records as verdicts of the lines that change them."""
    number = {one.target[0]: one.number for one in found if one.target is not None}
    return [one._replace(id=number[one.id]) for one in told]
