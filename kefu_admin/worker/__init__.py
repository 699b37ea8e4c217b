"""What happens without anybody waiting for it.

- `rounds`: sealing, anchors, clean-up, every so many seconds
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
from kefu_admin.settings import Settings
from kefu_admin.store import deliveries
from kefu_admin.store import jobs as rows
from kefu_admin.store.database import Store
from kefu_admin.worker import jobs, rounds
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.receivers import receivers
from kefu_admin.worker.supervisor import DELIVERY, JOBS, STOP_SECONDS, Runner, supervise


def once(desk: Desk, *, now: datetime) -> None:
    """One round of everything and every job that is due, in this process; what fails in a round is
    raised, what fails in a job is kept with the job."""
    rounds.once(desk, now=now)
    jobs.run_due(desk)


def send_once(desk: Desk, here: Settings) -> None:
    """Every event that is due, in this process; why one was not taken is kept with it."""
    sender = Sender(desk, receivers(here, desk.store.secret), owner=jobs.new_owner())
    while sender.one():
        continue


def run(desk: Desk, here: Settings, stop: threading.Event) -> None:
    """Rounds, jobs and events until told to stop; then everything is sealed and anchored a last
    time."""
    keeping = [_keeping(desk, here, stop, JOBS, rows.milliseconds_until_due)]
    if receivers(here, desk.store.secret):
        keeping.append(_keeping(desk, here, stop, DELIVERY, deliveries.milliseconds_until_due))
        rounds.run(desk, stop)
    else:
        rounds.run(desk, stop, (*rounds.TASKS, rounds.NOBODY_TOLD))
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
