"""A CSV of many customers from the upload to the last record, beside the raw driver in one run.

`python -m bench import --rows N --database …`. Ours: the file taken in (child process, lines kept
sealed), every line looked at (rights, rules, owner and department by name), run (the same again,
history, events, search index, one audit line), all chunks as the worker does them. The floor reads
the same file with the CSV reader, finds owner and department in a dict and writes the rows with
`executemany` in one transaction into the same table of a second database; a second floor writes a
history row and an event beside each, as ours must. Memory is what this process grows by, by the
kernel's high-water mark; the child's is told beside it.

`--beside` runs a second process meanwhile that makes or changes a customer every 20 ms.
"""

from __future__ import annotations

import csv
import io
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from bench import beside, databases
from bench.bulk import Parts, _memory, _run, _supervisor
from bench.load import _as_it_is, _ground, _rows
from bench.raw import Raw
from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.opening import settle_memory
from kefu_admin.operations import imports
from kefu_admin.operations.desk import Desk
from kefu_admin.store import batches
from kefu_admin.store.database import Store
from kefu_admin.worker import jobs

LEAST_RAW = 0.20
MOST_MIB = 40
_HEADS = ("名称", "类型", "电话", "负责人", "所属部门", "价值分类", "建档日期", "备注")
_QUIET_SECONDS = 3.0
_BOOKS = ("kefu_history", "kefu_outbox")


