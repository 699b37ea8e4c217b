"""Writing merges: that one begins, what it moved, how far it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.store import inserts
from kefu_admin.store.dialect import quoted
from kefu_admin.store.merges.rows import Moved, State, Verdict
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_CHUNK = 500
_ROW = ("merge_id", "type", "field", "record_id", "version", "both", "verdict")


def make(
    store: Store,
    *,
    type: str,
    kept_id: int,
    gone_id: int,
    number: str,
    taken: Sequence[str],
    asker_id: int | None,
    asker: str,
    undo_until: datetime | None,
    now: datetime,
) -> int:
    """A merge that begins, in the open transaction; returns its id."""
    return store.insert(
        'INSERT INTO "kefu_merge" ("type", "kept_id", "gone_id", "number", "state", "taken",'
        ' "asker_id", "asker", "undo_until", "created_at") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (
            type, kept_id, gone_id, number, State.RUNNING, json.dumps(sorted(taken)), asker_id,
            asker, store.to_db(ColumnKind.INSTANT, undo_until),
            store.to_db(ColumnKind.INSTANT, now),
        ),
    )  # fmt: skip


def note(store: Store, merge_id: int, moved: Sequence[Moved]) -> None:
    """References have just been moved."""
    rows = [
        (merge_id, one.type, one.field, one.record_id, one.version, int(one.both), one.verdict)
        for one in moved
    ]
    inserts.many(store, "kefu_merge_row", _ROW, rows)


def judge(store: Store, ids: Sequence[int], verdict: Verdict) -> None:
    """What became of moved references when the merge was taken back."""
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        store.execute(
            'UPDATE "kefu_merge_row" SET "verdict" = ?'
            f' WHERE "id" IN ({", ".join("?" * len(part))})',
            (verdict, *part),
        )


def wait(store: Store, merge_id: int, job_id: int) -> None:
    """A worker's job does the rest."""
    _set(store, merge_id, job_id=job_id)


def finish(
    store: Store, merge_id: int, *, kept_version: int, gone_version: int, now: datetime
) -> None:
    """Both records are one."""
    _set(
        store,
        merge_id,
        state=State.DONE,
        kept_version=kept_version,
        gone_version=gone_version,
        finished_at=store.to_db(ColumnKind.INSTANT, now),
    )


def part(store: Store, merge_id: int, *, left: Sequence[str], by: str, now: datetime) -> None:
    """They are two again; references are still to follow."""
    _set(
        store,
        merge_id,
        state=State.UNDOING,
        left=json.dumps(sorted(left)),
        undone_at=store.to_db(ColumnKind.INSTANT, now),
        undone_by=by,
    )


def close(store: Store, merge_id: int) -> None:
    """Every reference that could be has been moved back."""
    _set(store, merge_id, state=State.UNDONE)


def _set(store: Store, merge_id: int, **values: object) -> None:
    names = ", ".join(f"{quoted(name)} = ?" for name in values)
    store.execute(f'UPDATE "kefu_merge" SET {names} WHERE "id" = ?', (*values.values(), merge_id))
