"""What happens without anybody waiting for it.

- `rounds`: sealing, anchors, clean-up, every so many seconds
- `jobs`: the jobs people and schedules asked for, chunk after chunk
- `runner`: the process that runs them · `supervisor`: keeps that process, ends it when it hangs

`once` does everything that is due and ends; `run` goes on until told to stop.
"""

from __future__ import annotations

import threading
from datetime import datetime

from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.worker import jobs, rounds, supervisor


def once(desk: Desk, *, now: datetime) -> None:
    """One round of everything and every job that is due, in this process; what fails in a round is
    raised, what fails in a job is kept with the job."""
    rounds.once(desk, now=now)
    jobs.run_due(desk)


def run(desk: Desk, here: Settings, stop: threading.Event) -> None:
    """Rounds and jobs until told to stop; then everything is sealed and anchored a last time."""
    keeping = threading.Thread(
        target=supervisor.supervise,
        args=(desk, stop, lambda: supervisor.Runner(here)),
        name="jobs",
        daemon=True,
    )
    keeping.start()
    rounds.run(desk, stop)
    keeping.join(supervisor.STOP_SECONDS)
