"""Which sheet of a file, which row of heads, and which column holds which field: suggested, and
said by the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import Field
from kefu_admin.operations import jobs
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.importing import IMPORT, check_right
from kefu_admin.operations.bulk.naming import key_fields
from kefu_admin.operations.bulk.working import CHUNK, PLAN, plan_chunk
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.imports.heads import (
    HEADS_WITHIN,
    Row,
    placed,
    sheet_of,
    suggested,
    takes,
)
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import FieldError, Invalid, NotFound
from kefu_admin.store import batches
from kefu_admin.store.batches import Batch, Sheet, State

_SAMPLES = 3
_LONGEST_SAMPLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file whose columns are to be mapped, as one of its sheets and rows of heads is looked at.

    Attributes:
        sheet: with the heads that were asked for, or probably are meant.
        lines: how many stand below the heads, at most.
        tops: (number, text) of the rows that may be the heads.
        samples: the first texts of each column.
        takes: the fields a column may hold.
        keys: those by which a line may find the record it changes.
        suggested: fields by place of their column.
    """

    batch: Batch
    sheet: Sheet
    view: TypeView
    lines: int
    tops: tuple[tuple[int, str], ...]
    samples: tuple[tuple[str, ...], ...]
    takes: tuple[Field, ...]
    keys: tuple[Field, ...]
    suggested: Mapping[int, str]


def staged(
    desk: Desk,
    batch_id: int,
    *,
    number: int | None = None,
    heads_line: int | None = None,
    actor: Actor,
    now: datetime,
) -> Staged:
    """A file of the person who asks, with what he may choose.

    Args:
        number: another sheet of it than the one probably meant.
        heads_line: another row of heads.

    Raises:
        NotFound: there is none of his, or he may not import any more; no such sheet or row.
    """
    batch, kept, view = _own(desk, batch_id, actor=actor, now=now)
    sheet, rows = _looked_at(desk, batch_id, kept, view, number, heads_line)
    below = [cells for n, cells in rows if n >= sheet.first_line][:_SAMPLES]
    above = sum(n < sheet.first_line for n, _ in rows)
    fields = view.type.fields
    return Staged(
        batch=batch,
        sheet=sheet,
        view=view,
        lines=max(sheet.sheets[sheet.number][1] - above, 0),
        tops=tuple((n, " ".join(" ".join(cells).split())[:_LONGEST_SAMPLE]) for n, cells in rows),
        samples=tuple(
            tuple(
                cells[place][:_LONGEST_SAMPLE]
                for cells in below
                if place < len(cells) and cells[place].strip()
            )
            for place in range(len(sheet.heads))
        ),
        takes=takes(view),
        keys=tuple(fields[name] for name in key_fields(view)),
        suggested=suggested(takes(view), sheet.heads),
    )


def choose(
    desk: Desk,
    batch_id: int,
    mapping: Mapping[int, str],
    key_field: str,
    *,
    number: int | None = None,
    heads_line: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say which column holds which field; then every line is looked at, of a long file by a
    worker. Said twice, the first stands.

    Args:
        mapping: fields by place of their column.
        key_field: by which lines find the records they change; "" when all are new.
        number, heads_line: as for `staged`.

    Raises:
        NotFound: no such file of his, or he may not import any more; no such sheet or row.
        Invalid: nothing is mapped, a field twice, or one he may not fill in; the key is none.
    """
    seen = staged(
        desk, batch_id, number=number, heads_line=heads_line, actor=actor, now=now
    )  # fmt: skip
    _check(seen.view, seen.sheet, mapping, key_field)
    chosen = replace(seen.sheet, mapping=mapping, key_field=key_field)
    store = desk.store

    def work() -> None:
        with store.transaction():
            batch = own(desk, batch_id, actor, lock=True)
            if batch.state is not State.FREEZING:
                return
            batches.lines.choose(store, batch_id, chosen)
            job_id = None
            if seen.lines > CHUNK:
                payload = {"batch": batch_id}
                job_id = jobs.ask(store, PLAN, payload, actor=actor, now=now, total=seen.lines)
            batches.close(store, batch_id, job_id=job_id, total=seen.lines)

    store.retrying(work)
    batch = batches.get(store, batch_id)
    while batch is not None and batch.state is State.PLANNING and batch.job_id is None:
        plan_chunk(desk, batch, CHUNK, actor=actor, now=now)
        batch = batches.get(store, batch_id)


def _looked_at(
    desk: Desk,
    batch_id: int,
    kept: Sheet,
    view: TypeView,
    number: int | None,
    heads_line: int | None,
) -> tuple[Sheet, list[Row]]:
    """The sheet asked for, with its heads, and its first rows.

    Raises:
        NotFound: there is none, or no such row.
    """
    sheet = kept if number is None else replace(kept, number=number)
    if not 0 <= sheet.number < len(sheet.sheets):
        raise NotFound
    rows = batches.lines.after(desk.store, batch_id, sheet.number, 0, limit=HEADS_WITHIN + _SAMPLES)
    tops = rows[:HEADS_WITHIN]
    if not tops:
        raise NotFound
    place = next((at for at, (n, _) in enumerate(tops) if n == heads_line), None)
    if heads_line is not None and place is None:
        raise NotFound
    if place is None and sheet.number == kept.number:
        return kept, rows
    return sheet_of(sheet, tops, placed(view, tops)[0] if place is None else place), rows


def _own(
    desk: Desk, batch_id: int, *, actor: Actor, now: datetime
) -> tuple[Batch, Sheet, TypeView]:
    batch = own(desk, batch_id, actor)
    sheet = batches.lines.sheet(desk.store, batch_id)
    if batch.deed != IMPORT or sheet is None:
        raise NotFound
    return batch, sheet, check_right(desk, batch.type, actor=actor, now=now)


def _check(view: TypeView, sheet: Sheet, mapping: Mapping[int, str], key_field: str) -> None:
    names = list(mapping.values())
    open_to_him = {field.id for field in takes(view)}
    errors = []
    if not names:
        errors.append(FieldError("", "import_nothing_mapped"))
    if len(set(names)) < len(names):
        errors.append(FieldError("", "import_mapped_twice"))
    if any(place >= len(sheet.heads) for place in mapping) or not open_to_him.issuperset(names):
        errors.append(FieldError("", "import_not_taken"))
    if key_field and (key_field not in key_fields(view) or key_field not in names):
        errors.append(FieldError("", "import_key_unmapped"))
    known = (view.type.fields[name] for name in names if name in view.type.fields)
    numbers = {field.id for field in known if field.type == "number"}
    if numbers - {key_field}:
        errors.append(FieldError("", "import_number_given"))
    if errors:
        raise Invalid(errors)
