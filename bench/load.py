"""A million customers and their visits through `Change`, beside the raw driver in the same run.

`python -m bench load --customers N --visits M --database …`. Everything a record costs is in it:
rights, rules, references, numbers, history, audit digests, search index, kept values of the
customer, outbox. The floor is `executemany` of the very rows that were written (record, history,
audit, outbox; no search index, no rules) into the same empty tables of a second database.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import databases
from bench.raw import Raw
from kefu_admin import clock, shipped
from kefu_admin.behaviours.engines import SEED
from kefu_admin.definitions.load import load
from kefu_admin.definitions.number import Counter
from kefu_admin.definitions.project import Project
from kefu_admin.operations import seeding
from kefu_admin.operations.seeding import Seeds
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.database import Store

PROMISES = {"sqlite": 600, "postgresql": 1200}  # seconds for 2,500,000 rows
ROWS = 2_500_000
SAMPLE = 20_000  # rows of each table that the floor writes again
BOOKS = ("kefu_history", "kefu_audit", "kefu_outbox")


@dataclass(slots=True)
class Split:
    """Where the time of a load went, in seconds."""

    tables: dict[str, float] = field(default_factory=dict)

    def note(self, sql: str, seconds: float) -> None:
        """Some time in a statement, by its verb and table."""
        words = sql.split(None, 4)
        table = sql.split('"', 2)[1] if '"' in sql else ""
        key = f"{words[0].lower()} {table}".strip()
        self.tables[key] = self.tables.get(key, 0.0) + seconds


def _as_it_is(project: Project) -> Project:
    return project


def measure(
    dialect: str, directory: Path, *, customers: int, visits: int, keep: str = ""
) -> Iterator[dict[str, Any]]:
    """One line per type, one for all, one for the floor. With `keep` an URL that stays."""
    with databases.made(dialect, directory) as made:
        url = keep or made
        store = _ground(url, directory)
        total, rows = 0.0, 0
        with store.connection():
            for type_id, count in (("customer", customers), ("visit", visits)):
                line = _load(store, type_id, count)
                total, rows = total + line["seconds"], rows + line["rows"]
                yield line
            floor = _floor(store, dialect, directory)
        store.close()
    rate = rows / total
    yield {
        "measure": "load",
        "database": dialect,
        "rows": rows,
        "seconds": total,
        "rows_per_second": rate,
        "floor_rows_per_second": floor,
        "ratio": rate / floor,
        "minutes_for_2_5_million": ROWS / rate / 60,
        "promised_minutes": PROMISES.get(dialect, 0) / 60,
    }


def _opened(url: str, directory: Path, change: Callable[[Project], Project] = _as_it_is) -> Store:
    """A store of the shipped desk."""
    project = change(_roomy(load(shipped.config_directory())))
    return Store.open(url, project, data_directory=directory, secret=b"a secret of benches" * 2)


def _ground(url: str, directory: Path, change: Callable[[Project], Project] = _as_it_is) -> Store:
    """The shipped desk with departments, people and master rows."""
    store = _opened(url, directory, change)
    now = clock.now()
    with store.connection():
        apply(store, plan(store), consent=frozenset(), actor=SEED, now=now)
        seeds = seeding.read(shipped.seeds_directory())
        seeding.departments(store, seeds, now=now)
        seeding.people(store, seeds, now=now)
    return store


def _only(seeds: Seeds, type_id: str) -> Seeds:
    """The instruction of one type, as many as asked; customers without contacts."""
    return replace(
        seeds,
        instructions=tuple(
            replace(
                one,
                share=1,
                fields={name: how for name, how in one.fields.items() if name != "contacts"},
            )
            for one in seeds.instructions
            if one.type == type_id
        ),
    )


def _roomy(project: Project) -> Project:
    """The desk with counters of nine digits: its own hold 999,999 customers a year."""
    numbers = {
        id: replace(
            series,
            parts=tuple(Counter(9) if isinstance(one, Counter) else one for one in series.parts),
        )
        for id, series in project.numbers.items()
    }
    return replace(project, numbers=numbers)


def _load(store: Store, type_id: str, count: int) -> dict[str, Any]:
    split, started, spent = Split(), time.perf_counter(), time.process_time()
    last = [started]

    def told(_: str, done: int, wanted: int) -> None:
        now = time.perf_counter()
        if now - last[0] > 15:
            last[0] = now
            print(f"  {type_id} {done}/{wanted} {now - started:.0f} s", file=sys.stderr, flush=True)

    seeds = _only(seeding.read(shipped.seeds_directory()), type_id)
    with _timed(store, split):
        seeding.invent(store, seeds, rows=count, now=clock.now(), told=told)
    seconds = time.perf_counter() - started
    in_database = sum(split.tables.values())
    dearest = sorted(split.tables.items(), key=lambda item: -item[1])[:8]
    return {
        "measure": type_id,
        "rows": count,
        "seconds": seconds,
        "rows_per_second": count / seconds,
        "cpu_us_per_row": (time.process_time() - spent) / count * 1e6,
        "database_us_per_row": in_database / count * 1e6,
        "rest_us_per_row": (seconds - in_database) / count * 1e6,
        "split_us_per_row": {name: round(took / count * 1e6, 1) for name, took in dearest},
    }


@contextmanager
def _timed(store: Store, split: Split) -> Iterator[None]:
    """Notes what statements take; planted in this process only."""

    def timing(call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(sql: str, *more: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(sql, *more)
            finally:
                split.note(sql, time.perf_counter() - began)

        return timed

    names = ("execute", "execute_many", "copy_in")
    for name in names:
        setattr(store, name, timing(getattr(store, name)))
    try:
        yield
    finally:
        for name in names:
            delattr(store, name)


def _floor(store: Store, dialect: str, directory: Path) -> float:
    """Records per second of the raw driver: each with its history, audit line and event."""
    with databases.made(dialect, directory, "_floor") as url:
        other = _ground(url, directory)
        raw = Raw(url)
        seconds = written = 0.0
        customers = 0
        for type_id in ("customer", "visit"):
            for table in (type_id, *BOOKS):
                names, rows = _rows(store, table, type_id)
                with other.connection():
                    top = int(other.value(f'SELECT COALESCE(MAX("id"), 0) FROM "{table}"') or 0)
                own = [(top + place, *row[1:]) for place, row in enumerate(rows, start=1)]
                if table == "visit":  # of customers that are there
                    at = names.index("customer")
                    own = [(*r[:at], r[at] % customers + 1, *r[at + 1 :]) for r in own]
                seconds += _write(raw, table, names, own)
                customers = len(own) if table == "customer" else customers
                written += len(own) if table == type_id else 0
        other.close()
    return written / seconds


def _rows(store: Store, table: str, type_id: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    names = [column.name for column in store.layout[table].columns]
    where = "" if table == type_id else ' WHERE "type" = ? AND "action" = \'create\''
    if table == "kefu_outbox":
        where = ' WHERE "type" = ?'
    quoted = ", ".join(f'"{name}"' for name in names)
    return names, store.rows(
        f'SELECT {quoted} FROM "{table}"{where} ORDER BY "id" LIMIT {SAMPLE}',
        () if table == type_id else (type_id,),
    )


def _write(raw: Raw, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> float:
    """Seconds of one transaction with all the rows."""
    marks = ", ".join("?" * len(names))
    sql = f'INSERT INTO "{table}" ({", ".join(f"{chr(34)}{n}{chr(34)}" for n in names)})'
    sql = f"{sql} VALUES ({marks})"
    cursor = raw.connection.cursor()
    began = time.perf_counter()
    cursor.execute("BEGIN")
    cursor.executemany(sql if raw.dialect == "sqlite" else sql.replace("?", "%s"), rows)
    cursor.execute("COMMIT")
    return time.perf_counter() - began
