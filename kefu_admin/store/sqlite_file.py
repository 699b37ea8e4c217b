"""The file of an SQLite database, copied while others write to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def copy_file(source: Path, target: Path) -> None:
    """SQLite's online backup: consistent, readable by its owner only; writers go on meanwhile.

    In one step, so in one snapshot: in several it would begin anew after every write of another
    connection, and never end where somebody writes all the time.
    """
    target.touch(mode=0o600)
    original, made = sqlite3.connect(source), sqlite3.connect(target)
    try:
        original.backup(made)
    finally:
        made.close()
        original.close()
