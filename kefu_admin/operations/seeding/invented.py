"""Invented rows, as many as asked: deterministic, through `Change`, a chunk per transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.making import Kit, make_row
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.regions import regions
from kefu_admin.operations.seeding.files import Instruction, Seeds
from kefu_admin.operations.seeding.ground import OPERATION, warrant
from kefu_admin.problems import Invalid
from kefu_admin.store.change import Change
from kefu_admin.store.database import Store
from kefu_admin.store.read import whole

CHUNK = 500


def invent(
    store: Store,
    seeds: Seeds,
    *,
    rows: int,
    now: datetime,
    told: Callable[[str, int, int], None] = lambda type_id, done, wanted: None,
) -> int:
    """Top every instructed type up to its share of `rows`; returns how many rows were made.

    `told(type id, rows there, rows wanted)` is called after each chunk.

    Raises:
        BadInstruction: an instruction no maker knows.
        Invalid: an invented value was refused; the chunk was not kept.
    """
    made = 0
    for instruction in seeds.instructions:
        content_type = store.project.types[instruction.type]
        wanted = instruction.count or round(rows * instruction.share)
        there = whole.row_count(store, content_type.id)
        kit = _kit(store, seeds, instruction, content_type, now)
        while there < wanted:
            count = min(CHUNK, wanted - there)
            chunk = [_row(instruction, content_type, store, kit, there + n) for n in range(count)]
            with Change.open(
                store, warrant(store, now=now), now=now, operation=OPERATION
            ) as change:
                change.create_many(content_type.id, chunk)
            there += count
            made += count
            told(content_type.id, there, wanted)
    return made


def _row(
    instruction: Instruction, content_type: ContentType, store: Store, kit: Kit, index: int
) -> Mapping[str, object]:
    random = Random(f"{content_type.id}:{index}")  # noqa: S311 -- demo data, must repeat
    raw = make_row(instruction.fields, random=random, kit=kit, index=index)
    values, errors = convert_values(content_type, raw, types=store.project.types)
    if errors:
        raise Invalid(
            [replace(error, field=f"{content_type.id}.{error.field}") for error in errors]
        )
    return values


def _kit(
    store: Store, seeds: Seeds, instruction: Instruction, content_type: ContentType, now: datetime
) -> Kit:
    referred = {
        field.to
        for field in content_type.fields.values()
        if field.type == "reference" and field.id in instruction.fields
    }
    return Kit(
        pools=seeds.pools,
        regions=[code for code in regions() if not code.endswith("00")],
        people=_people(store),
        today=now.astimezone(ZoneInfo(store.project.time_zone)).date(),
        ids={type_id: whole.ids(store, type_id) for type_id in sorted(referred)},
        choices={
            field.id: [choice.id for choice in field.choices if not choice.retired]
            for field in content_type.fields.values()
        },
    )


def _people(store: Store) -> Sequence[tuple[int, int | None]]:
    """Active people with a department; those of the office first in line for records."""
    rows = store.rows(
        'SELECT "id", "department_id" FROM "kefu_user"'
        ' WHERE "active" = 1 AND "department_id" IS NOT NULL ORDER BY "id"'
    )
    return [(int(str(id)), int(str(department))) for id, department in rows]
