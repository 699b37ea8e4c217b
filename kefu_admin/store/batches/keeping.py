"""Writing batches: what was frozen, each record's verdict, how far the whole is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kefu_admin.problems import FieldError
from kefu_admin.store import inserts
from kefu_admin.store.batches import lines
from kefu_admin.store.batches.rows import State
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verdicts import Told, Verdict

_CHUNK = 500
_FORGOTTEN = 5_000  # rows deleted at once
_FROZEN = ("batch_id", "record_id", "version", "verdict")
_LOOKED_AT = (*_FROZEN, "reason", "digest", "target_id")
_UNCONFIRMED = (State.FREEZING, State.PLANNING, State.PLANNED)


def make(
    store: Store,
    *,
    type: str,
    action: str,
    deed: str,
    asker_id: int | None,
    asker: str,
    asked: Mapping[str, Any],
    filter: str,
    reason: str,
    of_batch: int | None,
    now: datetime,
) -> int:
    """A new batch without rows, in the open transaction; returns its id."""
    at = store.to_db(ColumnKind.INSTANT, now)
    return store.insert(
        'INSERT INTO "kefu_batch" ("type", "action", "deed", "state", "asker_id", "asker", "asked",'
        ' "filter", "reason", "selection", "digest", "definition", "of_batch", "created_at")'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)",
        (type, action, deed, State.FREEZING, asker_id, asker, _json(asked), filter, reason,
         store.project.fingerprint[:16], of_batch, at),
    )  # fmt: skip


def freeze(store: Store, batch_id: int, portion: Sequence[tuple[int, int]]) -> None:
    """Take in some records with their versions; the batch's total grows by as many."""
    rows = [(batch_id, id, version, Verdict.NEW) for id, version in portion]
    inserts.many(store, "kefu_batch_row", _FROZEN, rows)
    store.execute(
        'UPDATE "kefu_batch" SET "total" = "total" + ? WHERE "id" = ?', (len(portion), batch_id)
    )


def close(store: Store, batch_id: int, *, job_id: int | None, total: int | None = None) -> None:
    """The selection is whole: its records can be looked at; of an import, so many lines."""
    _set(store, batch_id, state=State.PLANNING, job_id=job_id, total=total)


def add(store: Store, batch_id: int, looked_at: Sequence[LookedAt]) -> None:
    """Write down lines of an import that have been looked at."""
    rows = [
        (batch_id, one.told.id, one.version, one.told.verdict,
         _reason(one.told.errors) if one.told.errors else None, one.digest, one.target)
        for one in looked_at
    ]  # fmt: skip
    inserts.many(store, "kefu_batch_row", _LOOKED_AT, rows)
    store.execute(
        'UPDATE "kefu_batch" SET "settled" = "settled" + ? WHERE "id" = ?', (len(rows), batch_id)
    )


class LookedAt(NamedTuple):
    """One line: its verdict, and where that is READY the record (in its version) it changes and the
    digest of what is to be written."""

    told: Told
    version: int
    target: int | None
    digest: str | None


def tell(store: Store, batch_id: int, told: Sequence[Told]) -> None:
    """Write verdicts, set-wise where they are alike."""
    alike: dict[tuple[Verdict, str | None, bool], list[int]] = {}
    for one in told:
        reason = _reason(one.errors) if one.errors else None
        alike.setdefault((one.verdict, reason, one.version_after is not None), []).append(one.id)
    for (verdict, reason, has_version), ids in alike.items():
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            store.execute(
                'UPDATE "kefu_batch_row" SET "verdict" = ?, "reason" = ?, "version_after" = '
                + ('"version" + 1' if has_version else "NULL")
                + f' WHERE "batch_id" = ? AND "record_id" IN ({", ".join("?" * len(part))})',
                (verdict, reason, batch_id, *part),
            )


