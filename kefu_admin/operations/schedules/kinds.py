"""The job of each schedule. Run again after a crash, each does no harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from kefu_admin.definitions import schedule
from kefu_admin.operations.backups import back_up
from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.operations.verifying import verify_and_remember
from kefu_admin.problems import ConfigMoved
from kefu_admin.store.backup import BackupKeyUnreadable, Lock, key_of_file
from kefu_admin.store.readiness import config_moved


def _clean_up(step: Step) -> None:
    clean_up(step.desk, now=step.now)
    with step.transaction():
        step.finish(done=1)


def _verify(step: Step) -> None:
    report = verify_and_remember(step.desk, now=step.now)
    with step.transaction():
        step.finish({"findings": len(report.findings)}, done=1)


def _back_up(step: Step) -> None:
    """A backup where the tick says; its payload names places, no secret."""
    if config_moved(step.desk.store):
        raise ConfigMoved
    told, days = step.job.payload, step.job.payload["days"]
    made, gone = back_up(
        step.desk.store,
        Path(told["directory"]),
        config=Path(told["config"]),
        lock=_lock(told["key_file"]),
        keep=told["keep"] or None,
        since=step.now - timedelta(days=days) if days else None,
        actor=step.actor,
        now=step.now,
    )
    with step.transaction():
        step.finish(
            {
                "name": made.path.name,
                "size": made.size,
                "missing": len(made.manifest.missing),
                "deleted": len(gone),
            },
            done=1,
        )


def _lock(key_file: str) -> Lock | None:
    if not key_file:
        return None
    try:
        return key_of_file(Path(key_file))
    except OSError as error:
        raise BackupKeyUnreadable(path=key_file, why=error.strerror) from error


KINDS: Mapping[str, JobKind] = {
    id: JobKind(
        name=f"schedule.{id}",
        version=1,
        label=schedule.SCHEDULES[id].label.zh,
        chunk=chunk,
        is_long=True,
    )
    for id, chunk in {
        schedule.CLEAN_UP.id: _clean_up,
        schedule.BACKUP.id: _back_up,
        schedule.VERIFY.id: _verify,
    }.items()
}
"""By the id of the schedule."""
