"""Which column of a file holds which field: suggested by the heads, said by the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.text_rules import identifier
from kefu_admin.operations import jobs
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.importing import IMPORT, check_right
from kefu_admin.operations.bulk.naming import key_fields
from kefu_admin.operations.bulk.working import CHUNK, PLAN, plan_chunk
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.exports.cells import head
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import FieldError, Invalid, NotFound
from kefu_admin.store import batches
from kefu_admin.store.batches import Batch, Sheet, State

_SAMPLES = 3
_LONGEST_SAMPLE = 40
_LEAST_PART = 2  # characters of a head that say which field is meant
_CLOSED = frozenset({Storage.FILES, Storage.ROWS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file whose columns are to be mapped. `samples` are the first texts of each column; `keys`
    the fields by which a line may find the record it changes."""

    batch: Batch
    sheet: Sheet
    view: TypeView
    lines: int
    samples: tuple[tuple[str, ...], ...]
    takes: tuple[Field, ...]
    keys: tuple[Field, ...]


def staged(desk: Desk, batch_id: int, *, actor: Actor, now: datetime) -> Staged:
    """A file of the person who asks, with what he may choose.

    Raises:
        NotFound: there is none of his, or he may not import any more.
    """
    batch, sheet, view = _own(desk, batch_id, actor=actor, now=now)
    numbers = batches.lines.numbers(desk.store, batch.id)
    last = numbers[:_SAMPLES][-1] if numbers else 0
    first = batches.lines.cells(desk.store, batch.id, last=last)
    samples = tuple(
        tuple(cells[place][:_LONGEST_SAMPLE] for cells in first.values() if place < len(cells))
        for place in range(len(sheet.heads))
    )
    fields = view.type.fields
    return Staged(
        batch=batch,
        sheet=sheet,
        view=view,
        lines=len(numbers),
        samples=samples,
        takes=takes(view),
        keys=tuple(fields[name] for name in key_fields(view)),
    )


def takes(view: TypeView) -> tuple[Field, ...]:
    """The fields a column may hold for this person: those he writes in new records, and the
    business numbers by which records are found."""
    numbers = {name for name in key_fields(view) if view.type.fields[name].type == "number"}
    return tuple(
        one.field
        for name, one in view.fields.items()
        if name in numbers or (one.create and storage(one.field) not in _CLOSED)
    )


def suggested(fields: Sequence[Field], heads: Sequence[str], locale: str) -> dict[int, str]:
    """Which column probably holds which field, each once: by label in either language, or id; then
    by a label that is part of the head or has it as a part, where there is but one."""
    by_text: dict[str, str] = {}
    for field in fields:
        for text in (field.id, field.label.text("en"), field.label.zh, head(field, locale)):
            by_text[_bare(text)] = field.id
    found: dict[int, str] = {}
    for alike in (_same, _part):
        for place, text in enumerate(heads):
            left = {each: id for each, id in by_text.items() if id not in found.values()}
            names = {id for each, id in left.items() if alike(each, _bare(text))}
            if place not in found and len(names) == 1:
                found[place] = names.pop()
    return found


def choose(
    desk: Desk,
    batch_id: int,
    mapping: Mapping[int, str],
    key_field: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say which column holds which field; then every line is looked at, of a long file by a
    worker. Said twice, the first stands.

    Args:
        mapping: fields by place of their column.
        key_field: by which lines find the records they change; "" when all are new.

    Raises:
        NotFound: no such file of his, or he may not import any more.
        Invalid: nothing is mapped, a field twice, or one he may not fill in; the key is none.
    """
    _, sheet, view = _own(desk, batch_id, actor=actor, now=now)
    _check(view, sheet, mapping, key_field)
    store = desk.store

    def work() -> None:
        with store.transaction():
            batch = own(desk, batch_id, actor, lock=True)
            if batch.state is not State.FREEZING:
                return
            batches.lines.choose(store, batch_id, mapping, key_field)
            numbers = batches.lines.numbers(store, batch_id)
            batches.freeze(store, batch_id, [(number, 0) for number in numbers])
            job_id = None
            if len(numbers) > CHUNK:
                payload = {"batch": batch_id}
                job_id = jobs.ask(store, PLAN, payload, actor=actor, now=now, total=len(numbers))
            batches.close(store, batch_id, job_id=job_id)

    store.retrying(work)
    batch = batches.get(store, batch_id)
    while batch is not None and batch.state is State.PLANNING and batch.job_id is None:
        plan_chunk(desk, batch, CHUNK, actor=actor, now=now)
        batch = batches.get(store, batch_id)


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
    numbers = {name for name in names if view.type.fields[name].type == "number"}
    if numbers - {key_field}:
        errors.append(FieldError("", "import_number_given"))
    if errors:
        raise Invalid(errors)


def _bare(text: str) -> str:
    """A head as it is compared: without wide forms, capitals, stars and the space around."""
    return identifier(text.replace("*", "").replace("＊", "")).casefold()


def _same(one: str, other: str) -> bool:
    return one == other


def _part(one: str, other: str) -> bool:
    """Whether one stands in the other: 名称 in 客户名称."""
    return min(len(one), len(other)) >= _LEAST_PART and (one in other or other in one)