def tell_ready(store: Store, batch_id: int, digests: Mapping[int, str]) -> None:
    """Write down which records will be done, with the digests of their values before."""
    if store.dialect is Dialect.POSTGRESQL:
        given = [{"id": id, "digest": digest} for id, digest in digests.items()]
        store.execute(
            'UPDATE "kefu_batch_row" AS r SET "verdict" = ?, "digest" = j."digest" FROM'
            ' json_to_recordset(CAST(? AS json)) AS j("id" bigint, "digest" text)'
            ' WHERE r."batch_id" = ? AND r."record_id" = j."id"',
            (Verdict.READY, _json(given), batch_id),
        )
        return
    store.execute_many(
        'UPDATE "kefu_batch_row" SET "verdict" = ?, "digest" = ?'
        ' WHERE "batch_id" = ? AND "record_id" = ?',
        [(Verdict.READY, digest, batch_id, id) for id, digest in digests.items()],
    )


def plan(
    store: Store,
    batch_id: int,
    *,
    total: int,
    settled: int,
    selection: str,
    digest: str,
) -> None:
    """Every record has been looked at, and so many will not be done."""
    _set(
        store,
        batch_id,
        total=total,
        settled=settled,
        selection=selection,
        digest=digest,
        state=State.PLANNED,
    )


def start(
    store: Store,
    batch_id: int,
    *,
    job_id: int | None,
    undo_until: datetime | None,
    now: datetime,
) -> None:
    """The batch was confirmed; a worker's job runs it, or nobody but the asker."""
    _set(
        store,
        batch_id,
        state=State.RUNNING,
        job_id=job_id,
        started_at=store.to_db(ColumnKind.INSTANT, now),
        undo_until=store.to_db(ColumnKind.INSTANT, undo_until),
    )


def advance(store: Store, batch_id: int, *, settled: int, done_at: datetime | None) -> None:
    """So many more records have their verdict; `done_at` when they were the last."""
    done = ', "state" = ?, "finished_at" = ?' if done_at is not None else ""
    store.execute(
        f'UPDATE "kefu_batch" SET "settled" = "settled" + ?{done} WHERE "id" = ?',
        (settled, State.DONE, store.to_db(ColumnKind.INSTANT, done_at), batch_id)
        if done
        else (settled, batch_id),
    )


def forget_unconfirmed(store: Store, *, before: datetime) -> bool:
    """Delete a portion of a preview nobody confirmed, made before an instant; whether there was
    one."""
    old = (
        'SELECT "id" FROM "kefu_batch" WHERE "state" IN (?, ?, ?) AND "created_at" < ?'
        ' ORDER BY "id" LIMIT 1'
    )
    at = store.to_db(ColumnKind.INSTANT, before)
    found = store.value(old, (*_UNCONFIRMED, at))
    if found is not None:
        forget(store, int(found))
    return found is not None


def forget(store: Store, batch_id: int) -> bool:
    """Delete a portion of a batch nobody confirmed, at last the batch itself; whether there is more
    of it. From the first portion on it cannot be confirmed."""
    kept = store.execute(
        'UPDATE "kefu_batch" SET "state" = ? WHERE "id" = ? AND "state" IN (?, ?, ?)',
        (State.FREEZING, batch_id, *_UNCONFIRMED),
    )
    if kept.rowcount != 1:
        return False
    last = store.value(
        'SELECT "record_id" FROM "kefu_batch_row" WHERE "batch_id" = ? ORDER BY "record_id"'
        f" LIMIT 1 OFFSET {_FORGOTTEN - 1}",
        (batch_id,),
    )
    if last is not None:
        store.execute(
            'DELETE FROM "kefu_batch_row" WHERE "batch_id" = ? AND "record_id" <= ?',
            (batch_id, last),
        )
        return True
    store.execute('DELETE FROM "kefu_batch_row" WHERE "batch_id" = ?', (batch_id,))
    if lines.forget_some(store, batch_id):
        return True
    store.execute('DELETE FROM "kefu_import" WHERE "batch_id" = ?', (batch_id,))
    store.execute('DELETE FROM "kefu_batch" WHERE "id" = ?', (batch_id,))
    return False


def _set(store: Store, batch_id: int, **values: object) -> None:
    given = {name: value for name, value in values.items() if value is not None}
    names = ", ".join(f'"{name}" = ?' for name in given)
    store.execute(f'UPDATE "kefu_batch" SET {names} WHERE "id" = ?', (*given.values(), batch_id))


def _reason(errors: Sequence[FieldError]) -> str:
    written = [[e.field, e.code, dict(e.facts), e.clause] for e in errors]
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"), default=str)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
