"""Which committed lines no block holds yet: asked of each database in its own way.

- SQLite has one writer: ids are in commit order, everything above the last sealed id is new.
- PostgreSQL hands out ids before transactions end, a third of them out of order. A line keeps its
  transaction's number; everything below the oldest running transaction is settled, so a block takes
  the transactions from the last horizon up to that one.
- MariaDB shows neither. Ids that were skipped stay listed as pending for a day and are looked for
  each time: a late commit fills one, a rolled-back transaction never does.

A restored or replicated PostgreSQL may count transactions from lower again; then the sealer finds
the new lines once by comparing with all blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.seal.spans import Spans
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.seal.blocks import Block

BLOCK_LINES = 20_000  # more wait for the next block; one transaction is never cut in two
_PENDING_FOR = timedelta(days=1)
_SPANS_PER_QUERY = 200


@dataclass(frozen=True, slots=True)
class Fresh:
    """(id, digest) of new lines in id order, and what the block must remember for the next."""

    lines: tuple[tuple[int, str], ...]
    horizon: int = 0
    pending: Spans = Spans()  # noqa: RUF009 -- immutable


def any_new(store: Store, last: Block | None) -> bool:
    """Whether a block could be made; one cheap read."""
    if store.dialect is Dialect.POSTGRESQL:
        start = last.horizon if last else 0
        top = _horizon(store)
        return top < start or bool(_first_settled(store, start, top))
    floor = last.last_id if last else 0
    if store.row('SELECT 1 FROM "kefu_audit" WHERE "id" > ? LIMIT 1', (floor,)):
        return True
    return bool(last and last.pending and _of(store, last.pending))


def fresh_lines(
    store: Store, last: Block | None, *, now: datetime | None = None, everything: bool = False
) -> Fresh:
    """The new lines, BLOCK_LINES or a little more.

    Args:
        now: when given, ids of MariaDB that stayed away for a day are given up.
        everything: also those whose neighbours may still commit (for health, not for sealing).
    """
    if store.dialect is Dialect.POSTGRESQL:
        return _by_transaction(store, last, everything=everything)
    return _by_id(store, last, now=now)


def unsealed_lines(store: Store) -> Fresh:
    """Every line no block lists, looked for one by one: after a restore."""
    sealed, found, last = sealed_ids(store), [], 0
    while rows := _pairs(
        store,
        'SELECT "id", "digest" FROM "kefu_audit" WHERE "id" > ? ORDER BY "id" LIMIT ?',
        (last, BLOCK_LINES),
    ):
        last = rows[-1][0]
        found += [pair for pair in rows if pair[0] not in sealed]
    horizon = _horizon(store) if store.dialect is Dialect.POSTGRESQL else 0
    return Fresh(tuple(found), horizon=horizon)


def _by_id(store: Store, last: Block | None, *, now: datetime | None) -> Fresh:
    floor = last.last_id if last else 0
    waiting = last.pending if last else Spans()
    late = _of(store, waiting)
    new = _pairs(
        store,
        'SELECT "id", "digest" FROM "kefu_audit" WHERE "id" > ? ORDER BY "id" LIMIT ?',
        (floor, BLOCK_LINES),
    )
    if store.dialect is Dialect.SQLITE:
        return Fresh(new)
    come = Spans.of(line_id for line_id, _ in late)
    around = Spans([(floor, floor), *((line_id, line_id) for line_id, _ in new)])
    pending = waiting.without(come) | around.gaps()
    if now and pending:
        pending = pending.above(_given_up(store, now))
    return Fresh(late + new, pending=pending)


def _given_up(store: Store, now: datetime) -> int:
    before = store.to_db(ColumnKind.INSTANT, now - _PENDING_FOR)
    found = store.value('SELECT MAX("last_id") FROM "kefu_seal" WHERE "sealed_at" < ?', (before,))
    return int(found or 0)


def _by_transaction(store: Store, last: Block | None, *, everything: bool) -> Fresh:
    start = last.horizon if last else 0
    top = _horizon(store)
    if top < start:
        return _after_restore(store, start, top)
    if everything:
        found = store.row(
            'SELECT "id", "digest" FROM "kefu_audit" WHERE "transaction_id" >= ?'
            ' ORDER BY "transaction_id" LIMIT 1',
            (start,),
        )
        return Fresh(((found[0], found[1]),) if found else (), horizon=top)
    cut = store.row(
        'SELECT "transaction_id" FROM "kefu_audit" WHERE "transaction_id" >= ?'
        ' AND "transaction_id" < ? ORDER BY "transaction_id" LIMIT 1 OFFSET ?',
        (start, top, BLOCK_LINES),
    )
    if cut:
        top = max(int(cut[0]), start + 1)
    return Fresh(_settled(store, start, top), horizon=top)


def _horizon(store: Store) -> int:
    """The oldest transaction that may still be running."""
    return int(
        store.value("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
    )


def _first_settled(store: Store, start: int, top: int) -> tuple[object, ...] | None:
    return store.row(
        'SELECT 1 FROM "kefu_audit" WHERE "transaction_id" >= ? AND "transaction_id" < ? LIMIT 1',
        (start, top),
    )


def _settled(store: Store, start: int, top: int) -> tuple[tuple[int, str], ...]:
    return _pairs(
        store,
        'SELECT "id", "digest" FROM "kefu_audit" WHERE "transaction_id" >= ?'
        ' AND "transaction_id" < ? ORDER BY "id"',
        (start, top),
    )


def _after_restore(store: Store, start: int, top: int) -> Fresh:
    """Lines that no block holds, whichever counter their transaction numbers come from."""
    sealed = sealed_ids(store)
    unsettled = _pairs(
        store,
        'SELECT "id", "digest" FROM "kefu_audit" WHERE "transaction_id" < ?'
        ' OR "transaction_id" >= ? ORDER BY "id"',
        (top, start),
    )
    return Fresh(tuple(pair for pair in unsettled if pair[0] not in sealed), horizon=top)


def sealed_ids(store: Store) -> Spans:
    """The ids all blocks list."""
    spans: list[tuple[int, int]] = []
    for (text,) in store.rows('SELECT "ids" FROM "kefu_seal"'):
        spans.extend(Spans.read(text).spans())
    return Spans(spans)


def _of(store: Store, ids: Spans) -> tuple[tuple[int, str], ...]:
    """The lines with these ids that are there."""
    runs = ids.spans()
    found: list[tuple[int, str]] = []
    for start in range(0, len(runs), _SPANS_PER_QUERY):
        part = runs[start : start + _SPANS_PER_QUERY]
        test = " OR ".join(['"id" BETWEEN ? AND ?'] * len(part))
        params = tuple(bound for run in part for bound in run)
        found.extend(
            _pairs(
                store,
                f'SELECT "id", "digest" FROM "kefu_audit" WHERE {test} ORDER BY "id"',
                params,
            )
        )
    return tuple(found)


def _pairs(store: Store, sql: str, params: tuple[object, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((int(line_id), str(digest)) for line_id, digest in store.rows(sql, params))
