"""Moves rows a batch at a time, each with its cursor in one transaction.

The size follows the clock: a batch that held the database longer than `MOST_SECONDS` is followed by
a smaller one, so that a writer waits for a fraction of the 250 ms promised. Reading and working out
happen before the transaction; what a writer changes meanwhile is done again at the switch, by the
history it leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from kefu_admin.definitions.fields import BadValue
from kefu_admin.problems import Refusal
from kefu_admin.store.carrying import register
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.columns import kind, to_column
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.shapes import ColumnKind

Rows = Mapping[int, Mapping[str, object]]  # id -> column -> what the driver takes

FIRST_SIZE = 500
LARGEST_SIZE = 20_000  # rule D18
MOST_SECONDS = 0.05
_RECENT = 500  # ids of one catching-up statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a back-fill does: reads `column` of `table`, as both are called while it runs, and
    writes `target` of the same table. `names`: what the table was and will be called."""

    carrier: Carrier
    table: str
    column: str
    target: str
    names: frozenset[str]


class RowRefused(Refusal):
    """A row that could be carried when the plan was made cannot be now. facts: type, id."""

    code, status = "row_refused", 409


def carry(store: Store, job: Job, progress: Progress) -> Progress:
    """Writes every row's new value beside the old one, from the cursor on.

    Raises:
        RowRefused: a row written meanwhile cannot be carried; everything done so far stays.
    """
    size = FIRST_SIZE
    while not progress.is_full:
        found = portion(store, job.table, job.column, after=progress.last_id, size=size)
        if not found:
            break
        work = _worked_out(job, found)
        last, count = found[-1][0], len(found)

        def write_one(
            work: Rows = work, last: int = last, count: int = count, at: Progress = progress
        ) -> tuple[Progress, float]:
            with store.transaction():
                began = perf_counter()
                write(store, job.table, job.carrier.kinds(job.target), work)
                return register.advance(store, at, last, count), began

        progress, began = store.retrying(write_one)
        size = resized(size, perf_counter() - began)
    with store.transaction():
        register.complete(store, progress)
    return progress


def catch_up(store: Store, job: Job, progress: Progress) -> int:
    """Does again, in the open transaction, what was written since the back-fill began; how many.

    Rows are found by their history, and by a value without its counterpart.
    """
    names = sorted(job.names)
    ids = {
        int(id)
        for (id,) in store.rows(
            'SELECT DISTINCT "record_id" FROM "kefu_history" WHERE "id" > ?'
            f' AND "type" IN ({", ".join("?" * len(names))})',
            (progress.mark, *names),
        )
    }
    table, column, target = quoted(job.table), quoted(job.column), quoted(job.target)
    ids |= {
        int(id)
        for (id,) in store.rows(
            f'SELECT "id" FROM {table}'
            f' WHERE {target} IS NULL AND ({column} IS NOT NULL OR "id" > ?)',
            (progress.last_id,),
        )
    }
    listed = sorted(ids)
    for start in range(0, len(listed), _RECENT):
        part = listed[start : start + _RECENT]
        marks = ", ".join("?" * len(part))
        rows = store.rows(f'SELECT "id", {column} FROM {table} WHERE "id" IN ({marks})', part)
        write(store, job.table, job.carrier.kinds(job.target), _worked_out(job, rows))
    return len(listed)


def fill(store: Store, job: Job, progress: Progress) -> Progress:
    """Gives the field's filling to rows without a value, from the cursor on; where it stands."""
    size = FIRST_SIZE
    table, target = quoted(job.table), quoted(job.target)
    sql = f'UPDATE {table} SET {target} = ? WHERE "id" > ? AND "id" <= ? AND {target} IS NULL'
    while not progress.is_full:
        last = store.value(
            f'SELECT MAX("id") FROM (SELECT "id" FROM {table} WHERE "id" > ?'
            f' ORDER BY "id" LIMIT {size}) AS b',
            (progress.last_id,),
        )
        if last is None:
            break

        def fill_one(at: Progress = progress, last: int = int(last)) -> tuple[Progress, float]:
            with store.transaction():
                began = perf_counter()
                done = store.execute(sql, (_filling(store, job), at.last_id, last))
                return register.advance(store, at, last, int(done.rowcount)), began

        progress, began = store.retrying(fill_one)
        size = resized(size, perf_counter() - began)
    with store.transaction():
        register.complete(store, progress)
    return progress


