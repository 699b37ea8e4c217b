"""SQLite: a copy of the whole database before an apply changes tables that hold rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kefu_admin.problems import Refusal
from kefu_admin.store.changeset import CreateTable, Step
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.sqlite_file import copy_file

FOLDER = "backups"
KEPT = 5  # of those made here; `kefu backup` keeps its own


class BackupFailed(Refusal):
    """The copy could not be made, so nothing was changed. facts: path, why."""

    code, status = "backup_failed", 503


def back_up(store: Store, steps: Sequence[Step], *, now: datetime) -> Path | None:
    """Copies the database by SQLite's own online backup; None where nothing asks for it.

    Raises:
        BackupFailed: no room, or not allowed to write there.
    """
    changes = any(not isinstance(step.action, CreateTable) for step in steps)
    if store.dialect is not Dialect.SQLITE or not changes:
        return None
    folder = store.data_directory / FOLDER
    path = folder / f"before-{now:%Y%m%dT%H%M%S}-{store.project.fingerprint[:12]}.sqlite3"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy_file(Path(store.database.database), path)
        for old in sorted(folder.glob("before-*.sqlite3"))[:-KEPT]:
            old.unlink()
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(path=path, why=error) from error
    return path
