"""Writing a job in the transaction that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.store.database import Store
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.jobs.rows import JobState, written
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.shapes import ColumnKind

_COLUMNS = (
    '"kind", "payload_version", "payload", "state", "total", "asked_by", "actor", "source",'
    ' "address", "session", "scopes", "asked_at", "schedule", "due_at", "due_ms"'
)
_MARKS = ", ".join("?" * 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: a kind of job, its payload (plain JSON, references only), how many rows
    it is about where that is known, and how long it must wait."""

    kind: str
    payload_version: int
    payload: Mapping[str, Any]
    total: int | None = None
    wait_ms: int = 0


def ask(store: Store, wanted: Wanted, *, actor: Actor, now: datetime) -> int:
    """Write the job in the open transaction; returns its id. Workers hear of it at the commit."""
    return _insert(store, wanted, actor, now, None)


def tick(
    store: Store, wanted: Wanted, *, schedule: str, due_at: datetime, actor: Actor, now: datetime
) -> int | None:
    """Write the job of a schedule's due instant, unless it was written before; in the open
    transaction. None when somebody did.

    Raises:
        BusyBeforeCommit: another wrote it at this very moment; try the whole unit again.
    """
    due = store.to_db(ColumnKind.INSTANT, due_at)
    known = 'SELECT 1 FROM "kefu_job" WHERE "schedule" = ? AND "due_at" = ?'
    if store.row(known, (schedule, due)):
        return None
    try:
        return _insert(store, wanted, actor, now, (schedule, due))
    except ConstraintBroken as broken:
        if broken.kind is Constraint.UNIQUE:
            raise BusyBeforeCommit from broken
        raise


def _insert(
    store: Store,
    wanted: Wanted,
    actor: Actor,
    now: datetime,
    due: tuple[str, object] | None,
) -> int:
    made = store.insert(
        f'INSERT INTO "kefu_job" ({_COLUMNS})'
        f" VALUES ({_MARKS}, {NOW_MS[store.dialect]} + {int(wanted.wait_ms)})",
        (
            wanted.kind,
            wanted.payload_version,
            written(wanted.payload),
            JobState.WAITING,
            wanted.total,
            actor.user_id,
            actor.login,
            actor.source,
            actor.address,
            actor.session,
            written(sorted(actor.scopes)) if actor.scopes is not None else None,
            store.to_db(ColumnKind.INSTANT, now),
            *(due or (None, None)),
        ),
    )
    store.after_commit(lambda: store.job_asked())
    return made
