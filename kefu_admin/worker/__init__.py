"""What happens without anybody waiting for it.

- `rounds`: sealing, anchors and what has become due by schedule, every so many seconds
- `jobs`: the jobs people and schedules asked for, chunk after chunk
- `delivery`: events to their `receivers`, through the one HTTP client (`outgoing`)
- `runner`: the process that does either · `supervisor`: keeps it, ends it when it hangs

`once` and `send_once` do what is due and end; `run` goes on until told to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from kefu_admin.operations.desk import Desk
from kefu_admin.operations.job_kinds import LONG_JOBS, SHORT_JOBS
from kefu_admin.settings import Settings
from kefu_admin.store import deliveries
from kefu_admin.store.database import Store
from kefu_admin.store.jobs import milliseconds_until_due as due
from kefu_admin.worker import jobs, rounds
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.receivers import receivers
from kefu_admin.worker.supervisor import DELIVERY, JOBS, LONG, STOP_SECONDS, Runner, supervise


def once(desk: Desk, *, now: datetime) -> None:
    """One round of everything and every job that is due, in this process; what fails in a round is
    raised, what fails in a job is kept with the job."""
    rounds.once(desk, now=now)
    jobs.run_due(desk)


def send_once(desk: Desk, here: Settings) -> None:
    """Every event that is due, in this process; why one was not taken is kept with it."""
    sender = Sender(desk, receivers(here, desk.store.secret, desk.project), owner=jobs.new_owner())
    while sender.one():
        continue


def tick_once(desk: Desk, here: Settings, *, now: datetime) -> None:
    """Write the jobs of schedules that have become due."""
    rounds.ticking(here).work(desk, now)


def run(
    desk: Desk,
    here: Settings,
    stop: threading.Event,
    *,
    moved: Callable[[], None] = lambda: None,
) -> None:
    """Rounds, jobs and events until told to stop; then everything is sealed and anchored a last
    time.

    Args:
        moved: called when another config has been applied: this process goes by the one before.
    """
    keeping = [
        _keeping(desk, here, stop, JOBS, lambda store: due(store, SHORT_JOBS)),
        _keeping(desk, here, stop, LONG, lambda store: due(store, LONG_JOBS)),
    ]
    tasks = (*rounds.TASKS, rounds.ticking(here), rounds.watching(moved))
    if receivers(here, desk.store.secret, desk.project):
        keeping.append(_keeping(desk, here, stop, DELIVERY, deliveries.milliseconds_until_due))
        rounds.run(desk, stop, tasks)
    else:
        rounds.run(desk, stop, (*tasks, rounds.NOBODY_TOLD))
    for thread in keeping:
        thread.join(STOP_SECONDS)


def _keeping(
    desk: Desk,
    here: Settings,
    stop: threading.Event,
    work: str,
    until_due: Callable[[Store], int | None],
) -> threading.Thread:
    thread = threading.Thread(
        target=supervise,
        args=(desk, stop, lambda: Runner(here, work), until_due),
        name=work,
        daemon=True,
    )
    thread.start()
    return thread
