"""What is applied: the config's fingerprint, the tables made, and every config ever active.

`kefu_state` holds the present (one row per key), `kefu_definition` the past (append-only).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.store.database import FINGERPRINT, Store
from kefu_admin.store.found import found
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.state import read_state, write_state

SWITCHING = "switching:"  # before the fingerprint while MariaDB's tables are between two configs
LAYOUT = "layout"  # JSON: table -> column -> form of everything apply made and that is still there


def fingerprint(store: Store) -> str | None:
    """The fingerprint of the config last applied, or None before the first apply."""
    return read_state(store, FINGERPRINT) if _has_state(store) else None


def forms(store: Store) -> dict[str, dict[str, str]]:
    """What apply made: table -> column -> form. Only this is ever planned to be dropped."""
    text = read_state(store, LAYOUT)
    made: dict[str, dict[str, str]] = json.loads(text) if text else {}
    return made


def keep_forms(store: Store, made: Mapping[str, Mapping[str, str]]) -> None:
    """Writes what apply made."""
    write_state(store, LAYOUT, json.dumps(made, sort_keys=True, separators=(",", ":")))


def activate(store: Store, *, actor: Actor, now: datetime) -> bool:
    """Makes the project's config the applied one, in the open transaction; False when it was."""
    there = found(store).tables
    made = forms(store)
    kept = {
        table: {
            column.name: form
            for column in shape.columns
            if (form := _form(store, made, table, column.name)) is not None
        }
        for table, shape in there.items()
        if table in made or table in store.layout
    }
    keep_forms(store, kept)
    project = store.project
    if fingerprint(store) == project.fingerprint:
        return False
    store.execute(
        'INSERT INTO "kefu_definition" ("fingerprint", "text", "activated_at", "activated_by")'
        " VALUES (?, ?, ?, ?)",
        (
            project.fingerprint,
            json.dumps(dict(project.texts), ensure_ascii=False, sort_keys=True),
            store.to_db(ColumnKind.INSTANT, now),
            actor.login,
        ),
    )
    write_state(store, FINGERPRINT, project.fingerprint)
    return True


def definition(store: Store, fingerprint: str) -> Mapping[str, str] | None:
    """The canonical texts by file of a config that was active once, or None."""
    text = store.value(
        'SELECT "text" FROM "kefu_definition" WHERE "fingerprint" = ? ORDER BY "id" LIMIT 1',
        (fingerprint,),
    )
    if text is None:
        return None
    texts: Mapping[str, str] = json.loads(text)
    return texts


def _form(
    store: Store, made: Mapping[str, Mapping[str, str]], table: str, column: str
) -> str | None:
    """The form of a column that is ours, None for one somebody else added."""
    wanted = store.layout.get(table)
    shape = wanted.column(column) if wanted else None
    return shape.form if shape else made.get(table, {}).get(column)


def _has_state(store: Store) -> bool:
    return "kefu_state" in store.database.get_tables()
