"""One field of many customers through a bulk change, beside raw `executemany` in the same run.

`python -m bench bulk --rows N --database …`. Ours is in three parts: freezing (ids and versions
by one INSERT … SELECT), looking (every record judged for the preview) and running (rights, rules,
verdicts, history, events, one audit line; all chunks, as the worker does them). The floor updates
the same field of as many rows by id and writes a history row each, with the bare driver.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import databases
from bench.load import _ground
from bench.raw import Raw
from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.store import batches
from kefu_admin.store.change import perform
from kefu_admin.store.database import Store
from kefu_admin.worker import jobs

_MADE_AT_ONCE = 1000


def measure(dialect: str, directory: Path, *, rows: int) -> dict[str, Any]:
    """Seconds and rows per second of each part, and of the floor."""
    with databases.made(dialect, directory) as url:
        store = _ground(url, directory)
        desk = Desk(store.project, store)
        with store.connection():
            actor = _supervisor(desk)
            _customers(desk, actor, rows)
            line = _ours(desk, actor, rows)
            store.release()
        line |= {"floor_rows_per_second": rows / _floor(url, store, rows)}
        store.close()
    line["ratio"] = line["run_rows_per_second"] / line["floor_rows_per_second"]
    return {"measure": "bulk", "database": dialect, "rows": rows, **line}


def _ours(desk: Desk, actor: Actor, rows: int) -> dict[str, float]:
    now = clock.now()
    request = ListRequest(type="customer")
    found: dict[str, int] = {}
    held: list[float] = []

    def preview() -> None:
        began = time.perf_counter()
        found["batch"] = bulk.preview(
            desk, "classify_customers", request, {"value_class": "dormant"}, actor=actor, now=now
        )
        held.append(time.perf_counter() - began)
        jobs.run_due(desk)

    def run() -> None:
        batch = batches.get(desk.store, found["batch"])
        assert batch is not None
        bulk.run(desk, batch.id, batch.selection, actor=actor, now=now)
        _watched(desk, held)

    (previewed, looking), (ran, running) = _timed(preview), _timed(run)
    counts = batches.counts(desk.store, found["batch"])
    assert sum(counts.values()) == rows, counts
    return {
        "preview_seconds": previewed,
        "preview_processor_seconds": looking,
        "run_seconds": ran,
        "run_processor_seconds": running,
        "preview_rows_per_second": rows / previewed,
        "run_rows_per_second": rows / ran,
        "freezing_seconds": held[0],
        "longest_chunk_seconds": max(held[1:], default=0.0),
    }


def _watched(desk: Desk, held: list[float]) -> None:
    """Run what is due and note what each chunk takes: no other writer waits longer for it."""
    began = [0.0]

    def told(begins: bool) -> None:
        now = time.perf_counter()
        if begins:
            began[0] = now
        else:
            held.append(now - began[0])

    owner = jobs.new_owner()
    while jobs.run_one(desk, owner=owner, chunk_told=told):
        pass


def _floor(url: str, store: Store, rows: int) -> float:
    """The same number of rows by id with executemany, and a history row each."""
    raw = Raw(url)
    ids = [id for (id,) in raw.rows("SELECT id FROM customer")]
    mark = "?" if raw.dialect == "sqlite" else "%s"
    update = f"UPDATE customer SET value_class = {mark}, version = version + 1 WHERE id = {mark}"
    history = (
        "INSERT INTO kefu_history (type, record_id, version, at, actor, action, operation,"
        f" definition, after) VALUES ('customer', {mark}, 9, '2026-01-01 00:00:00', 'x', 'update',"
        " 'floor', 'x', '{}')"
    )

    def write() -> None:
        cursor = raw.connection.cursor()
        cursor.execute("BEGIN")
        cursor.executemany(update, [("ordinary", id) for id in ids])
        cursor.executemany(history, [(id,) for id in ids])
        cursor.execute("COMMIT")

    return _timed(write)[0]


def _supervisor(desk: Desk) -> Actor:
    login = desk.store.value(
        'SELECT u."login" FROM "kefu_user" AS u JOIN "kefu_user_role" AS r ON r."user_id" = u."id"'
        ' JOIN "kefu_department" AS d ON d."id" = u."department_id"'
        """ WHERE r."role" = 'supervisor' ORDER BY LENGTH(d."path"), u."id" LIMIT 1"""
    )
    return reading.actor_of(desk, str(login))


def _customers(desk: Desk, actor: Actor, rows: int) -> None:
    now = clock.now()
    for start in range(0, rows, _MADE_AT_ONCE):
        values = [
            {
                "name": f"客户{number}",
                "kind": "company",
                "department": actor.department_id,
                "owner": actor.user_id,
            }
            for number in range(start, min(start + _MADE_AT_ONCE, rows))
        ]
        perform(
            desk.store,
            desk.warrant(actor, now),
            lambda change, values=values: {"made": len(change.create_many("customer", values))},
            now=now,
            operation="bench",
        )


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    started, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - spent
