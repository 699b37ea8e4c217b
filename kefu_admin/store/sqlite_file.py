"""The file of an SQLite database, copied while others write to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_PAGES = 2_000  # copied before other connections get their turn


def copy_file(source: Path, target: Path) -> None:
    """SQLite's online backup: consistent, readable by its owner only; writers go on meanwhile."""
    target.touch(mode=0o600)
    original, made = sqlite3.connect(source), sqlite3.connect(target)
    try:
        original.backup(made, pages=_PAGES, sleep=0.001)
    finally:
        made.close()
        original.close()
