"""Jobs: work asked for in one transaction and done in others. The row is the truth.

- `rows`: a job as a value, and reading jobs
- `asking`: written in the asking transaction; ticks of a schedule once per due instant
- `taking`: claimed by one worker at a time, with a lease by the database's clock and a fence
- `keeping`: progress and end, in the transaction of the chunk they speak of
- `schedules`: the runs of a schedule
- `failing`: tried again later, parked at last; retried or cancelled by a person; forgotten

A chunk's effect, its cursor and the check of the fence are one transaction: a worker that was away
too long is refused at its commit, so inside the database every chunk happens once. Rule: D13.
"""

from kefu_admin.store.jobs.asking import Wanted, ask, tick
from kefu_admin.store.jobs.failing import (
    BACK_OFF_SECONDS,
    abandon,
    cancel,
    fail,
    forget,
    put_back,
    retry,
)
from kefu_admin.store.jobs.keeping import LeaseLost, advance, finish, renew
from kefu_admin.store.jobs.rows import Job, JobState, counts, job, jobs
from kefu_admin.store.jobs.schedules import give_way, last_run
from kefu_admin.store.jobs.taking import (
    ANY,
    LEASE_MS,
    Lane,
    claim,
    milliseconds_overdue,
    milliseconds_until_due,
)

__all__ = [
    "ANY",
    "BACK_OFF_SECONDS",
    "LEASE_MS",
    "Job",
    "JobState",
    "Lane",
    "LeaseLost",
    "Wanted",
    "abandon",
    "advance",
    "ask",
    "cancel",
    "claim",
    "counts",
    "fail",
    "finish",
    "forget",
    "give_way",
    "job",
    "jobs",
    "last_run",
    "milliseconds_overdue",
    "milliseconds_until_due",
    "put_back",
    "renew",
    "retry",
    "tick",
]
