"""Invented rows, as many as asked: deterministic, through `Change`, a chunk per transaction."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.making import Kit, row_maker
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.regions import regions
from kefu_admin.operations.seeding import ahead
from kefu_admin.operations.seeding.files import Instruction, Seeds
from kefu_admin.operations.seeding.ground import OPERATION, known, warrant
from kefu_admin.problems import Invalid
from kefu_admin.store import accounts
from kefu_admin.store.change import Change
from kefu_admin.store.database import Store
from kefu_admin.store.loading import loading, look_at
from kefu_admin.store.read import whole
from kefu_admin.store.warrant import Warrant

CHUNK = 1000  # rows written together: more would no longer fit the processor's cache
TOGETHER = 10_000  # rows per transaction: neighbours in an index then share a page to write


def invent(
    store: Store,
    seeds: Seeds,
    *,
    rows: int,
    now: datetime,
    told: Callable[[str, int, int], None] = lambda type_id, done, wanted: None,
) -> int:
    """Top every instructed type up to its share of `rows`; returns how many rows were made.

    `told(type id, rows there, rows wanted)` is called after each chunk, which is then kept: stopped
    at any point, the next call goes on from there.

    Raises:
        BadInstruction: a type the config lacks, or an instruction no maker knows.
        Invalid: an invented value was refused; the chunk was not kept.
    """
    made = 0
    for instruction in seeds.instructions:
        content_type = known(store.project, instruction.type)
        wanted = instruction.count or round(rows * instruction.share)
        there = whole.row_count(store, content_type.id)
        if there >= wanted:
            continue
        make = _making(instruction, content_type, store, seeds, now)
        held = warrant(store, now=now)
        chunks = ahead.chunks(make, there, wanted, CHUNK)
        owned = (one.to for one in content_type.fields.values() if one.type == "children")
        tables = (content_type.id, *owned)
        with loading(store), calm():
            looked = there
            while some := _write(store, content_type.id, chunks, held, now):
                there += some
                made += some
                if there > 2 * looked:
                    look_at(store, tables)
                    looked = there
                told(content_type.id, there, wanted)
    return made


def _write(
    store: Store, type_id: str, chunks: Iterator[ahead.Rows], held: Warrant, now: datetime
) -> int:
    """Write the next chunks in one transaction; how many rows they had, 0 at the end."""
    some = 0
    with Change.open(store, held, now=now, operation=OPERATION) as change:
        for chunk in islice(chunks, TOGETHER // CHUNK):
            change.create_many(type_id, chunk)
            some += len(chunk)
    gc.collect()
    return some


@contextmanager
def calm() -> Iterator[None]:
    """Without the cycle collector: a chunk makes a million objects and hardly a cycle, and the
    collector would look through all of them again and again. What is there before is left out of
    every look until the end."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _making(
    instruction: Instruction, content_type: ContentType, store: Store, seeds: Seeds, now: datetime
) -> ahead.Make:
    """What makes the rows of an instruction by their index: canonical, the same every time."""
    maker = row_maker(instruction.fields, _kit(store, seeds, instruction, content_type, now))
    types = store.project.types

    def row(index: int) -> Mapping[str, object]:
        random = Random(f"{content_type.id}:{index}")  # noqa: S311 -- demo data, must repeat
        values, errors = convert_values(content_type, maker.row(random, index), types=types)
        if errors:
            raise Invalid(
                [replace(error, field=f"{content_type.id}.{error.field}") for error in errors]
            )
        return values

    return lambda start, count: [row(start + n) for n in range(count)]


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
        people=accounts.placed_people(store),
        holders=accounts.placed_holders(store),
        today=now.astimezone(ZoneInfo(store.project.time_zone)).date(),
        ids={type_id: whole.ids(store, type_id) for type_id in sorted(referred)},
        choices={
            field.id: [choice.id for choice in field.choices if not choice.retired]
            for field in content_type.fields.values()
        },
    )
