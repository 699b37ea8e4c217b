"""A list of many customers as a file, beside raw rows as CSV in the same run.

`python -m bench export --rows N --database …`. Ours reads under rights, row rules and masks, writes
labels for codes and keeps an audit line; the floor selects the same columns with the bare driver
and hands them to the CSV writer as they are. Memory is what the process grows by while it exports,
by the kernel's high-water mark. The tables are analysed before, as the databases do by themselves
within a minute: without figures PostgreSQL reads each part by department instead of by id.
"""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from bench import databases
from bench.bulk import _customers, _supervisor
from bench.load import _ground
from bench.raw import Raw
from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.operations import exports
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.exports import Form, Wanted
from kefu_admin.operations.reading import ListRequest

_FLOOR_AT_ONCE = 500


def measure(dialect: str, directory: Path, *, rows: int) -> dict[str, Any]:
    """Rows per second and first byte of both kinds of file, and of the floor."""
    with databases.made(dialect, directory) as url:
        store = _ground(url, directory)
        store.project = replace(store.project, export_rows=rows)
        desk = Desk(store.project, store)
        with store.connection():
            actor = _supervisor(desk)
            _customers(desk, actor, rows)
            store.execute("ANALYZE TABLE customer" if dialect == "mariadb" else "ANALYZE").close()
            _run(lambda: _file(desk, actor, Form.CSV))  # compiled once
            line: dict[str, Any] = {}
            for form in Form:
                before = _memory()
                seconds, spent, first, size = _run(lambda form=form: _file(desk, actor, form))
                line |= {
                    f"{form}_rows_per_second": rows / seconds,
                    f"{form}_processor_seconds": spent,
                    f"{form}_first_byte_ms": first * 1000,
                    f"{form}_mib": size / 2**20,
                    f"{form}_grown_mib": (_memory() - before) / 1024,
                }
            store.release()
        store.close()
        seconds, spent, _, _ = _run(lambda: _floor(url))
        line |= {"floor_rows_per_second": rows / seconds, "floor_processor_seconds": spent}
    line["ratio"] = line["csv_rows_per_second"] / line["floor_rows_per_second"]
    line["processor_ratio"] = line["floor_processor_seconds"] / line["csv_processor_seconds"]
    return {"measure": "export", "database": dialect, "rows": rows, **line}


def _file(desk: Desk, actor: Actor, form: Form) -> Iterator[bytes]:
    wanted = Wanted(request=ListRequest(view="customers"), form=form)
    made = exports.export(desk, wanted, actor=actor, now=clock.now(), locale="zh")
    yield from made.pieces


def _floor(url: str) -> Iterator[bytes]:
    """The columns of the same view, as they are."""
    raw = Raw(url)
    cursor = raw.connection.cursor()
    cursor.execute(
        "SELECT code, name, kind, phone, value_class, region, owner, department, last_visit_on,"
        " created_at FROM customer ORDER BY created_at DESC"
    )
    while rows := cursor.fetchmany(_FLOOR_AT_ONCE):
        buffer = StringIO()
        csv.writer(buffer).writerows(rows)
        yield buffer.getvalue().encode()


def _run(make: Callable[[], Iterator[bytes]]) -> tuple[float, float, float, int]:
    """Seconds in all, of the processor, and to the first byte, and the size."""
    began, spent = time.perf_counter(), time.process_time()
    first, size = 0.0, 0
    for piece in make():
        first = first or time.perf_counter() - began
        size += len(piece)
    return time.perf_counter() - began, time.process_time() - spent, first, size


def _memory() -> int:
    """The process's high-water mark in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
