"""Imports as batches: each line of a file is judged and written as one record of a batch is.

A line's row names no record but the line; which record it changes is frozen when it is looked at,
and which it has made is written down with its verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.bulk.lines import Line, Reader
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import NotFound
from kefu_admin.store.batches import Batch, BatchRow, lines
from kefu_admin.store.change import Change
from kefu_admin.store.change.bulk import Rule, Wanted, carry_out, judge
from kefu_admin.store.change.importing import NewLine, bring_new, judge_new
from kefu_admin.store.verdicts import Told, Verdict

IMPORT = "import"
AT_ONCE = 2_000  # lines looked at in one go
UNDO = timedelta(hours=24)
RULE = Rule(takes_part=Action.IMPORT)

Targets = dict[int, tuple[int, int]]
"""The record (id, version) of each line that changes one."""


def check_right(desk: Desk, type_id: str, *, actor: Actor, now: datetime) -> reading.TypeView:
    """The type as a person meets it who may import into it.

    Raises:
        NotFound: he may not, or not any more.
    """
    view = reading.type_view(desk, type_id, actor, now=now)
    if not {Action.IMPORT, Action.CREATE} <= view.actions:
        raise NotFound
    return view


def judged(
    desk: Desk,
    batch: Batch,
    rows: Sequence[BatchRow],
    change: Change,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[list[BatchRow], list[Told], Targets]:
    """Rows with the versions they change, what would become of each line, and what each aims at.
    Of a line that will be done, `before` holds the values to be written: its digest swears to
    them."""
    reader = Reader(desk, batch, actor=actor, now=now)
    found = reader.read(rows)
    reader.find_targets(found)
    good = [one for one in found if not one.errors]
    faulty = {one.number: one for one in found if one.errors}
    told = [
        _with_faults(one, faulty[one.id]) if one.id in faulty else one
        for one in judge_new(change, batch.type, _new(found))
    ]
    told += [_with_faults(Told(n, Verdict.REFUSED), one) for n, one in faulty.items() if one.target]
    told += _by_line(good, judge(change, batch.type, _wanted(good), RULE))
    values = {one.number: one.values for one in good}
    told = [
        one._replace(before=values[one.id]) if one.verdict is Verdict.READY else one for one in told
    ]
    ready = {one.id for one in told if one.verdict is Verdict.READY}
    targets = {
        one.number: one.target for one in good if one.target is not None and one.number in ready
    }
    versions = {line: version for line, (_, version) in targets.items()}
    return [row._replace(version=versions.get(row.id, 0)) for row in rows], told, targets


def brought(desk: Desk, batch: Batch, rows: Sequence[BatchRow], change: Change) -> list[Told]:
    """Do the lines in the open change; those that made a record are aimed at it."""
    reader = Reader(desk, batch, actor=change.warrant.actor, now=change.now)
    found = reader.read(rows)
    told = [
        Told(id=one.number, verdict=Verdict.REFUSED, errors=tuple(one.errors))
        for one in found
        if one.errors
    ]
    good = [one for one in found if not one.errors]
    new, made = bring_new(change, batch.type, _new(good))
    told += new
    told += _by_line(good, carry_out(change, batch.type, _wanted(good), RULE))
    lines.aim(desk.store, batch.id, {line: (record, 0) for line, record in made.items()})
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
