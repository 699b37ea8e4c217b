"""Moves rows a batch at a time, each with its cursor in one transaction.

The size follows the clock (`store.portions`). Reading and working out happen before the
transaction; what a writer changes meanwhile is done again (`late`), by the history it leaves.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kefu_admin.store.carrying import register
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.carrying.setting import Rows, write
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.portions import resized
from kefu_admin.store.shapes import ColumnKind

FIRST_SIZE = 500
_LARGEST_ID = 2**63 - 1
_GAP_SECONDS = 0.012  # SQLite's writers look again every 4 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a back-fill does: reads `column` of `table`, as both are called while it runs, and
    writes `target` of the same table. `names`: what the table was and will be called."""

    carrier: Carrier
    table: str
    column: str
    target: str
    names: frozenset[str]


def carry(store: Store, jobs: Sequence[Job], begun: Sequence[Progress]) -> list[Progress]:
    """Writes every row's new values beside the old ones, from the cursor on: jobs of one table that
    have come equally far; where they then stand.

    Raises:
        RowRefused: a row written meanwhile cannot be carried; everything done so far stays.
    """
    size, at, ended = FIRST_SIZE, list(begun), 0.0
    while found := portion(store, jobs, after=at[0].last_id, size=size):
        work = worked_out(jobs, found)
        give_way(store, ended)

        def write_one(
            work: Rows = work, last: int = found[-1][0], standing: Sequence[Progress] = tuple(at)
        ) -> tuple[list[Progress], float]:
            with store.transaction():
                began = time.perf_counter()
                write(store, jobs[0].table, kinds(jobs), work)
                moved = [register.advance(store, each, last, len(work)) for each in standing]
                return moved, began

        at, began = store.retrying(write_one)
        ended = time.perf_counter()
        size = resized(size, ended - began)
    with store.transaction():
        for each in at:
            register.complete(store, each)
    return at


def fill(store: Store, job: Job, progress: Progress) -> None:
    """Gives the field's filling to rows without a value, from the cursor on."""
    size, ended = FIRST_SIZE, 0.0
    while True:
        last = store.value(
            f'SELECT MAX("id") FROM (SELECT "id" FROM {quoted(job.table)} WHERE "id" > ?'
            f' ORDER BY "id" LIMIT {size}) AS b',
            (progress.last_id,),
        )
        if last is None:
            break
        give_way(store, ended)

        def fill_one(at: Progress = progress, last: int = int(last)) -> tuple[Progress, float]:
            with store.transaction():
                began = time.perf_counter()
                done = fill_between(store, job, at.last_id, last)
                return register.advance(store, at, last, done), began

        progress, began = store.retrying(fill_one)
        ended = time.perf_counter()
        size = resized(size, ended - began)
    with store.transaction():
        register.complete(store, progress)


def fill_between(store: Store, job: Job, after: int, last: int = _LARGEST_ID) -> int:
    """Fills rows of these ids that have no value, in the open transaction; how many."""
    table, names = quoted(job.table), [quoted(name) for name in job.carrier.kinds(job.target)]
    settings = ", ".join(f"{name} = ?" for name in names)
    empty = f"{quoted(job.target)} IS NULL"
    if len(names) == 1:
        ((filling,),) = job.carrier.fillings([0])
        sql = f'UPDATE {table} SET {settings} WHERE "id" > ? AND "id" <= ? AND {empty}'
        return int(store.execute(sql, (filling, after, last)).rowcount)
    ids = store.ids(
        f'SELECT "id" FROM {table} WHERE "id" > ? AND "id" <= ? AND {empty}', (after, last)
    )
    columns = job.carrier.fillings(ids)
    store.execute_many(
        f'UPDATE {table} SET {settings} WHERE "id" = ? AND {empty}',
        list(zip(*columns, ids, strict=True)),
    )
    return len(ids)


def portion(
    store: Store, jobs: Sequence[Job], *, after: int, size: int
) -> list[tuple[int, object]]:
    """The next rows in order of ids: the id, then what each job reads."""
    return store.rows(
        f'SELECT {reading(jobs)} FROM {quoted(jobs[0].table)} WHERE "id" > ?'
        f' ORDER BY "id" LIMIT {size}',
        (after,),
    )


def reading(jobs: Sequence[Job]) -> str:
    """The columns to read: the id, then one for each job."""
    return ", ".join(['"id"', *(quoted(job.column) for job in jobs)])


def kinds(jobs: Sequence[Job]) -> dict[str, ColumnKind]:
    """The columns all jobs together write."""
    return {name: kind for job in jobs for name, kind in job.carrier.kinds(job.target).items()}


def worked_out(jobs: Sequence[Job], found: Sequence[tuple[object, ...]]) -> Rows:
    """What rows as `reading` gives them become, in the order of `kinds`.

    Raises:
        RowRefused: a row cannot be carried.
    """
    if not found:
        return []
    ids, *raws = zip(*found, strict=True)
    columns = [
        column
        for job, raw in zip(jobs, raws, strict=True)
        for column in job.carrier.columns(ids, raw)
    ]
    return list(zip(ids, *columns, strict=True))


def give_way(store: Store, ended: float) -> None:
    """SQLite's writers do not queue, they look again and again: between two batches there is time
    for one that waits to find nobody there."""
    left = ended + _GAP_SECONDS - time.perf_counter()
    if store.dialect is Dialect.SQLITE and left > 0:
        time.sleep(left)