def measure(
    dialect: str, directory: Path, *, rows: int, with_writer: bool = False
) -> Iterator[dict[str, Any]]:
    """One line for the import, one for the writer beside."""
    with databases.made(dialect, directory) as url:
        store = _ground(url, directory)
        desk = Desk(store.project, store)
        with store.connection():
            actor = _supervisor(desk)
            people = _people(store, actor)
            settle_memory()
            with tempfile.TemporaryFile() as warm:  # compiled once
                _write(warm, 50, people, first=10_000_000)
                _imported(desk, actor, warm, Parts())
            with tempfile.TemporaryFile() as file:
                _write(file, rows, people)
                before, parts, quiet = _memory("VmRSS", anew=True), Parts(), Parts()
                if with_writer:
                    with beside.writing(url, directory, actor, _as_it_is) as writer:
                        with quiet.part("quiet"):
                            time.sleep(_QUIET_SECONDS)
                        batch = _imported(desk, actor, file, parts)
                    told = writer.told(quiet.spans | parts.spans)
                    yield {"measure": "writer beside", "database": dialect, **told}
                else:
                    batch = _imported(desk, actor, file, parts)
                grown = (_memory("VmHWM") - before) / 1024
                done = sum(batches.counts(store, batch).values())
                assert done == rows, batches.counts(store, batch)
                floors = _floors(store, file, dialect, directory)
        store.release()
        store.close()
    (bare, bare_spent), (with_books, with_books_spent) = floors
    whole = sum(parts.seconds(name) for name in parts.spans)
    spent = sum(parts.spent.values())
    yield {
        "measure": "import",
        "database": dialect,
        "rows": rows,
        "rows_per_second": rows / whole,
        **{f"{name}_us_a_row": parts.seconds(name) / rows * 1e6 for name in parts.spans},
        **{f"{name}_processor_us": parts.spent[name] / rows * 1e6 for name in parts.spans},
        "rows_per_processor_second": rows / spent,
        "floor_rows_per_second": rows / bare,
        "floor_with_books_rows_per_second": rows / with_books,
        "raw": bare / whole,
        "raw_with_books": with_books / whole,
        "raw_processor": bare_spent / spent,
        "raw_with_books_processor": with_books_spent / spent,
        "grown_mib": grown,
        "child_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _people(store: Store, actor: Actor) -> list[tuple[str, str]]:
    """Names of owners with the name of the department below which the actor works."""
    path = store.value(
        'SELECT "path" FROM "kefu_department" WHERE "id" = ?', (actor.department_id,)
    )
    found = store.rows(
        'SELECT u."name", d."name" FROM "kefu_user" AS u'
        ' JOIN "kefu_department" AS d ON d."id" = u."department_id" WHERE u."active" = 1'
        ' AND d."path" LIKE ?'
        ' AND (SELECT COUNT(*) FROM "kefu_user" AS o WHERE o."name" = u."name") = 1'
        ' AND (SELECT COUNT(*) FROM "kefu_department" AS o WHERE o."name" = d."name") = 1'
        ' ORDER BY u."id" LIMIT 40',
        (f"{path}%",),
    )
    return [(str(name), str(department)) for name, department in found]


def _write(file: IO[bytes], rows: int, people: list[tuple[str, str]], first: int = 0) -> None:
    """A file as an office keeps it."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(_HEADS)
    for n in range(first, first + rows):
        owner, department = people[n % len(people)]
        kind, phone = ("单位", "") if n % 3 else ("个人", f"138{n:08}")
        name = f"第{n}贸易有限公司" if n % 3 else f"张三{n}"
        writer.writerow(
            (name, kind, phone, owner, department, "一般", "2026/1/5", "上门前请先电话联系")
        )
    text.flush()
    text.detach()
    file.seek(0)


def _imported(desk: Desk, actor: Actor, file: IO[bytes], parts: Parts) -> int:
    now = clock.now()
    with parts.part("taking"):
        batch = imports.take(
            desk, "customer", "客户.csv", file, most_bytes=2**30, actor=actor, now=now
        )
    seen = imports.staged(desk, batch, actor=actor, now=now)
    with parts.part("looking"):
        imports.choose(desk, batch, seen.suggested, "", actor=actor, now=now)
        jobs.run_due(desk)
    with parts.part("running"):
        _run(desk, actor, batch)
    return batch


def _floors(
    store: Store, file: IO[bytes], dialect: str, directory: Path
) -> list[tuple[float, float]]:
    """Seconds of the raw driver for the same file, by the clock and of the processor: the
    records alone, and with their books."""
    names, written = _rows(store, "customer", "customer")
    books = {table: _rows(store, table, "customer") for table in _BOOKS}
    model = dict(zip(names, written[-1], strict=True))
    seconds = []
    for also in ((), _BOOKS):
        with databases.made(dialect, directory, f"_floor{len(also)}") as url:
            _ground(url, directory).close()
            seconds.append(_raw(Raw(url), file, model, {name: books[name] for name in also}))
    return seconds


def _raw(
    raw: Raw,
    file: IO[bytes],
    model: dict[str, Any],
    books: dict[str, tuple[list[str], list[tuple[Any, ...]]]],
) -> tuple[float, float]:
    file.seek(0)
    began, spent = time.perf_counter(), time.process_time()
    owners = {name: id for id, name in raw.rows("SELECT id, name FROM kefu_user")}
    departments = {name: id for id, name in raw.rows("SELECT id, name FROM kefu_department")}
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    lines = csv.reader(text)
    next(lines)
    names = list(model)
    rows = []
    for n, (name, kind, phone, owner, department, _, since, notes) in enumerate(lines, start=1):
        row = model | {
            "id": n,
            "code": f"F{n:09}",
            "name": name,
            "kind": "company" if kind == "单位" else "person",
            "phone": phone or None,
            "owner": owners[owner],
            "department": departments[department],
            "since": model["since"] or since,
            "notes": notes,
        }
        rows.append(tuple(row.values()))
    cursor = raw.connection.cursor()
    cursor.execute("BEGIN")
    _many(raw, cursor, "customer", names, rows)
    for table, (columns, samples) in books.items():
        own, at = samples[-1], columns.index("record_id")
        keep = [place for place, name in enumerate(columns) if name != "id"]
        _many(
            raw,
            cursor,
            table,
            [columns[place] for place in keep],
            [
                tuple(n if place == at else own[place] for place in keep)
                for n in range(1, len(rows) + 1)
            ],
        )
    cursor.execute("COMMIT")
    seconds = time.perf_counter() - began, time.process_time() - spent
    text.detach()
    raw.connection.close()
    return seconds


def _many(raw: Raw, cursor: Any, table: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(["?" if raw.dialect == "sqlite" else "%s"] * len(names))
    cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', rows)
