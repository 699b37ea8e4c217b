"""R20: an apply on many rows, killed at any moment while the old release goes on writing.

A forked child applies; the parent writes as a process of the old release does and kills the child
at a moment. When the new desk has been reached it goes back to the old one, killed likewise, and so
on. Afterwards every row must read as its number and what was written to it say.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.schema import ACTOR, NOW, Writer, faults, laid, opened
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.carrying import batches, register
from kefu_admin.store.carrying.rows import Carrier
from tests.soak.oracle import Verdict

Plant = Callable[[], None]
_PATIENCE = 600.0  # seconds
_EACH = 12  # kills of one way, at most; then the apply is let through


def run(url: str, directory: Path, *, rows: int, kills: int, seed: int, plant: str = "") -> Verdict:
    """Kill that many applies; returns what was found."""
    if plant:
        PLANTS[plant]()
    chance, verdict = random.Random(seed), Verdict(again=0)
    laid(url, directory, rows).close()
    later: set[int] = set()
    here, there = "old", "new"
    longest = 0.3
    while verdict.seen["kills"] < kills:
        writer = Writer(opened(url, here, directory), rows, later if here != "new" else set())
        for _ in range(_EACH):
            writer.store.close()
            child = _fork(url, there, directory)
            killed, seconds = _watch(child, writer, chance.uniform(0, longest))
            longest = max(longest, seconds * 1.2) if not killed else longest * 1.1
            verdict.seen["kills"] += killed
            verdict.seen["let through"] += not killed
            if not killed or verdict.seen["kills"] >= kills:
                break
        writer.store.close()
        _watch(_fork(url, there, directory), writer, _PATIENCE)
        writer.store.close()
        store = opened(url, there, directory)
        verdict.seen["written meanwhile"] += len(writer.written)
        verdict.faults += faults(store, frozenset(later), is_new=there == "new")
        store.close()
        if verdict.faults:
            break
        here, there = there, "back" if there == "new" else "new"
    return verdict


def _fork(url: str, there: str, directory: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        store = opened(url, there, directory)
        apply(store, plan(store), actor=ACTOR, now=NOW)
        code = 0
    finally:
        os._exit(code)


def _watch(child: int, writer: Writer, after: float) -> tuple[bool, float]:
    """(whether it was killed, how long it lived); writes to it beside, only under the old desk."""
    began = time.perf_counter()
    while (lived := time.perf_counter() - began) < after:
        done, _ = os.waitpid(child, os.WNOHANG)
        if done:
            return False, lived
        if writer.store.project.types["customer"].fields["code"].type == "text":
            writer.write()
        time.sleep(0.002)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), time.perf_counter() - began


def _forget_the_writers() -> None:
    """What was written meanwhile is not done again."""
    batches.catch_up = lambda store, job, progress: 0  # a planted fault


def _keep_the_register() -> None:
    """What was switched to is not struck off."""
    register.forget_all = lambda store: None


def _round_one_price() -> None:
    """A value goes wrong on the way."""
    columns = Carrier.columns

    def wrong(self: Carrier, id: int, value: object, target: str) -> dict[str, object]:
        found = columns(self, id, value, target)
        return {**found, target: 1} if id == 7 and self.field.id == "price" else found

    Carrier.columns = wrong  # type: ignore[method-assign] # a planted fault


PLANTS: dict[str, Plant] = {
    "forget_the_writers": _forget_the_writers,
    "keep_the_register": _keep_the_register,
    "round_one_price": _round_one_price,
}
