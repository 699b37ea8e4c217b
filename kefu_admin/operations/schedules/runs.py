"""How each schedule stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.definitions.schedule import Schedule
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.schedules.due import last_due, next_due
from kefu_admin.store import jobs
from kefu_admin.store.jobs import Job, JobState

_OVER = (JobState.DONE, JobState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One schedule at an instant.

    Attributes:
        done: its last run that came to its end.
        newest: the run of its last due instant that was noticed.
        lag: how long what is due by now has waited for its end; zero when nothing is.
        next_due: None for a schedule that is never due.
    """

    schedule: Schedule
    done: Job | None
    newest: Job | None
    lag: timedelta
    next_due: datetime | None

    @property
    def failed(self) -> Job | None:
        """The newest run, when its last try failed."""
        newest = self.newest
        return newest if newest is not None and newest.fault is not None else None


def standings(desk: Desk, *, now: datetime) -> tuple[Standing, ...]:
    """Every schedule, two indexed reads each."""
    return tuple(_standing(desk, one, now) for one in desk.project.schedules.values())


def _standing(desk: Desk, schedule: Schedule, now: datetime) -> Standing:
    newest = jobs.last_run(desk.store, schedule.id)
    return Standing(
        schedule=schedule,
        done=jobs.last_run(desk.store, schedule.id, state=JobState.DONE),
        newest=newest,
        lag=_lag(desk, schedule, newest, now),
        next_due=next_due(schedule.when, desk.zone, now) if schedule.when is not None else None,
    )


def _lag(desk: Desk, schedule: Schedule, newest: Job | None, now: datetime) -> timedelta:
    """A schedule that was never noticed has not begun: what it missed is not due."""
    if schedule.when is None or newest is None or newest.due_at is None:
        return timedelta()
    due = last_due(schedule.when, desk.zone, now)
    if newest.due_at < due:
        return now - due
    return timedelta() if newest.state in _OVER else max(timedelta(), now - newest.due_at)
