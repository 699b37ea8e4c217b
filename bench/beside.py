"""A second process that writes through `Change` every 20 ms, and how long each write takes it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import _opened
from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from kefu_admin.store.change import perform

_EVERY_SECONDS = 0.02
Span = tuple[float, float]  # began, ended: `time.monotonic`


class Writer:
    """What the other process has done, once it has ended: when each write began, what it took."""

    def __init__(self) -> None:
        self.writes: list[tuple[float, float]] = []

    def told(self, spans: Mapping[str, Span]) -> dict[str, Any]:
        """How many writes met each span, and what they took in milliseconds."""
        line: dict[str, Any] = {"most_ms": 0.0}
        for name, (began, ended) in spans.items():
            took = sorted(t * 1000 for at, t in self.writes if at < ended and at + t > began)
            if took:
                line[name] = {
                    "writes": len(took),
                    "median_ms": round(median(took), 1),
                    "p99_ms": round(took[int(len(took) * 0.99)], 1),
                    "most_ms": round(took[-1], 1),
                }
                line["most_ms"] = max(line["most_ms"], took[-1])
        return line


@contextmanager
def writing(
    url: str, directory: Path, actor: Actor, change: Callable[[Project], Project]
) -> Iterator[Writer]:
    """The other process writes during the block."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_write, args=(url, directory, actor, change, there)
    )
    process.start()
    here.recv()  # it has written once
    writer = Writer()
    yield writer
    here.send("enough")
    writer.writes = here.recv()
    process.join()


def _write(
    url: str,
    directory: Path,
    actor: Actor,
    change: Callable[[Project], Project],
    line: Connection,
) -> None:
    """Makes a customer or changes the last one, until told that it is enough."""
    store = _opened(url, directory, change=change)
    desk = Desk(store.project, store)
    writes: list[tuple[float, float]] = []
    last = 0
    with store.connection():
        while not line.poll(_EVERY_SECONDS if writes else 0):
            began = time.monotonic()
            last = _written(desk, actor, last)
            writes.append((began, time.monotonic() - began))
            if len(writes) == 1:
                line.send("ready")
        line.recv()
        line.send(writes)
    store.close()


def _written(desk: Desk, actor: Actor, last: int) -> int:
    """One customer made, or the last one changed (0: none); the id of one made."""
    now = clock.now()
    made = {"id": 0}

    def write(change: Any) -> dict[str, Any]:
        if last:
            change.update("customer", last, 1, {"notes": "写于旁边"})
        else:
            values = {"name": f"旁边 {now}", "kind": "company", "department": actor.department_id}
            made["id"] = change.create("customer", values)
        return {}

    perform(desk.store, desk.warrant(actor, now), write, now=now, operation="bench")
    return made["id"]
