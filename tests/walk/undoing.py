"""Takes a SQLite desk back to how it was furnished, so that one world serves many writes."""

from __future__ import annotations

import sqlite3

from tests.walk.ground import World


def undo(world: World) -> None:
    """Everything but sessions as it was."""
    store = world.desk.store
    with store.connection():
        sessions = store.rows('SELECT * FROM "kefu_session"')
        pristine = sqlite3.connect(store.data_directory / "pristine.db")
        pristine.backup(store.database.connection())
        pristine.close()
        for row in sessions:
            marks = ", ".join("?" * len(row))
            store.execute(f'INSERT INTO "kefu_session" VALUES ({marks})', row)