def fill_rest(store: Store, job: Job) -> None:
    """The same for rows that came or were emptied since, in the open transaction."""
    target = quoted(job.target)
    store.execute(
        f"UPDATE {quoted(job.table)} SET {target} = ? WHERE {target} IS NULL",
        (_filling(store, job),),
    )


def portion(
    store: Store, table: str, column: str, *, after: int, size: int
) -> list[tuple[int, object]]:
    """The next rows in order of ids."""
    return store.rows(
        f'SELECT "id", {quoted(column)} FROM {quoted(table)} WHERE "id" > ?'
        f' ORDER BY "id" LIMIT {size}',
        (after,),
    )


def resized(size: int, seconds: float) -> int:
    """The next batch's size, from how long this one held the database."""
    if seconds > MOST_SECONDS:
        return max(size // 2, 50)
    return min(size * 2, LARGEST_SIZE) if seconds < MOST_SECONDS / 3 else size


def write(
    store: Store,
    table: str,
    kinds: Mapping[str, ColumnKind],
    rows: Rows,
) -> None:
    """Sets the columns `kinds` names, by id, in as few statements as the database allows."""
    if not rows:
        return
    values = [tuple(row[name] for name in kinds) for row in rows.values()]
    setting = _statement(store.dialect, table, kinds)
    if store.dialect is Dialect.MARIADB:
        lines = [(id, *map(_json, given)) for id, given in zip(rows, values, strict=True)]
        store.execute(setting, (json.dumps(lines, ensure_ascii=False),))
    elif store.dialect is Dialect.POSTGRESQL:
        columns = [list(each) for each in zip(*values, strict=True)]
        store.execute(setting, (list(rows), *(list(map(_text, each)) for each in columns)))
    else:
        store.execute_many(setting, [(*given, id) for id, given in zip(rows, values, strict=True)])


_CASTS = {
    ColumnKind.INTEGER: "bigint",
    ColumnKind.BOOLEAN: "smallint",
    ColumnKind.DATE: "date",
    ColumnKind.INSTANT: "timestamp",
}


def _statement(dialect: Dialect, table: str, kinds: Mapping[str, ColumnKind]) -> str:
    names = tuple(kinds)
    if dialect is Dialect.SQLITE:
        settings = ", ".join(f"{quoted(name)} = ?" for name in names)
        return f'UPDATE {quoted(table)} SET {settings} WHERE "id" = ?'
    if dialect is Dialect.POSTGRESQL:
        arrays = ", ".join("CAST(? AS text[])" for _ in names)
        given = ", ".join(f"v{at}" for at in range(len(names)))
        settings = ", ".join(
            f"{quoted(name)} = CAST(v.v{at} AS {_CASTS.get(kinds[name], 'text')})"
            for at, name in enumerate(names)
        )
        return (
            f"UPDATE {quoted(table)} AS t SET {settings} FROM"
            f' unnest(CAST(? AS bigint[]), {arrays}) AS v(id, {given}) WHERE t."id" = v.id'
        )
    columns = ", ".join(f"v{at} LONGTEXT PATH '$[{at + 1}]'" for at in range(len(names)))
    settings = ", ".join(f"t.{quoted(name)} = v.v{at}" for at, name in enumerate(names))
    return (
        f"UPDATE {quoted(table)} AS t JOIN JSON_TABLE(?, '$[*]' COLUMNS"
        f" (id BIGINT PATH '$[0]', {columns})) AS v ON t.\"id\" = v.id SET {settings}"
    )


def _json(value: object) -> object:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _filling(store: Store, job: Job) -> object:
    own = job.carrier.field
    return store.to_db(kind(own), to_column(own, job.carrier.filling))


def _worked_out(job: Job, rows: Iterable[tuple[int, object]]) -> Rows:
    carrier = job.carrier
    work: dict[int, Mapping[str, object]] = {}
    for id, raw in rows:
        try:
            value = carrier.value(id, raw)
        except BadValue as bad:
            raise RowRefused(type=carrier.type_id, field=carrier.field.id, id=id) from bad
        work[id] = carrier.columns(id, value, job.target)
    return work
