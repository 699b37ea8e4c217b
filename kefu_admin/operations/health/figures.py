"""The numbers behind the checks, each from one cheap question; metrics show them as they are."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kefu_admin.operations.backups import LastBackup, last_backup
from kefu_admin.operations.job_kinds import SHORT_JOBS
from kefu_admin.operations.verifying import LastVerify, last_verify
from kefu_admin.settings import Settings
from kefu_admin.store import deliveries, jobs, outbox, seal
from kefu_admin.store.database import Store
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.jobs import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The volume a directory is on: bytes in all and free."""

    path: Path
    total: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many and how long.

    `unsealed_since` and `outbox_since` are the instants of the oldest waiting line and event;
    `overdue_ms` says how long a due job has waited for a worker; long ones wait for each other.
    """

    unsealed_since: datetime | None
    jobs: Mapping[JobState, int]
    overdue_ms: int
    outbox_waiting: int
    outbox_since: datetime | None
    deliveries: Mapping[DeliveryState, int]
    backup: LastBackup | None
    verify: LastVerify | None
    disks: Mapping[str, Disk]


def figures(store: Store, here: Settings) -> Figures:
    """All numbers, asked of the database and the disks."""
    waiting, since = outbox.backlog(store)
    return Figures(
        unsealed_since=seal.oldest_unsealed(store),
        jobs=jobs.counts(store),
        overdue_ms=jobs.milliseconds_overdue(store, SHORT_JOBS),
        outbox_waiting=waiting,
        outbox_since=since,
        deliveries=deliveries.counts(store),
        backup=last_backup(store),
        verify=last_verify(store),
        disks=disks(store, here),
    )


def disks(store: Store, here: Settings) -> dict[str, Disk]:
    """The volumes we write to, by what for; a directory that is not there yet by its parent.

    Where another machine keeps the database, its disk cannot be known from here.
    """
    places = {
        "data": here.data,
        "backups": here.backup_directory,
        "temp": Path(tempfile.gettempdir()),
    }
    if store.dialect is Dialect.SQLITE:
        places["database"] = Path("/" + str(store.database.database).lstrip("/")).parent
    return {name: _disk(path) for name, path in places.items()}


def _disk(path: Path) -> Disk:
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    usage = shutil.disk_usage(there)
    return Disk(path=path, total=usage.total, free=usage.free)
