"""R20: an apply on many rows, killed at any moment while the old release goes on writing.

A forked child applies; the parent writes as a process of the old release does and kills the child
at a moment. The first is let through, which tells how long one lives. When the new desk has been
reached it goes back to the old one, killed likewise, and so on. Afterwards every row must read as
its number and what was written to it say.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bench.schema import ACTOR, NOW, Writer, faults, laid, opened
from kefu_admin.store.apply import ApplyRunning, PlanOutdated, apply, plan
from kefu_admin.store.carrying import register
from kefu_admin.store.carrying.late import Latecomers
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.database import Store
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
    longest = 0.0
    while verdict.seen["kills"] < kills:
        writer = Writer(opened(url, here, directory), rows, later if here != "new" else set())
        for _ in range(_EACH if longest else 0):
            writer.store.close()
            child = _fork(url, there, directory)
            killed, _ = _watch(child, writer, chance.uniform(0, longest))
            verdict.seen["kills"] += killed
            verdict.seen["let through"] += not killed
            if not killed or verdict.seen["kills"] >= kills:
                break
        writer.store.close()
        _, seconds = _watch(_fork(url, there, directory), writer, _PATIENCE)
        longest = max(longest, seconds)
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
        _apply(opened(url, there, directory))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _apply(store: Store) -> None:
    """Apply; a server may still be at the last statement of one that was killed, and end it after
    the plan was made."""
    until = time.perf_counter() + _PATIENCE
    while True:
        try:
            apply(store, plan(store), actor=ACTOR, now=NOW)
            return
        except (ApplyRunning, PlanOutdated):
            if time.perf_counter() > until:
                raise
            time.sleep(0.05)


def _watch(child: int, writer: Writer, after: float) -> tuple[bool, float]:
    """(whether it was killed, how long it lived); writes to it beside, only under the old desk.

    Raises:
        RuntimeError: it ended by itself, and not well.
    """
    began = time.perf_counter()
    while (lived := time.perf_counter() - began) < after:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            if status:
                raise RuntimeError("apply failed; it has said why")
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
    Latecomers.settle = Latecomers.finish = lambda self: None  # type: ignore[method-assign] # a planted fault


def _keep_the_register() -> None:
    """What was switched to is not struck off."""
    register.forget_all = lambda store: None


def _round_one_price() -> None:
    """A value goes wrong on the way."""
    columns = Carrier.columns

    def wrong(self: Carrier, ids: Sequence[int], raws: Sequence[object]) -> list[list[object]]:
        found = columns(self, ids, raws)
        if self.field.id == "price" and 7 in ids:
            found[0][ids.index(7)] = 1
        return found

    Carrier.columns = wrong  # type: ignore[method-assign] # a planted fault


PLANTS: dict[str, Plant] = {
    "forget_the_writers": _forget_the_writers,
    "keep_the_register": _keep_the_register,
    "round_one_price": _round_one_price,
}
