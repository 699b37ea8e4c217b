"""Sealing, anchors, schedules: short work done every so many seconds, in one thread.

Every round is safe to repeat and to run beside other workers: sealing goes by a lease, a schedule's
job is written once. What fails is logged and tried again in its next turn.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin import clock
from kefu_admin.operations import schedules
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store import deliveries, lease, seal
from kefu_admin.store.database import FINGERPRINT
from kefu_admin.store.readiness import config_waits
from kefu_admin.store.state import read_state

log = logging.getLogger("kefu_admin.worker.rounds")

UNSEALED_WARNING = timedelta(seconds=10)
_OWNER = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Task:
    """Something done every so many seconds."""

    name: str
    seconds: int
    work: Callable[[Desk, datetime], None]


def once(desk: Desk, *, now: datetime) -> None:
    """One round of everything; whatever fails is raised."""
    for task in TASKS:
        task.work(desk, now)


def run(desk: Desk, stop: threading.Event, tasks: Sequence[Task] | None = None) -> None:
    """Rounds until told to stop; then everything is sealed and anchored a last time."""
    tasks = TASKS if tasks is None else tasks
    due = dict.fromkeys((*tasks, *LAST), 0.0)
    while True:
        stopping = stop.wait(1.0 if any(due.values()) else 0.0)
        for task in LAST if stopping else tasks:
            if stopping or time.monotonic() >= due[task]:
                due[task] = time.monotonic() + task.seconds
                _try(task, desk)
        desk.store.release()
        if stopping:
            return


def seal_lines(desk: Desk, now: datetime) -> None:
    """Seal what was committed since the last round."""
    desk.store.retrying(lambda: seal.seal(desk.store, owner=_OWNER, now=now))


def write_anchor(desk: Desk, now: datetime) -> None:
    """Append the last block's head to the file outside, and tell it to the log."""
    made = seal.anchor(desk.store, now=now)
    if made is not None:
        log.info("audit anchor: block %d head %s", made.block, made.head)


def watch_sealing(desk: Desk, now: datetime) -> None:
    """Warn when lines wait long for the sealer: a long transaction, or another worker hangs."""
    oldest = seal.oldest_unsealed(desk.store)
    if oldest is not None and now - oldest > UNSEALED_WARNING:
        log.warning("audit lines since %s are not sealed yet", oldest.isoformat())


def ticking(here: Settings) -> Task:
    """Writes the jobs of schedules that have become due."""

    def tick(desk: Desk, now: datetime) -> None:
        for id in schedules.tick_due(desk, here, now=now):
            log.info("the schedule '%s' is due", id)

    return Task("schedules", 20, tick)


def watching(moved: Callable[[], None]) -> Task:
    """Calls once another config has been applied, and again until this process is renewed."""

    def watch(desk: Desk, now: datetime) -> None:
        if config_waits(desk.store, read_state(desk.store, FINGERPRINT)):
            moved()

    return Task("config", 60, watch)


def tell_nobody(desk: Desk, now: datetime) -> None:
    """Where there is no receiver, events are not kept for one that comes some day."""
    store = desk.store

    def portion() -> int:
        with store.transaction():
            return deliveries.hand_on(store, {}, owner=_OWNER, now=now)

    while store.retrying(portion):
        continue


def _give_up_lease(desk: Desk, now: datetime) -> None:
    with desk.store.transaction():
        lease.give_up(desk.store, seal.LEASE, owner=_OWNER)


TASKS = (
    Task("seal", 1, seal_lines),
    Task("anchor", 60, write_anchor),
    Task("watch", 60, watch_sealing),
)
NOBODY_TOLD = Task("nobody told", 60, tell_nobody)
LAST = (TASKS[0], TASKS[1], Task("give up lease", 0, _give_up_lease))


def _try(task: Task, desk: Desk) -> None:
    try:
        task.work(desk, clock.now())
    except Exception:
        log.exception("the task '%s' failed and will be tried again", task.name)
