"""The checks, one small function each, and the list of them.

A check is given the desk, the settings, the instant and the figures, and says how it stands. What
the database refuses to answer is a finding, not an error.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from kefu_admin.definitions import schedule
from kefu_admin.definitions.schedule import Schedule
from kefu_admin.operations import calendars
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.health.figures import Disk, Figures, disks, figures
from kefu_admin.operations.health.result import Check, Said, State, good, troubled
from kefu_admin.operations.health.scheduled import scheduled
from kefu_admin.operations.schedules import standings
from kefu_admin.problems import Refusal
from kefu_admin.settings import Settings
from kefu_admin.store import seal
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.jobs import JobState
from kefu_admin.store.readiness import NotReady, config_moved, look
from kefu_admin.store.secret_mark import OtherSecret

UNSEALED_ATTENTION, UNSEALED_BAD = timedelta(seconds=10), timedelta(minutes=5)
OVERDUE_ATTENTION, OVERDUE_BAD = timedelta(minutes=1), timedelta(minutes=10)
BACKUP_BAD = timedelta(days=7)
SLACK = timedelta(hours=2)
"""So much later than its schedule says, a backup or a verification is missed."""
CLOCK_ATTENTION, CLOCK_BAD = timedelta(seconds=2), timedelta(seconds=30)
CALENDAR_ATTENTION = timedelta(days=60)
"""So long before the last known day the next year's holidays ought to be entered."""
FREE_ATTENTION, FREE_BAD = 2 * 1024**3, 512 * 1024**2
"""Bytes free on a volume; a twentieth and a fiftieth of it count as little, too."""

_AWAY_MEND = "health_database_away_mend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a check may look at."""

    desk: Desk
    here: Settings
    now: datetime
    figures: Figures


def checks(desk: Desk, here: Settings, *, now: datetime) -> tuple[Check, ...]:
    """Every check, in the order of `CHECKS`; where the database cannot be asked, that and the
    checks that need none."""
    answers = _database(desk, now)
    if answers.mend is not None and answers.mend.code == _AWAY_MEND:
        return (answers, _disk_check(disks(desk.store, here)), _secret(here))
    with desk.store.connection():
        try:
            look(desk.store)
        except NotReady as refusal:
            told = {finding.code: finding.facts for finding in refusal.findings}
            if "ready_not_applied" in told:
                return (answers, _not_ready(refusal), _secret(here))
            if OtherSecret.code in told:
                return (answers, _other_secret(told[OtherSecret.code]))
        around = Around(desk=desk, here=here, now=now, figures=figures(desk.store, here))
        return (answers, *(check(around) for check in CHECKS.values()))


def is_ready(desk: Desk) -> Mapping[str, bool]:
    """What a load balancer asks, in two small reads: the database answers, and this process runs
    the config that is applied."""
    try:
        with desk.store.connection():
            moved = config_moved(desk.store)
    except Refusal:
        return {"database": False, "config": False}
    return {"database": True, "config": not moved}


def _database(desk: Desk, now: datetime) -> Check:
    began = time.perf_counter()
    try:
        with desk.store.connection():
            theirs = desk.store.database_now()
    except Refusal as refusal:
        return Check(
            name="database",
            state=State.BAD,
            found=(Said("health_database_away", {"why": refusal.code}),),
            mend=Said(_AWAY_MEND),
        )
    took = max(1, round((time.perf_counter() - began) * 1000))
    apart = abs(theirs - now)
    if apart > CLOCK_ATTENTION:
        state = State.BAD if apart > CLOCK_BAD else State.ATTENTION
        return troubled(
            "database",
            state,
            "health_clock_mend",
            "health_clock",
            seconds=round(apart.total_seconds()),
        )
    return good("database", "health_database", kind=desk.store.dialect.value, milliseconds=took)


def _config(around: Around) -> Check:
    store = around.desk.store
    try:
        warnings = look(store)
    except NotReady as refusal:
        return _not_ready(refusal)
    own = store.project.fingerprint[:12]
    if warnings:
        return Check(
            name="config",
            state=State.ATTENTION,
            found=tuple(Said(one.code, one.facts) for one in warnings),
            mend=Said("health_config_mend"),
        )
    return good("config", "health_config", fingerprint=own)


def _not_ready(refusal: NotReady) -> Check:
    return Check(
        name="config",
        state=State.BAD,
        found=tuple(Said(one.code, one.facts) for one in refusal.findings),
        mend=Said("health_config_mend"),
    )


def _sealing(around: Around) -> Check:
    since = around.figures.unsealed_since
    waited = around.now - since if since else timedelta()
    if waited > UNSEALED_ATTENTION:
        state = State.BAD if waited > UNSEALED_BAD else State.ATTENTION
        return troubled(
            "audit", state, "health_worker_mend", "health_unsealed", since=since or around.now
        )
    last = seal.latest(around.desk.store)
    anchored = [one for one in seal.anchors(around.desk.store) if isinstance(one, seal.Anchor)]
    behind = last.number - (anchored[-1].block if anchored else 0) if last else 0
    if last and around.now - last.sealed_at > UNSEALED_BAD and behind > 0:
        return troubled(
            "audit", State.ATTENTION, "health_anchor_mend", "health_anchor", blocks=behind
        )
    return good("audit", "health_audit", blocks=last.number if last else 0)


