"""One field of many customers through a bulk change, beside raw `executemany` in the same run.

`python -m bench bulk --rows N --database …`: a plain field, the owner (on whom rights depend) and a
searched field, each previewed, run (rights, rules, verdicts, history, events, search index, one
audit line; all chunks, as the worker does them) and undone. Personal fields such as name and phone
are not written in bulk, so `website` is made a searched field for this. The floor updates the same
field of as many rows by id and writes a history row each, with the bare driver, in one transaction.

Then the plain field once more with a second process beside that makes or changes a customer through
`Change` every 20 ms: how long it takes is told for each part, and for a time when nothing else ran.
Memory is what the process grows by, by the kernel's high-water mark.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import beside, databases
from bench.load import _ground
from bench.raw import Raw
from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.definitions.action import BulkAction
from kefu_admin.definitions.project import Project
from kefu_admin.opening import settle_memory
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.store import batches
from kefu_admin.store.batches import State
from kefu_admin.store.change import perform
from kefu_admin.store.database import Store
from kefu_admin.worker import jobs

MOST_RAW = {"plain": 5.0, "owner": 10.0, "searched": 10.0}  # times the floor
MOST_MS = 250  # another writer may wait
MOST_MIB = 20
_MADE_AT_ONCE = 1000
_BY_CHANGE = 100_000  # more are copied by the database: no history, not in the search index
_QUIET_SECONDS = 3.0
_WEBSITE = "note_website"


def measure(dialect: str, directory: Path, *, rows: int) -> Iterator[dict[str, Any]]:
    """A line for each field, and one for the writer beside."""
    with databases.made(dialect, directory) as url:
        store = _ground(url, directory, change=_searching)
        desk = Desk(store.project, store)
        with store.connection():
            actor = _supervisor(desk)
            _customers(desk, actor, min(rows, _BY_CHANGE))
            _copied(store, rows)
            store.execute("ANALYZE TABLE customer" if dialect == "mariadb" else "ANALYZE").close()
            settle_memory()  # as a worker does
            other = str(_other(desk, actor))
            owner = Asked("owner", "reassign_customers", "owner", other)
            told = {"database": dialect, "rows": rows}
            if rows <= _BY_CHANGE:
                for asked in (PLAIN, owner, SEARCHED):
                    alone = _ours(desk, actor, asked)
                    line = _beside_floor(alone, asked, url)
                    yield {"measure": f"bulk {asked.name}", **told, **line}
            asked, quiet = (AGAIN if rows <= _BY_CHANGE else owner), Parts()
            with beside.writing(url, directory, actor, _searching) as writer:
                with quiet.part("quiet"):
                    time.sleep(_QUIET_SECONDS)
                parts = _ours(desk, actor, asked)
            line = _beside_floor(parts, asked, url)
            yield {"measure": f"bulk {asked.name}, a writer beside", **told, **line}
            yield {"measure": "writer beside", **told, **writer.told(quiet.spans | parts.spans)}
            store.release()
        store.close()


@dataclass(frozen=True, slots=True)
class Asked:
    """One field to be written, by which action and with what."""

    name: str
    action: str
    field: str
    value: str


PLAIN = Asked("plain", "classify_customers", "value_class", "dormant")
AGAIN = Asked("plain", "classify_customers", "value_class", "ordinary")
SEARCHED = Asked("searched", _WEBSITE, "website", "https://one.example/kefu")


@dataclass(slots=True)
class Parts:
    """When each part of a bulk change began and ended, what it took of the processor, how many
    records it was about and how much memory it grew by."""

    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    grown_mib: float = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Times the block."""
        began, spent = time.monotonic(), time.process_time()
        yield
        self.spans[name] = (began, time.monotonic())
        self.spent[name] = time.process_time() - spent

    def seconds(self, name: str) -> float:
        """By the clock."""
        began, ended = self.spans[name]
        return ended - began


def _ours(desk: Desk, actor: Actor, asked: Asked) -> Parts:
    parts = Parts()
    before = _memory("VmRSS", anew=True)
    batch = _changed(desk, actor, asked, parts)
    _undone(desk, actor, batch, parts)
    parts.grown_mib = (_memory("VmHWM") - before) / 1024
    parts.rows = sum(batches.counts(desk.store, batch).values())
    return parts


def _beside_floor(parts: Parts, asked: Asked, url: str) -> dict[str, Any]:
    """What a bulk change took, and how often the time of the floor that is."""
    floor, floor_spent = _floor(url, asked)  # after the undo it writes what ours wrote
    line: dict[str, Any] = {"floor_seconds": floor}
    for name in parts.spans:
        line[f"{name}_seconds"] = parts.seconds(name)
        line[f"{name}_processor_us_a_row"] = parts.spent[name] / parts.rows * 1e6
    whole = sum(parts.seconds(name) for name in ("freezing", "looking", "running"))
    return line | {
        "run_raw": parts.seconds("running") / floor,
        "run_raw_processor": parts.spent["running"] / floor_spent,
        "undo_raw": parts.seconds("undoing") / floor,
        "whole_raw": whole / floor,
        "grown_mib": parts.grown_mib,
    }


