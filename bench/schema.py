"""What a change of a table with many rows costs, and how long a writer waits meanwhile.

`customer` changes a text into a number, the places of a price, the choices of a state, gets a
required field and a renamed one. Beside it the same statements by the raw driver, each in one
transaction, which is what blocks everybody.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from kefu_admin.actor import system_actor
from kefu_admin.definitions import load_texts
from kefu_admin.definitions.project import Project
from kefu_admin.problems import Refusal
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.carrying import register
from kefu_admin.store.database import FINGERPRINT, Store
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.state import read_state

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = b"a secret for benches, 32 bytes long"
ACTOR = system_actor("bench")
STATES = ("new", "open", "gone")
CARRYING = "writer before the switch"
MOST_MS = 250  # a writer may wait for a running batch
LATER = 50_000_000  # added to a code by whoever writes meanwhile
_LOADED = 5_000  # rows of one INSERT
_PATIENCE = 60  # seconds for the writer to end

_OLD = {
    "code": {"type": "text", "label": "c", "max_length": "20"},
    "price": {"type": "money", "label": "p"},
    "state": {"type": "choice", "label": "s", "choices": [{"id": s, "label": s} for s in STATES]},
    "phone": {"type": "text", "label": "t", "max_length": "30"},
}
_NEW = {
    "code": {"type": "integer", "label": "c", "min": "0"},
    "price": {"type": "decimal", "label": "p", "scale": "4"},
    "state": {
        "type": "choice",
        "label": "s",
        "choices": [{"id": s, "label": s} for s in ("new", "open", "shut")],
        "old_values": {"gone": "shut"},
    },
    "mobile": {"type": "text", "label": "t", "max_length": "30", "renamed_from": "phone"},
    "level": {"type": "integer", "label": "l", "required": "true", "backfill": "3"},
}
_BACK = {
    **_OLD,
    "state": {**_OLD["state"], "old_values": {"shut": "gone"}},
    "phone": {**_OLD["phone"], "renamed_from": "mobile"},
}


def project(name: str) -> Project:
    """The desk "old", "new", or "back" from new to old."""
    fields = {"old": _OLD, "new": _NEW, "back": _BACK}[name]
    title = "mobile" if name == "new" else "phone"
    customer = {"label": "k", "title": title, "fields": fields}
    note = {
        "label": "n",
        "title": "text",
        "fields": {
            "text": {"type": "text", "label": "t"},
            "customer": {"type": "reference", "to": "customer", "label": "k"},
        },
    }
    files = {
        "project.yaml": {"name": "b"},
        "types/customer.yaml": customer,
        "types/note.yaml": note,
    }
    return load_texts({path: json.dumps(what) for path, what in files.items()})


def opened(url: str, name: str, directory: Path) -> Store:
    """A store of one of the desks."""
    directory.mkdir(parents=True, exist_ok=True)
    return Store.open(url, project(name), data_directory=directory, secret=SECRET)


def laid(url: str, directory: Path, rows: int) -> Store:
    """The old desk with so many customers."""
    store = opened(url, "old", directory)
    apply(store, plan(store), actor=ACTOR, now=NOW)
    sql = (
        'INSERT INTO "customer" ("id", "code", "price", "state", "phone", "created_at",'
        ' "updated_at") VALUES (?, ?, ?, ?, ?, ?, ?)'
    )
    at = "2026-11-22 00:00:00.000000"
    for start in range(1, rows + 1, _LOADED):
        ids = range(start, min(start + _LOADED, rows + 1))
        with store.transaction():
            store.execute_many(
                sql, [(i, str(i), price(i), STATES[i % 3], f"1600000{i}", at, at) for i in ids]
            )
    return store


def price(id: int) -> int:
    """The price of a customer in fen."""
    return id % 100_000


def faults(store: Store, later: frozenset[int], *, is_new: bool) -> Iterator[str]:
    """Every row that is not what it must be: `later` were written to meanwhile."""
    columns = '"id", "code", "price", "state", ' + ('"mobile", "level"' if is_new else '"phone"')
    last, count = 0, 0
    while rows := store.rows(
        f'SELECT {columns} FROM "customer" WHERE "id" > ? ORDER BY "id" LIMIT 20000', (last,)
    ):
        for row in rows:
            id = int(row[0])
            code = id + (LATER if id in later else 0)
            state = STATES[id % 3]
            wanted: tuple[object, ...] = (id, str(code), price(id), state, f"1600000{id}")
            if is_new:
                state = "shut" if state == "gone" else state
                wanted = (id, code, price(id) * 100, state, f"1600000{id}", 3)
            if tuple(row) != wanted:
                yield f"{tuple(row)} is not {wanted}"
                return
        count += len(rows)
        last = int(rows[-1][0])
    wanted = plan(store)
    undone = [step.subject for step in wanted.steps if not step.needs_consent]
    if undone or wanted.activates or wanted.left_over:
        yield f"left to do: {undone}"
    if left := register.unfinished(store):
        yield f"unfinished: {left}"


@dataclass
class Writer:
    """A process of the old release that goes on working, as `Change` writes: the config is looked
    at first, the row is written, its history tells. One code after another is made `LATER`."""

    store: Store
    rows: int
    written: set[int] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)  # of what was written: before the switch
    refused: list[float] = field(default_factory=list)  # until it was told that the config moved
    refused_from: float = 0.0  # when that began, by the machine's clock of processes
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def write(self) -> bool:
        """One row; False when the config has moved, or nobody may write just now."""
        id = self.chance.randint(1, self.rows)
        if id in self.written:
            return True
        began = time.perf_counter()
        is_written = self._is_written(id)
        (self.waits if is_written else self.refused).append(time.perf_counter() - began)
        if not is_written:
            self.refused_from = self.refused_from or began
        else:
            self.written.add(id)
        return is_written

    def _is_written(self, id: int) -> bool:
        try:
            with self.store.transaction():
                if read_state(self.store, FINGERPRINT) != self.store.project.fingerprint:
                    return False
                self._written(id)
        except (Refusal, ConstraintBroken):
            return False
        return True

    def _written(self, id: int) -> None:
        self.store.execute(
            'UPDATE "customer" SET "code" = ?, "version" = 2 WHERE "id" = ?', (str(id + LATER), id)
        )
        self.store.execute(
            'INSERT INTO "kefu_history" ("type", "record_id", "version", "at", "actor", "action",'
            ' "operation", "definition") VALUES (?, ?, 2, ?, ?, ?, ?, ?)',
            ("customer", id, "2026-11-22 00:00:00.000000", "x", "update", "x", "x"),
        )


def measure(url: str, directory: Path, rows: int) -> Iterator[dict[str, object]]:
    """Plan, carry and switch with a writer beside; then the raw statements."""
    laid(url, directory, rows).close()
    new = opened(url, "new", directory)
    began = time.perf_counter()
    wanted = plan(new)
    yield {"measure": "plan", "seconds": time.perf_counter() - began}
    with _writing(url, directory, rows) as writer:
        began = time.perf_counter()
        apply(new, wanted, actor=ACTOR, now=NOW)
        ended = time.perf_counter()
        writer.send("over")
        written, waits, refused, refused_from = writer.recv()
    seconds = ended - began
    raw = sum(_raw(new))
    found = list(faults(new, written, is_new=True))
    yield {"measure": "apply", "seconds": seconds, "raw": raw, "ratio": seconds / raw}
    for name, times in ((CARRYING, waits), ("writer at the switch", refused[:1])):
        ordered = sorted(times) or [0.0]
        yield {
            "measure": name,
            "writes": len(times),
            "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
            "most_ms": ordered[-1] * 1000,
        }
    yield {"measure": "nobody wrote", "seconds": ended - refused_from if refused else 0.0}
    yield {"measure": "faults", "found": found}
    new.close()


@contextmanager
def _writing(url: str, directory: Path, rows: int) -> Iterator[Connection]:
    """A process of its own that writes until it is told to end, and then tells what it wrote and
    how long that took: (ids, seconds of each, seconds of each that was refused, since when)."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_go_on, args=(url, directory, rows, there))
    process.start()
    here.recv()  # it has begun
    try:
        yield here
    finally:
        process.join(timeout=_PATIENCE)


def _go_on(url: str, directory: Path, rows: int, pipe: Connection) -> None:
    writer = Writer(opened(url, "old", directory), rows)
    writer.write()
    pipe.send("begun")
    while not pipe.poll(0.002):
        if len(writer.written) < rows // 2 and not writer.write():
            time.sleep(0.05)
    writer.store.close()
    pipe.send((frozenset(writer.written), writer.waits, writer.refused, writer.refused_from))


def _raw(store: Store) -> Iterator[float]:
    """The same writing by plain statements, each one transaction: nobody else writes meanwhile."""
    for name, kind in (("a1", "BIGINT"), ("a2", "BIGINT"), ("a3", "VARCHAR(40)")):
        store.execute(f'ALTER TABLE "customer" ADD COLUMN "{name}" {kind}')
    for statement in (
        'UPDATE "customer" SET "a1" = "code"',
        'UPDATE "customer" SET "a2" = "price" * 100',
        'UPDATE "customer" SET "a3" = "state"',
    ):
        began = time.perf_counter()
        store.execute(statement)
        yield time.perf_counter() - began
    for name in ("a1", "a2", "a3"):
        store.execute(f'ALTER TABLE "customer" DROP COLUMN "{name}"')