def _jobs(around: Around) -> Check:
    counts = around.figures.jobs
    facts = {
        "waiting": counts[JobState.WAITING],
        "running": counts[JobState.RUNNING],
        "parked": counts[JobState.PARKED],
    }
    overdue = timedelta(milliseconds=around.figures.overdue_ms)
    if overdue > OVERDUE_ATTENTION:
        state = State.BAD if overdue > OVERDUE_BAD else State.ATTENTION
        minutes = round(overdue.total_seconds() / 60)
        return troubled(
            "jobs", state, "health_worker_mend", "health_jobs_overdue", minutes=minutes, **facts
        )
    if facts["parked"]:
        return troubled("jobs", State.ATTENTION, "health_parked_mend", "health_jobs", **facts)
    return good("jobs", "health_jobs", **facts)


def _outbox(around: Around) -> Check:
    told = around.figures
    facts = {
        "count": told.outbox_waiting,
        "waiting": told.deliveries[DeliveryState.WAITING],
        "parked": told.deliveries[DeliveryState.PARKED],
    }
    since = told.outbox_since
    if since is not None and around.now - since > OVERDUE_BAD:
        facts_since = {**facts, "since": since}
        return troubled(
            "outbox", State.ATTENTION, "health_worker_mend", "health_outbox_late", **facts_since
        )
    if facts["parked"]:
        return troubled("outbox", State.ATTENTION, "health_outbox_mend", "health_outbox", **facts)
    return good("outbox", "health_outbox", **facts)


def _backup(around: Around) -> Check:
    last = around.figures.backup
    if last is None:
        return troubled("backup", State.ATTENTION, "health_backup_mend", "health_backup_none")
    facts = {"at": last.at, "name": last.name, "size": last.size}
    age, wait = around.now - last.at, _longest_wait(around, schedule.BACKUP)
    if age > wait + SLACK:
        state = State.BAD if age > max(BACKUP_BAD, 2 * wait + SLACK) else State.ATTENTION
        return troubled("backup", state, "health_backup_mend", "health_backup", **facts)
    if last.missing:
        facts["count"] = last.missing
        return troubled(
            "backup",
            State.ATTENTION,
            "health_backup_missing_mend",
            "health_backup_missing",
            **facts,
        )
    return good("backup", "health_backup", **facts)


def _verify(around: Around) -> Check:
    last = around.figures.verify
    if last is None:
        return troubled("verify", State.ATTENTION, "health_verify_mend", "health_verify_none")
    facts = {"at": last.at, "count": last.findings}
    if last.findings:
        return troubled("verify", State.BAD, "health_findings_mend", "health_findings", **facts)
    if around.now - last.at > 2 * _longest_wait(around, schedule.VERIFY) + SLACK:
        return troubled("verify", State.ATTENTION, "health_verify_mend", "health_verify", **facts)
    return good("verify", "health_verify", **facts)


def _longest_wait(around: Around, known: Schedule) -> timedelta:
    """The longest time between two; a day where it is never done by itself."""
    when = around.desk.project.schedules[known.id].when
    return when.longest_wait if when is not None else timedelta(days=1)


def _calendar(around: Around) -> Check:
    desk, today = around.desk, around.now.astimezone(around.desk.zone).date()
    known = calendars.known_until(desk, now=around.now)
    said = tuple(
        Said("health_calendar", {"label": desk.project.calendars[id].label, "day": until})
        for id, until in known.items()
    )
    if not said:
        return good("calendar", "health_calendar_none")
    left = min(until for until in known.values()) - today
    if left >= CALENDAR_ATTENTION:
        return Check(name="calendar", state=State.OK, found=said)
    state = State.BAD if left < timedelta() else State.ATTENTION
    return Check(name="calendar", state=state, found=said, mend=Said("health_calendar_mend"))


def _disk(around: Around) -> Check:
    return _disk_check(around.figures.disks)


def _disk_check(found: Mapping[str, Disk]) -> Check:
    states = {name: _fullness(disk) for name, disk in found.items()}
    order = list(State)
    state = max(states.values(), key=order.index)
    said = tuple(
        Said(f"health_disk_{name}", {"path": disk.path, "free": disk.free, "total": disk.total})
        for name, disk in found.items()
    )
    mend = None if state is State.OK else Said("health_disk_mend")
    return Check(name="disk", state=state, found=said, mend=mend)


def _fullness(disk: Disk) -> State:
    if disk.free < min(FREE_BAD, disk.total // 50):
        return State.BAD
    if disk.free < min(FREE_ATTENTION, disk.total // 20):
        return State.ATTENTION
    return State.OK


def _secret(here: Settings) -> Check:
    if here.demo:
        return troubled("secret", State.ATTENTION, "health_demo_mend", "health_demo")
    path = here.secret_file
    if path is not None and path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return troubled(
            "secret", State.ATTENTION, "health_secret_mend", "health_secret_open", path=path
        )
    return good("secret", "health_secret")


def _other_secret(facts: Mapping[str, object]) -> Check:
    """Under another secret nothing else that is looked at would say anything true."""
    return Check(
        name="secret",
        state=State.BAD,
        found=(Said("health_secret_other"),),
        mend=Said(OtherSecret.code, facts),
    )


CHECKS: Mapping[str, Callable[[Around], Check]] = MappingProxyType(
    {
        "config": _config,
        "audit": _sealing,
        "jobs": _jobs,
        "outbox": _outbox,
        "schedules": lambda around: scheduled(standings(around.desk, now=around.now)),
        "backup": _backup,
        "verify": _verify,
        "calendar": _calendar,
        "disk": _disk,
        "secret": lambda around: _secret(around.here),
    }
)
"""What is looked at once the database answers."""
