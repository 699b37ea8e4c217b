"""Batches as values, and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from kefu_admin.problems import FieldError
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verdicts import Verdict


class State(StrEnum):
    """Where a batch stands."""

    FREEZING = "freezing"  # its rows are being written down, or deleted: never to be run
    PLANNING = "planning"  # its rows are being looked at
    PLANNED = "planned"  # shown, not confirmed
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One bulk change.

    Attributes:
        action: id of the action of the config; of an undo that of the batch it takes back.
        deed: what is done: edit, delete, undo.
        asked: plain values to write, by field.
        filter: how the records were chosen, as a person reads it (personal values hashed).
        total, settled: how many records; how many have their final verdict.
        selection: keyed digest of ids and versions; what is run must be what was shown.
        digest: keyed digest of the values before, known when planned.
        of_batch: the batch this one takes back.
    """

    id: int
    type: str
    action: str
    deed: str
    state: State
    asker_id: int | None
    asker: str
    asked: Mapping[str, Any]
    filter: str
    reason: str
    total: int
    settled: int
    selection: str
    digest: str
    definition: str
    of_batch: int | None
    job_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undo_until: datetime | None


class BatchRow(NamedTuple):
    """One record of a batch; of an import one line of the file.

    `target` is the record a line changes or has made; None for all other batches.
    """

    id: int
    version: int
    verdict: Verdict
    errors: tuple[FieldError, ...]
    version_after: int | None
    target: int | None = None


_NAMES = tuple(field.name for field in fields(Batch))
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_INSTANTS = ("created_at", "started_at", "finished_at", "undo_until")
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_ROW = '"record_id", "version", "verdict", "reason", "version_after", "target_id"'


def get(store: Store, batch_id: int, *, lock: bool = False) -> Batch | None:
    """A batch; with `lock` nobody else works on it until the transaction ends."""
    tail = "" if not lock or store.dialect is Dialect.SQLITE else " FOR UPDATE"
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_batch" WHERE "id" = ?{tail}', (batch_id,))
    return _batch(store, row) if row is not None else None


def of_asker(
    store: Store, asker_id: int, types: Sequence[str], *, before_id: int = 0, limit: int = 50
) -> list[Batch]:
    """A person's batches over these types that were confirmed, newest first; `before_id` continues
    a page."""
    if not types:
        return []
    older = ' AND "id" < ?' if before_id else ""
    marks = ", ".join("?" * len(types))
    params: tuple[object, ...] = (asker_id, State.RUNNING, State.DONE, *types)
    rows = store.rows(
        f'SELECT {_COLUMNS} FROM "kefu_batch" WHERE "asker_id" = ? AND "state" IN (?, ?)'
        f' AND "type" IN ({marks}){older} ORDER BY "id" DESC LIMIT ?',
        (*params, before_id, limit) if before_id else (*params, limit),
    )
    return [_batch(store, row) for row in rows]


def undone_by(store: Store, batch_id: int) -> int | None:
    """The batch that took this one back, or is about to."""
    found = store.value(
        'SELECT MAX("id") FROM "kefu_batch" WHERE "of_batch" = ? AND "state" IN (?, ?)',
        (batch_id, State.RUNNING, State.DONE),
    )
    return int(found) if found is not None else None


def rows(
    store: Store,
    batch_id: int,
    *,
    verdicts: Iterable[Verdict] = (),
    after_id: int = 0,
    limit: int,
) -> list[BatchRow]:
    """Rows of a batch in the order of their records, after one of them."""
    wanted = tuple(verdicts)
    chosen = f' AND "verdict" IN ({", ".join("?" * len(wanted))})' if wanted else ""
    found = store.rows(
        f'SELECT {_ROW} FROM "kefu_batch_row" WHERE "batch_id" = ? AND "record_id" > ?{chosen}'
        ' ORDER BY "record_id" LIMIT ?',
        (batch_id, after_id, *wanted, limit),
    )
    return [_row(row) for row in found]


def last_row(store: Store, batch_id: int) -> int:
    """The last record of a batch; 0 when it has none yet."""
    return int(
        store.value(
            'SELECT MAX("record_id") FROM "kefu_batch_row" WHERE "batch_id" = ?', (batch_id,)
        )
        or 0
    )


def done(store: Store, batch_id: int, *, size: int) -> Iterator[list[tuple[int, int]]]:
    """What a batch did, in portions: (record, version it left) in the order of its rows."""
    last = 0
    while found := store.rows(
        'SELECT "record_id", "version_after", COALESCE("target_id", "record_id")'
        ' FROM "kefu_batch_row" WHERE "batch_id" = ?'
        ' AND "verdict" = ? AND "record_id" > ? ORDER BY "record_id" LIMIT ?',
        (batch_id, Verdict.DONE, last, size),
    ):
        yield [(int(record), int(version)) for _, version, record in found]
        last = int(found[-1][0])


def counts(store: Store, batch_id: int) -> dict[Verdict, int]:
    """How many records have each verdict."""
    found = store.rows(
        'SELECT "verdict", COUNT(*) FROM "kefu_batch_row" WHERE "batch_id" = ? GROUP BY "verdict"',
        (batch_id,),
    )
    return {Verdict(verdict): int(count) for verdict, count in found}


def reasons(
    store: Store, batch_id: int, *, most: int = 20
) -> list[tuple[tuple[FieldError, ...], int]]:
    """Why records are refused, the commonest first, each with how many."""
    found = store.rows(
        'SELECT "reason", COUNT(*) AS "many" FROM "kefu_batch_row" WHERE "batch_id" = ?'
        ' AND "verdict" = ? AND "reason" IS NOT NULL GROUP BY "reason"'
        ' ORDER BY "many" DESC LIMIT ?',
        (batch_id, Verdict.REFUSED, most),
    )
    return [(_errors(text), int(many)) for text, many in found]


def frozen(store: Store, batch_id: int, *, after_id: int, limit: int) -> list[tuple[int, int, str]]:
    """(record, version, digest of the values before) in the order of the records."""
    found = store.rows(
        'SELECT "record_id", "version", "digest" FROM "kefu_batch_row" WHERE "batch_id" = ?'
        ' AND "record_id" > ? ORDER BY "record_id" LIMIT ?',
        (batch_id, after_id, limit),
    )
    return [(int(record), int(version), str(digest or "")) for record, version, digest in found]


def _batch(store: Store, row: tuple[Any, ...]) -> Batch:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _INSTANTS:
        values[name] = store.from_db(ColumnKind.INSTANT, values[name])
    values["asked"] = json.loads(values["asked"])
    values["state"] = State(values["state"])
    return Batch(**values)


def _row(row: tuple[Any, ...]) -> BatchRow:
    id, version, verdict, reason, version_after, target = row
    return BatchRow(
        id=id,
        version=version,
        verdict=_VERDICTS[verdict],
        errors=_errors(reason) if reason else (),
        version_after=version_after,
        target=target,
    )


def _errors(text: str) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(field, code, facts, clause) for field, code, facts, clause in json.loads(text)
    )
