"""The backups of a directory: their names, which is the newest, and which are too many."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kefu_admin.store.backup.refusals import BackupRunning, BackupUnwritable

ENDING = ".kefu.zip"
SEALED_ENDING = ".kefu.sealed"
_LOCK = ".kefu-backup.lock"
_TIME = "%Y%m%dT%H%M%SZ"


def name_of(now: datetime, *, sealed: bool) -> str:
    """The name of a backup made at an instant; names sort by time."""
    return f"kefu-{now.astimezone(UTC).strftime(_TIME)}{SEALED_ENDING if sealed else ENDING}"


def backups(directory: Path) -> tuple[Path, ...]:
    """The backups in a directory, newest first; other files are none of ours."""
    found = [
        path
        for path in directory.glob("kefu-*Z.kefu.*")
        if path.name.endswith((ENDING, SEALED_ENDING)) and made_at(path) is not None
    ]
    return tuple(sorted(found, key=lambda path: path.name, reverse=True))


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None where the name does not tell."""
    stem = path.name.removeprefix("kefu-").partition(".")[0]
    try:
        return datetime.strptime(stem, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def keep_newest(
    directory: Path, count: int | None, *, since: datetime | None = None
) -> tuple[Path, ...]:
    """Delete all but the newest `count` backups, and those made before an instant; the newest
    always stays. Returns the deleted ones."""
    found = backups(directory)
    kept = found if count is None else found[: max(1, count)]
    if since is not None:
        kept = tuple(path for path in kept if path == kept[0] or _is_since(path, since))
    gone = tuple(path for path in found if path not in kept)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _is_since(path: Path, since: datetime) -> bool:
    made = made_at(path)
    return made is not None and made >= since


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One backup at a time in a directory; the lock ends with its process.

    Raises:
        BackupRunning: another is being made.
        BackupUnwritable: the directory cannot be made or written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (directory / _LOCK).open("w")
    except OSError as error:
        raise BackupUnwritable(path=directory, why=error.strerror) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupRunning from error
        yield