def _changed(desk: Desk, actor: Actor, asked: Asked, parts: Parts) -> int:
    """The field of all customers; the batch's id."""
    now = clock.now()
    with parts.part("freezing"):
        batch = bulk.preview(
            desk,
            asked.action,
            ListRequest(type="customer"),
            {asked.field: asked.value},
            reason="bench",
            actor=actor,
            now=now,
        )
    with parts.part("looking"):
        jobs.run_due(desk)
    with parts.part("running"):
        _run(desk, actor, batch)
    return batch


def _undone(desk: Desk, actor: Actor, batch: int, parts: Parts) -> None:
    with parts.part("looking at the undo"):
        undo = bulk.preview_undo(desk, batch, actor=actor, now=clock.now())
        jobs.run_due(desk)
    with parts.part("undoing"):
        _run(desk, actor, undo)


def _run(desk: Desk, actor: Actor, batch_id: int) -> None:
    batch = batches.get(desk.store, batch_id)
    assert batch is not None
    bulk.run(desk, batch_id, batch.selection, actor=actor, now=clock.now())
    jobs.run_due(desk)
    done = batches.get(desk.store, batch_id)
    assert done is not None
    assert done.state is State.DONE, done.state


def _floor(url: str, asked: Asked) -> tuple[float, float]:
    """The same number of rows by id with executemany, and a history row each: seconds by the clock
    and of this process's processor."""
    raw = Raw(url)
    ids = [id for (id,) in raw.rows("SELECT id FROM customer")]
    own = time.monotonic_ns()  # a type of its own: history holds each version once
    mark = "?" if raw.dialect == "sqlite" else "%s"
    update = f"UPDATE customer SET {asked.field} = {mark}, version = version + 1 WHERE id = {mark}"
    history = (
        "INSERT INTO kefu_history (type, record_id, version, at, actor, action, operation,"
        f" definition, after) VALUES ('{own}', {mark}, 9, '2026-01-01 00:00:00', 'x',"
        " 'update', 'floor', 'x', '{}')"
    )
    began, spent = time.perf_counter(), time.process_time()
    cursor = raw.connection.cursor()
    cursor.execute("BEGIN")
    cursor.executemany(update, [(asked.value, id) for id in ids])
    cursor.executemany(history, [(id,) for id in ids])
    cursor.execute("COMMIT")
    seconds = time.perf_counter() - began, time.process_time() - spent
    raw.connection.close()
    return seconds


# what is there before


def _searching(project: Project) -> Project:
    """The desk with a searched field that may be written in bulk."""
    customer = project.types["customer"]
    action = project.actions["classify_customers"]
    asks: BulkAction = replace(action, id=_WEBSITE, asks=("website",))
    types = {**project.types, "customer": replace(customer, search=(*customer.search, "website"))}
    return replace(project, types=types, actions={**project.actions, _WEBSITE: asks})


def _supervisor(desk: Desk) -> Actor:
    login = desk.store.value(
        'SELECT u."login" FROM "kefu_user" AS u JOIN "kefu_user_role" AS r ON r."user_id" = u."id"'
        ' JOIN "kefu_department" AS d ON d."id" = u."department_id"'
        """ WHERE r."role" = 'supervisor' ORDER BY LENGTH(d."path"), u."id" LIMIT 1"""
    )
    return reading.actor_of(desk, str(login))


def _other(desk: Desk, actor: Actor) -> int:
    """Somebody else of the department."""
    found = desk.store.value(
        'SELECT "id" FROM "kefu_user" WHERE "id" <> ? AND "active" = ? ORDER BY "id" LIMIT 1',
        (actor.user_id, 1),
    )
    return int(found)


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


def _copied(store: Store, rows: int) -> None:
    """More customers like those there are, with ids and codes of their own."""
    names = [one.name for one in store.layout["customer"].columns if one.name not in ("id", "code")]
    same = ", ".join(f'"{name}"' for name in names)
    top = int(store.value('SELECT MAX("id") FROM "customer"'))
    for made in range(_BY_CHANGE, rows, _BY_CHANGE):
        code = (
            f"CONCAT('{made}-', \"code\")"
            if store.dialect != "sqlite"
            else f"'{made}-' || \"code\""
        )
        store.execute(
            f'INSERT INTO "customer" ("code", {same}) SELECT {code}, {same} FROM "customer"'
            f' WHERE "id" <= {top} ORDER BY "id" LIMIT {min(_BY_CHANGE, rows - made)}'
        )


def _memory(what: str, *, anew: bool = False) -> int:
    """Resident memory now (VmRSS) or at most (VmHWM, `anew` from now on), in KiB."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    text = Path("/proc/self/status").read_text()
    return int(text.split(f"{what}:")[1].split()[0])
