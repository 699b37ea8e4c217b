"""What happens without anybody waiting for it.

- `rounds`: sealing, anchors, clean-up, every so many seconds
- `jobs`: the jobs people and schedules asked for

`once` does everything that is due and ends; `run` goes on until told to stop.
"""

from __future__ import annotations

import threading
from datetime import datetime

from kefu_admin.operations.desk import Desk
from kefu_admin.worker import jobs, rounds


def once(desk: Desk, *, now: datetime) -> None:
    """One round of everything and every job that is due; what fails in a round is raised, what
    fails in a job is kept with the job."""
    rounds.once(desk, now=now)
    jobs.run_due(desk)


def run(desk: Desk, stop: threading.Event) -> None:
    """Rounds and jobs until told to stop; then everything is sealed and anchored a last time."""
    working = threading.Thread(target=jobs.run, args=(desk, stop), name="jobs", daemon=True)
    working.start()
    rounds.run(desk, stop)
    desk.store.job_asked()  # so that it does not sleep on
    working.join(jobs.STOP_SECONDS)
