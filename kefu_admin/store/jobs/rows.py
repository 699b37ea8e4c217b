"""A job as a value, and reading jobs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kefu_admin.store.database import Store
from kefu_admin.store.narrowing import narrowed
from kefu_admin.store.shapes import ColumnKind


class JobState(StrEnum):
    """Where a job is. Parked: tried in vain, left to a person."""

    WAITING = "waiting"
    RUNNING = "running"
    PARKED = "parked"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row.

    `asked_by` with `source`, `address`, `session` and `scopes` say for whom it acts, None for the
    system itself. `tries` counts the takings since it last got on. `fence` rises with each taking;
    who holds an older one may write nothing. `cursor` is where the next chunk begins, `done` of
    `total` what a person is shown. `fault` says why the last try failed: code and facts.
    """

    id: int
    kind: str
    payload_version: int
    payload: Mapping[str, Any]
    state: JobState
    due_ms: int | None
    fence: int
    tries: int
    cursor: Mapping[str, Any] | None
    done: int
    total: int | None
    fault: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    asked_by: int | None
    actor: str
    source: str
    address: str
    session: str
    scopes: frozenset[str] | None
    asked_at: datetime
    finished_at: datetime | None
    schedule: str | None
    due_at: datetime | None


_NAMES = tuple(Job.__slots__)
COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_JSON = ("payload", "cursor", "fault", "result", "scopes")
_INSTANTS = ("asked_at", "finished_at", "due_at")


def job(store: Store, id: int) -> Job | None:
    """One job, or None."""
    row = store.row(f'SELECT {COLUMNS} FROM "kefu_job" WHERE "id" = ?', (id,))
    return read(store, row) if row is not None else None


def jobs(
    store: Store,
    *,
    asked_by: int | None = None,
    states: Collection[JobState] = (),
    kind: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[Job, ...]:
    """Jobs, newest first; `asked_by` those of one person only."""
    where, params = narrowed(asked_by=asked_by, states=states, kind=kind, before_id=before_id)
    found = store.rows(
        f'SELECT {COLUMNS} FROM "kefu_job"{where} ORDER BY "id" DESC LIMIT ?', (*params, limit)
    )
    return tuple(read(store, row) for row in found)


def counts(store: Store) -> Mapping[JobState, int]:
    """How many jobs wait, run and are parked; what has ended is not counted."""
    live = (JobState.WAITING, JobState.RUNNING, JobState.PARKED)
    rows = store.rows(
        'SELECT "state", COUNT(*) FROM "kefu_job" WHERE "state" IN (?, ?, ?) GROUP BY "state"',
        live,
    )
    found = {JobState(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in live}


def read(store: Store, row: tuple[Any, ...]) -> Job:
    """A job from the columns of `COLUMNS`."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    for name in _JSON:
        values[name] = json.loads(values[name]) if values[name] is not None else None
    for name in _INSTANTS:
        values[name] = store.from_db(ColumnKind.INSTANT, values[name])
    values["state"] = JobState(values["state"])
    values["scopes"] = frozenset(values["scopes"]) if values["scopes"] is not None else None
    return Job(**values)


def written(value: object) -> str | None:
    """JSON as the table holds it; None stays NULL."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
