"""Making, keeping and putting back backups, and remembering when that was.

A backup takes the definition that was applied last, whatever the config directory says meanwhile,
so that it may be made in the midst of a change of config.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kefu_admin.actor import Actor
from kefu_admin.definitions import load_texts
from kefu_admin.definitions.project import Project
from kefu_admin.problems import ConfigError
from kefu_admin.store import audit, lease
from kefu_admin.store.backup import files, making, manifest, restoring
from kefu_admin.store.backup.archive import Archive, Lock
from kefu_admin.store.backup.making import FILES_LEASE, Made
from kefu_admin.store.backup.manifest import Manifest
from kefu_admin.store.backup.refusals import BackupConfig
from kefu_admin.store.backup.restoring import Restored
from kefu_admin.store.database import Store
from kefu_admin.store.state import read_state, write_state

LAST = "last_backup"  # key in kefu_state
_LEASE_MS = 24 * 3600 * 1000  # a backup that died holds up the janitor for a day at most
_OWNER = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """The newest backup the database knows of. `missing`: attachments that were gone or altered."""

    at: datetime
    name: str
    size: int
    missing: int


def back_up(
    store: Store,
    directory: Path,
    *,
    config: Path | None,
    lock: Lock | None,
    keep: int | None,
    since: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Made, tuple[Path, ...]]:
    """Make a backup in a directory and delete the oldest beyond `keep`; returns both.

    Args:
        store: of the applied definition.
        keep: how many to keep, the new one among them; None keeps all.
        since: what was made before goes, too.

    Raises:
        BackupRunning: another is being made there.
        BackupUnwritable, BackupDamaged: it cannot be written, or not read back.
    """
    with files.locked(directory), store.connection():
        with store.transaction():
            lease.claim(store, FILES_LEASE, owner=_OWNER, milliseconds=_LEASE_MS)
        try:
            path = directory / files.name_of(now, sealed=lock is not None)
            made = making.make(store, path, config=config, lock=lock, now=now)
        finally:
            with store.transaction():
                lease.give_up(store, FILES_LEASE, owner=_OWNER)
        store.retrying(lambda: _remember(store, made, actor=actor, now=now))
        gone = files.keep_newest(directory, keep, since=since)
    return made, gone


def last_backup(store: Store) -> LastBackup | None:
    """The newest backup made of this database, None when there is none."""
    text = read_state(store, LAST)
    if text is None:
        return None
    told = json.loads(text)
    return LastBackup(
        at=datetime.fromisoformat(told["at"]),
        name=told["name"],
        size=told["size"],
        missing=told["missing"],
    )


def contents(archive: Archive) -> tuple[Manifest, Project]:
    """What an archive says of itself, and the definition it holds.

    Raises:
        BackupFormat, BackupConfig: this release does not understand it.
    """
    told = manifest.read(archive)
    texts: Mapping[str, str] = json.loads(archive.read(manifest.DEFINITION))
    try:
        return told, load_texts(texts)
    except ConfigError as error:
        first = error.problems[0]
        raise BackupConfig(
            path=archive.path,
            version=told.version,
            why=f"{first.place.file}:{first.place.line} {first.code}",
        ) from error


def put_back(store: Store, archive: Archive, told: Manifest, *, now: datetime) -> Restored:
    """Restore an archive into the empty database and data directory of the store.

    Raises:
        TargetNotEmpty, RestoredDiffers: nothing was changed.
    """
    return restoring.restore(store, archive, told, now=now)


def write_config(archive: Archive, directory: Path) -> bool:
    """Write the config files of an archive where no directory is yet; False where there is one."""
    names = archive.names(manifest.CONFIG)
    if directory.exists() or not names:
        return False
    top = directory.resolve()
    for name in names:
        path = (top / name.removeprefix(manifest.CONFIG)).resolve()
        if path.is_relative_to(top):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    return True


def _remember(store: Store, made: Made, *, actor: Actor, now: datetime) -> None:
    told = {
        "at": now.isoformat(),
        "name": made.path.name,
        "size": made.size,
        "missing": len(made.manifest.missing),
    }
    with store.transaction():
        write_state(store, LAST, json.dumps(told))
        audit.write(
            store,
            audit.Line(
                actor=actor,
                action="backed_up",
                at=now,
                after={"name": made.path.name, "rows": made.manifest.rows},
                operation="backup",
                chain="config",
            ),
        )
