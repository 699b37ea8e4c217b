"""What people see of jobs, and what they may do about them: one's own, or with a right all.

The audit book keeps who tried again or cancelled; what a job itself did is told by its operation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.problems import NotFound
from kefu_admin.store import accounts, audit, jobs
from kefu_admin.store.jobs import Job, JobState

MOST = 200
_TYPE = "kefu_job"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEntry:
    """A job as a person sees it. `label` is a message id. Its payload is not shown: it may name
    records he does not see any more; only whose batch it works on is told to the one who asked.
    `asker` is a name, of a process its login."""

    id: int
    label: str
    state: JobState
    done: int
    total: int | None
    tries: int
    fault: dict[str, object] | None
    result: dict[str, object] | None
    asker: str
    batch: int | None
    asked_at: datetime
    finished_at: datetime | None
    may_retry: bool
    may_cancel: bool


def list_jobs(
    desk: Desk,
    *,
    actor: Actor,
    states: Collection[JobState] = (),
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[JobEntry, ...]:
    """Jobs, newest first: everybody's for who holds JOBS, else one's own."""
    found = jobs.jobs(
        desk.store,
        asked_by=None if _sees_all(desk, actor) else actor.user_id or 0,
        states=states,
        before_id=before_id,
        limit=max(1, min(limit, MOST + 1)),
    )
    names = accounts.names(desk.store, [one.actor for one in found])
    return tuple(_entry(one, actor, names) for one in found)


def get_job(desk: Desk, id: int, *, actor: Actor) -> JobEntry:
    """One job.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _named(desk, _job(desk, id, actor), actor)


def retry(desk: Desk, id: int, *, actor: Actor, now: datetime) -> JobEntry:
    """Try a parked job again, with all its tries; one that is not parked stays as it is.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _changed(desk, id, "retry_job", actor, now, lambda: jobs.retry(desk.store, id))


def cancel(desk: Desk, id: int, *, actor: Actor, now: datetime) -> JobEntry:
    """End a job that is not over; what it did so far stays. One that is over stays as it is.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _changed(
        desk, id, "cancel_job", actor, now, lambda: jobs.cancel(desk.store, id, now=now)
    )


def _changed(
    desk: Desk, id: int, action: str, actor: Actor, now: datetime, work: Callable[[], bool]
) -> JobEntry:
    def unit() -> JobEntry:
        with desk.store.transaction():
            _job(desk, id, actor)
            if work():
                line = audit.Line(
                    actor=actor,
                    action=action,
                    at=now,
                    type=_TYPE,
                    record_id=id,
                    operation=f"jobs.{action}",
                )
                audit.write(desk.store, line)
            return _named(desk, _job(desk, id, actor), actor)

    return desk.store.retrying(unit)


def _job(desk: Desk, id: int, actor: Actor) -> Job:
    found = jobs.job(desk.store, id)
    own = found is not None and found.asked_by is not None and found.asked_by == actor.user_id
    if found is None or not (own or _sees_all(desk, actor)):
        raise NotFound
    return found


def _sees_all(desk: Desk, actor: Actor) -> bool:
    return Permission.JOBS in desk.grants(actor).permissions


def _named(desk: Desk, job: Job, actor: Actor) -> JobEntry:
    return _entry(job, actor, accounts.names(desk.store, [job.actor]))


def _entry(job: Job, actor: Actor, names: Mapping[str, str]) -> JobEntry:
    is_own = job.asked_by is not None and job.asked_by == actor.user_id
    batch = job.payload.get("batch") if is_own else None
    kind = KINDS.get(job.kind)
    return JobEntry(
        id=job.id,
        label=kind.label if kind is not None else job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        tries=job.tries,
        fault=dict(job.fault) if job.fault is not None else None,
        result=dict(job.result) if job.result is not None else None,
        asker=names.get(job.actor, job.actor),
        batch=batch if isinstance(batch, int) else None,
        asked_at=job.asked_at,
        finished_at=job.finished_at,
        may_retry=job.state is JobState.PARKED,
        may_cancel=job.state in (JobState.WAITING, JobState.RUNNING, JobState.PARKED),
    )
