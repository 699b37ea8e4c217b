"""Merges and moved references as values, and reading them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from kefu_admin.store.audit import record_chain
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

TABLE = "kefu_merge"
_NAMES = (
    "id", "type", "kept_id", "gone_id", "number", "state", "taken", "asker_id", "asker",
    "kept_version", "gone_version", "job_id", "left", "created_at", "finished_at", "undo_until",
    "undone_at", "undone_by",
)  # fmt: skip
_COLUMNS = ", ".join(quoted(name) for name in _NAMES)
_INSTANTS = ("created_at", "finished_at", "undo_until", "undone_at")


class State(StrEnum):
    """How far a merge is; only a `DONE` one leads from one record to the other."""

    RUNNING = "running"  # its references are being moved by a worker
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Verdict(StrEnum):
    """What became of a moved reference."""

    MOVED = "moved"
    BACK = "back"
    CHANGED = "changed"  # it was given another value since, and stays
    GONE = "gone"  # its record is not there any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One merge.

    Attributes:
        number: the business number of the record that went, in normal form; "" for none.
        taken: fields whose value the kept record took over.
        kept_version, gone_version: those the merge left, the second in the bin; None before.
        left: fields of the kept record that an undo left as they are, for they were changed since.
    """

    id: int
    type: str
    kept_id: int
    gone_id: int
    number: str
    state: State
    taken: tuple[str, ...]
    asker_id: int | None
    asker: str
    kept_version: int | None
    gone_version: int | None
    job_id: int | None
    left: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None
    undo_until: datetime | None
    undone_at: datetime | None
    undone_by: str | None

    def is_in_time(self, now: datetime) -> bool:
        """Whether it may still be taken back; what is under way always may."""
        if self.state is not State.DONE:
            return self.state is State.RUNNING
        return self.undo_until is not None and now <= self.undo_until


class Moved(NamedTuple):
    """One reference that was moved. `version`: the one the move left its record in; `both`: the
    list held the kept record already."""

    type: str
    field: str
    record_id: int
    version: int
    both: bool = False
    verdict: Verdict = Verdict.MOVED
    id: int = 0


def chain(merge_id: int, *, undo: bool = False) -> str:
    """Where the audit line of a merge or of its undo stands, and what history names."""
    return record_chain(TABLE, f"{merge_id}u" if undo else merge_id)


def is_merge(operation: str) -> bool:
    """Whether a version in a record's history came with a merge."""
    return operation.startswith(record_chain(TABLE, ""))


def is_undo(operation: str) -> bool:
    """Whether it came with the undo of one."""
    return is_merge(operation) and operation.endswith("u")


def get(store: Store, merge_id: int, *, lock: bool = False) -> Merge | None:
    """A merge; with `lock` nobody else works on it until the transaction ends."""
    tail = " FOR UPDATE" if lock and store.dialect is not Dialect.SQLITE else ""
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_merge" WHERE "id" = ?{tail}', (merge_id,))
    return None if row is None else _merge(store, row)


def into(store: Store, type_id: str, kept_id: int) -> list[Merge]:
    """The merges that made a record what it is, the latest first; undone ones too."""
    rows = store.rows(
        f'SELECT {_COLUMNS} FROM "kefu_merge" WHERE "type" = ? AND "kept_id" = ?'
        ' ORDER BY "id" DESC',
        (type_id, kept_id),
    )
    return [_merge(store, row) for row in rows]


def touching(store: Store, type_id: str, record_ids: Sequence[int]) -> Merge | None:
    """A merge that is under way with one of the records."""
    marks = ", ".join("?" * len(record_ids))
    row = store.row(
        f'SELECT {_COLUMNS} FROM "kefu_merge" WHERE "type" = ? AND "state" IN (?, ?)'
        f' AND ("kept_id" IN ({marks}) OR "gone_id" IN ({marks})) LIMIT 1',
        (type_id, State.RUNNING, State.UNDOING, *record_ids, *record_ids),
    )
    return None if row is None else _merge(store, row)


def moved(
    store: Store,
    merge_id: int,
    *,
    verdicts: Sequence[Verdict] = (Verdict.MOVED,),
    after_id: int = 0,
    limit: int,
    of_type: str = "",
) -> list[Moved]:
    """Moved references with one of these verdicts, as they were moved, after one of them; of one
    type only where one is named."""
    narrowed = ' AND "type" = ?' if of_type else ""
    rows = store.rows(
        'SELECT "type", "field", "record_id", "version", "both", "verdict", "id"'
        ' FROM "kefu_merge_row" WHERE "merge_id" = ? AND "id" > ?'
        f' AND "verdict" IN ({", ".join("?" * len(verdicts))}){narrowed} ORDER BY "id" LIMIT ?',
        (merge_id, after_id, *verdicts, *((of_type,) if of_type else ()), limit),
    )
    return [
        Moved(row[0], row[1], int(row[2]), int(row[3]), bool(row[4]), Verdict(row[5]), int(row[6]))
        for row in rows
    ]


def every(store: Store, *, above: int = 0, limit: int = 1000) -> list[Merge]:
    """All merges in portions, by their ids; for engines."""
    rows = store.rows(
        f'SELECT {_COLUMNS} FROM "kefu_merge" WHERE "id" > ? ORDER BY "id" LIMIT ?', (above, limit)
    )
    return [_merge(store, row) for row in rows]


def last_of(store: Store, type_id: str, gone_id: int) -> Merge | None:
    """The last merge by which a record went, wherever it is by now."""
    row = store.row(
        f'SELECT {_COLUMNS} FROM "kefu_merge" WHERE "type" = ? AND "gone_id" = ? AND "state" = ?'
        ' ORDER BY "id" DESC LIMIT 1',
        (type_id, gone_id, State.DONE),
    )
    return None if row is None else _merge(store, row)


def _merge(store: Store, row: Sequence[Any]) -> Merge:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    for name in _INSTANTS:
        values[name] = store.from_db(ColumnKind.INSTANT, values[name])
    values["state"] = State(values["state"])
    values["taken"] = tuple(json.loads(values["taken"]))
    values["left"] = tuple(json.loads(values["left"] or "[]"))
    return Merge(**values)
