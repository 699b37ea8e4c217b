"""Writing the job of each due instant: once, however many workers look.

What was due while no worker ran is done once, at its last due instant. A schedule seen for the
first time begins with its next due instant.
"""

from __future__ import annotations

from datetime import datetime

from kefu_admin.actor import system_actor
from kefu_admin.definitions.schedule import Schedule
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.schedules.due import last_due
from kefu_admin.operations.schedules.kinds import KINDS
from kefu_admin.settings import Settings
from kefu_admin.store import jobs
from kefu_admin.store.readiness import config_moved
from kefu_admin.store.state import read_state, swap_state, write_state

ACTOR = system_actor("schedule")


def tick_due(desk: Desk, here: Settings, *, now: datetime) -> tuple[str, ...]:
    """Write the jobs that are due; returns the schedules they are of. A process of an earlier
    config writes none: another has other times."""
    if config_moved(desk.store):
        return ()
    return tuple(
        schedule.id
        for schedule in desk.project.schedules.values()
        if _ticked(desk, here, schedule, now)
    )


def _ticked(desk: Desk, here: Settings, schedule: Schedule, now: datetime) -> bool:
    if schedule.when is None:
        return False
    due = last_due(schedule.when, desk.zone, now)

    def unit() -> bool:
        seen = read_state(desk.store, _key(schedule))
        if seen is not None and datetime.fromisoformat(seen) >= due:
            return False
        with desk.store.transaction():
            return _tick(desk, here, schedule, seen, due, now)

    return desk.store.retrying(unit)


def _tick(
    desk: Desk, here: Settings, schedule: Schedule, seen: str | None, due: datetime, now: datetime
) -> bool:
    """The job of a due instant, in the open transaction, by whoever is first to note it as seen."""
    store, kind = desk.store, KINDS[schedule.id]
    if not swap_state(store, _key(schedule), seen, due.isoformat()) or seen is None:
        return False
    if not jobs.give_way(store, schedule.id, now=now):
        write_state(store, _key(schedule), seen)  # noticed again when that run has ended
        return False
    wanted = jobs.Wanted(
        kind=kind.name, payload_version=kind.version, payload=_payload(schedule, here)
    )
    jobs.tick(store, wanted, schedule=schedule.id, due_at=due, actor=ACTOR, now=now)
    return True


def _payload(schedule: Schedule, here: Settings) -> dict[str, object]:
    """Where what it makes goes, on the machine of the worker that wrote the job."""
    if not schedule.makes_files:
        return {}
    return {
        "directory": str(here.backup_directory),
        "config": str(here.config),
        "key_file": str(here.backup_key_file or ""),
        "keep": schedule.keep,
        "days": schedule.days,
    }


def _key(schedule: Schedule) -> str:
    """In `kefu_state`: the due instant that was seen to last."""
    return f"schedule:{schedule.id}"
