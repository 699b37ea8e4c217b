"""The copy of a database file while others write to it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from kefu_admin.store.sqlite_file import copy_file

PAGES = 12_000
PATIENCE_SECONDS = 20


def test_a_copy_ends_though_somebody_writes_all_the_time(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with sqlite3.connect(source) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=OFF")
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, filling BLOB)")
        made.executemany("INSERT INTO t (filling) VALUES (zeroblob(4000))", [()] * PAGES)
    made.close()
    over, began = threading.Event(), threading.Event()

    def write() -> None:
        writer = sqlite3.connect(source, isolation_level=None)
        writer.execute("PRAGMA synchronous=OFF")
        while not over.is_set():
            writer.execute("INSERT INTO t (filling) VALUES (NULL)")
            began.set()
        writer.close()

    beside = threading.Thread(target=write)
    beside.start()
    began.wait(PATIENCE_SECONDS)
    copying = threading.Thread(target=copy_file, args=(source, target), daemon=True)
    copying.start()
    copying.join(PATIENCE_SECONDS)
    ended = not copying.is_alive()
    over.set()
    beside.join()
    copying.join()

    assert ended
    copy = sqlite3.connect(target)
    assert copy.execute("SELECT COUNT(*) FROM t").fetchone()[0] > PAGES
    assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    copy.close()
