"""R12: several workers on one queue, killed and stopped at random moments; each chunk once.

Every job creates one customer per chunk, named after job and chunk. Whatever befalls the workers,
in the end each name is there exactly once and `kefu verify` finds nothing.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from kefu_admin import clock
from kefu_admin.operations.jobs import JobKind, Step, ask
from kefu_admin.problems import Busy
from kefu_admin.store import jobs
from kefu_admin.store.jobs import JobState
from kefu_admin.worker.jobs import new_owner, run_one
from tests.soak.ground import Ground
from tests.soak.oracle import Verdict

WORKERS = 4
CHUNKS = 3
LEASE_MS = 400
PATIENCE_SECONDS = 240
_LONGEST_LIFE = 0.25  # seconds until the next worker is killed or stopped


def _chunk(step: Step) -> None:
    done = step.job.done
    with step.change("soak.chunk") as change:
        change.create("customer", {"name": f"{step.job.id}-{done}", "kind": "company"})
        time.sleep(0.005)  # so that a kill meets a chunk, not the loop around it
        if done + 1 < CHUNKS:
            step.advance({}, done=done + 1)
        else:
            step.finish(done=CHUNKS)


def _chunk_apart(step: Step) -> None:
    done = step.job.done
    with step.change("soak.chunk") as change:
        change.create("customer", {"name": f"{step.job.id}-{done}", "kind": "company"})
    time.sleep(0.05)  # most kills meet a worker here
    with step.transaction():
        if done + 1 < CHUNKS:
            step.advance({}, done=done + 1)
        else:
            step.finish(done=CHUNKS)


def mark_apart() -> None:
    """The progress is kept in a transaction of its own."""
    KINDS["soak"] = replace(KINDS["soak"], chunk=_chunk_apart)


PLANTS: dict[str, Callable[[], None]] = {"mark_apart": mark_apart}
KINDS = {"soak": JobKind(name="soak", version=1, label="soak", chunk=_chunk)}


def run(
    ground: Ground,
    *,
    count: int,
    kills: int,
    seed: int,
    plant: Callable[[], None] | None = None,
) -> Verdict:
    """That many jobs through that many kills (and half as many stops); returns what was found."""
    chance, verdict = random.Random(seed), Verdict(again=0)
    store = ground.store
    with store.connection(), store.transaction():
        for _ in range(count):
            ask(store, KINDS["soak"], {}, actor=ground.actor, now=clock.now())
    store.close()
    workers = {_fork(ground, plant) for _ in range(WORKERS)}
    ends = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < ends:
            time.sleep(chance.uniform(0, _LONGEST_LIFE))
            if verdict.seen["kills"] < kills:
                _harm(ground, workers, chance, verdict, plant)
            elif _is_over(ground):
                break
    finally:
        for pid in workers:
            _end(pid)
    _judge(ground, count, verdict)
    return verdict


def _harm(
    ground: Ground,
    workers: set[int],
    chance: random.Random,
    verdict: Verdict,
    plant: Callable[[], None] | None,
) -> None:
    victim = chance.choice(sorted(workers))
    if chance.random() < 1 / 3:
        os.kill(victim, signal.SIGSTOP)
        time.sleep(2 * LEASE_MS / 1000)
        os.kill(victim, signal.SIGCONT)
        verdict.seen["stops"] += 1
        return
    _end(victim)
    workers.remove(victim)
    workers.add(_fork(ground, plant))
    verdict.seen["kills"] += 1


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _fork(ground: Ground, plant: Callable[[], None] | None) -> int:
    """A worker in a process of its own; the parent holds no connection while it is made."""
    ground.store.close()
    child = os.fork()
    if child:
        return child
    try:
        if plant is not None:
            plant()
        owner = new_owner()
        while True:
            with suppress(Busy):
                if not run_one(ground.desk, owner=owner, kinds=KINDS, lease_ms=LEASE_MS):
                    time.sleep(0.02)
    finally:
        os._exit(1)


def _is_over(ground: Ground) -> bool:
    with ground.store.connection():
        found = jobs.counts(ground.store)
        return not found[JobState.WAITING] and not found[JobState.RUNNING]


def _judge(ground: Ground, count: int, verdict: Verdict) -> None:
    store = ground.store
    with store.connection():
        found = jobs.jobs(store, limit=count + 1)
        names = Counter(name for (name,) in store.rows('SELECT "name" FROM "customer"'))
    verdict.seen["done"] = sum(job.state is JobState.DONE for job in found)
    verdict.faults += [f"job {j.id} is {j.state}" for j in found if j.state is not JobState.DONE]
    wanted = {f"{job.id}-{chunk}" for job in found for chunk in range(CHUNKS)}
    verdict.faults += [f"missing: {name}" for name in sorted(wanted - names.keys())]
    verdict.faults += [f"{times} times: {name}" for name, times in names.items() if times > 1]
    verdict.faults += ground.findings()
