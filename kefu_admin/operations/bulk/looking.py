"""What its asker sees of a batch: how far it is, why records are left out, each verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.operations import reading
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.importing import IMPORT
from kefu_admin.operations.bulk.lines import Reader
from kefu_admin.operations.bulk.undoing import may_undo
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import FieldError, NotFound
from kefu_admin.store import batches
from kefu_admin.store.batches import Batch, BatchRow, State
from kefu_admin.store.query import Ref, Row
from kefu_admin.store.verdicts import Verdict

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One reason of refusal and how many records it holds."""

    errors: tuple[FieldError, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One record of a batch; `row` is the record as the asker sees it now, None when he does not.

    Where it is gone, only its id is left. Of an import it is a line, and the record it changes or
    has made.
    """

    told: BatchRow
    row: Row | None
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A batch with what is counted in it.

    Attributes:
        may_undo: whether it can be taken back now.
        undone_by: the batch that took it back.
        new_and_changed: of an import, how many records it makes and changes; None of all others.
    """

    batch: Batch
    counts: Mapping[Verdict, int]
    reasons: tuple[Counted, ...]
    may_undo: bool
    undone_by: int | None
    new_and_changed: tuple[int, int] | None = None


def get(desk: Desk, batch_id: int, *, actor: Actor, now: datetime) -> Shown:
    """A batch of the person who asks.

    Raises:
        NotFound: there is none of his.
    """
    batch = own(desk, batch_id, actor)
    store = desk.store
    return Shown(
        batch=batch,
        counts=batches.counts(store, batch.id),
        reasons=tuple(
            Counted(errors=errors, count=count)
            for errors, count in batches.reasons(store, batch.id)
        ),
        may_undo=may_undo(desk, batch, now=now),
        undone_by=batches.undone_by(store, batch.id),
        new_and_changed=(
            batches.lines.new_and_changed(store, batch.id) if batch.deed == IMPORT else None
        ),
    )


def batches_of(
    desk: Desk, *, actor: Actor, before_id: int = 0, limit: int = 50
) -> tuple[Batch, ...]:
    """The person's confirmed batches, newest first."""
    if actor.user_id is None:
        return ()
    types = sorted(desk.grants(actor).types)
    return tuple(
        batches.of_asker(desk.store, actor.user_id, types, before_id=before_id, limit=limit)
    )


def rows(
    desk: Desk,
    batch_id: int,
    *,
    actor: Actor,
    now: datetime,
    verdicts: Collection[Verdict] = (),
    after_id: int = 0,
    limit: int = 50,
) -> tuple[Listed, ...]:
    """Records of a batch in the order of their ids, with what the asker sees of them today.

    Raises:
        NotFound: there is no such batch of his.
    """
    batch = own(desk, batch_id, actor)
    limit = max(1, min(limit, MOST))
    found = batches.rows(
        desk.store, batch.id, verdicts=sorted(verdicts), after_id=after_id, limit=limit
    )
    ids = {row.id: row.id for row in found}
    if batch.deed == IMPORT:
        ids = {row.id: row.target for row in found if row.target is not None}
    request = ListRequest(
        type=batch.type,
        columns=columns(desk, batch, actor=actor, now=now) or ("id",),
        ids=tuple(ids.values()),
        sort=("id",),
        limit=limit,
        count=False,
    )
    try:
        page = reading.list_rows(desk, request, actor=actor, now=now)
    except NotFound:
        return tuple(Listed(told=row, row=None) for row in found)
    seen = {row.id: row for row in page.rows}
    listed = [Listed(told=row, row=seen.get(ids.get(row.id, 0))) for row in found]
    if batch.deed == IMPORT and batch.state is State.PLANNED:
        return tuple(_with_texts(desk, batch, listed, actor=actor, now=now))
    return tuple(listed)


def _with_texts(
    desk: Desk, batch: Batch, listed: Sequence[Listed], *, actor: Actor, now: datetime
) -> Iterator[Listed]:
    """Lines that are still to be written, with what they change."""
    reader = Reader(desk, batch, actor=actor, now=now)
    ready = [one.told for one in listed if one.told.verdict is Verdict.READY]
    lines = {line.number: line.values for line in reader.read(ready)}
    texts = reader.texts(ready)
    for one in listed:
        values = lines.get(one.told.id, {})
        row = one.row.values if one.row is not None else {}
        moved = {
            name: texts[one.told.id][name]
            for name, value in values.items()
            if name not in row or _canonical(row[name]) != (None if value == () else value)
        }
        yield replace(one, texts=moved)


def _canonical(value: object) -> object:
    """A value as it is shown, as one is written."""
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, tuple):
        return tuple(_canonical(one) for one in value) or None
    return value


def columns(desk: Desk, batch: Batch, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """What is shown of each record besides its title: the fields the batch writes, as far as he
    sees them."""
    view = next((v for v in reading.types(desk, actor, now=now) if v.id == batch.type), None)
    if view is None:
        return ()
    names = tuple(batch.asked)
    if batch.deed == IMPORT and batch.state is State.PLANNED:
        sheet = batches.lines.sheet(desk.store, batch.id)
        names = tuple(sheet.mapping.values()) if sheet is not None else ()
    return tuple(n for n in names if n in view.fields and view.fields[n].seen)
