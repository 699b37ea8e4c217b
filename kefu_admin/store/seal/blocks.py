"""Blocks: each seals the audit lines committed since the one before, and its head holds that one's.

The head is an HMAC over the block's number, the previous head, the ids it lists and a SHA-256 over
(id, digest) of its lines in id order; so a line that is missing, changed or exchanged shows, and a
block cannot be made or moved without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kefu_admin.store.audit import instant_text
from kefu_admin.store.crypto import derive
from kefu_admin.store.database import Store
from kefu_admin.store.heads import GENESIS
from kefu_admin.store.lease import claim
from kefu_admin.store.seal.candidates import Fresh, any_new, fresh_lines, unsealed_lines
from kefu_admin.store.seal.spans import Spans
from kefu_admin.store.shapes import ColumnKind

LEASE = "sealer"
LEASE_MS = 10_000
_COLUMNS = (
    '"number", "sealed_at", "ids", "lines", "last_id", "horizon", "pending", "content", "head"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block as stored.

    `horizon` (PostgreSQL) is the first transaction not yet looked at; `pending` (MariaDB) lists ids
    below `last_id` that may still be committed. `content` is the SHA-256 over its lines.
    """

    number: int
    sealed_at: datetime
    ids: Spans
    lines: int
    last_id: int
    horizon: int
    pending: Spans
    content: str
    head: str


def seal(store: Store, *, owner: str, now: datetime) -> int:
    """Seal everything committed so far; returns how many lines that was.

    Opens its own transactions, one per block, and none when there is nothing new. Does nothing
    while another process holds the lease.

    Args:
        owner: names this process.
        now: when the block was made, for people; nothing is decided by it but the age at which an
            id of MariaDB that never came is given up (a day).
    """
    total = 0
    while any_new(store, latest(store)):
        with store.transaction():
            sealed = _seal_once(store, owner=owner, now=now)
        total += sealed
        if not sealed:
            break
    return total


def seal_rest(store: Store, *, now: datetime) -> int:
    """Seal every line no block holds, in the open transaction; returns how many.

    Only for a restore, when nobody else writes: lines that came from another database are not
    where this one would look for them.
    """
    last, fresh = latest(store), unsealed_lines(store)
    if fresh.lines:
        _keep(store, last, fresh, now)
    return len(fresh.lines)


def latest(store: Store) -> Block | None:
    """The last block, None before the first."""
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_seal" ORDER BY "number" DESC LIMIT 1')
    return _block(store, row) if row else None


def blocks(store: Store, *, after: int = 0) -> Iterator[Block]:
    """All blocks in order, read in portions of 500."""
    while True:
        found = store.rows(
            f'SELECT {_COLUMNS} FROM "kefu_seal" WHERE "number" > ? ORDER BY "number" LIMIT 500',
            (after,),
        )
        for row in found:
            block = _block(store, row)
            after = block.number
            yield block
        if len(found) < 500:
            return


def oldest_unsealed(store: Store) -> datetime | None:
    """When the oldest line was written that no block holds yet; health warns above ten seconds."""
    fresh = fresh_lines(store, latest(store), everything=True)
    if not fresh.lines:
        return None
    raw = store.value('SELECT "at" FROM "kefu_audit" WHERE "id" = ?', (fresh.lines[0][0],))
    at: datetime | None = store.from_db(ColumnKind.INSTANT, raw)
    return at


def is_last_ours(store: Store) -> bool:
    """Whether the last block was sealed under the store's secret; True before the first."""
    last = latest(store)
    if last is None:
        return True
    before = next(blocks(store, after=last.number - 2))
    previous = before.head if before.number < last.number else GENESIS
    return hmac.compare_digest(last.head, block_head(last, previous, seal_key(store)))


def lines_digest(lines: Iterable[tuple[int, str]]) -> str:
    """SHA-256 (hex) over (id, digest) pairs in id order."""
    hashed = hashlib.sha256()
    for line_id, digest in lines:
        hashed.update(f"{line_id}:{digest}\n".encode())
    return hashed.hexdigest()


def block_head(block: Block, previous: str, key: bytes) -> str:
    """The head the block must have after the block with the head `previous`."""
    text = json.dumps(
        [
            block.number, previous, instant_text(block.sealed_at), str(block.ids), block.lines,
            block.last_id, block.horizon, str(block.pending), block.content,
        ],
        separators=(",", ":"),
    )  # fmt: skip
    return hmac.digest(key, text.encode(), "sha256").hex()


def seal_key(store: Store) -> bytes:
    """The key of block heads."""
    return _key(store.secret)


@lru_cache(maxsize=8)
def _key(secret: bytes) -> bytes:
    return derive(secret, "audit blocks")


def _seal_once(store: Store, *, owner: str, now: datetime) -> int:
    if not claim(store, LEASE, owner=owner, milliseconds=LEASE_MS):
        return 0
    last = latest(store)
    fresh = fresh_lines(store, last, now=now)
    if not fresh.lines:
        return 0
    return _keep(store, last, fresh, now)


def _keep(store: Store, last: Block | None, fresh: Fresh, now: datetime) -> int:
    """Write the next block; returns how many lines it holds."""
    block = _make(last, fresh, now)
    head = block_head(block, last.head if last else GENESIS, seal_key(store))
    store.execute(
        f'INSERT INTO "kefu_seal" ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (
            block.number, store.to_db(ColumnKind.INSTANT, now), str(block.ids), block.lines,
            block.last_id, block.horizon, str(block.pending), block.content, head,
        ),
    )  # fmt: skip
    return block.lines


def _make(last: Block | None, fresh: Fresh, now: datetime) -> Block:
    ids = Spans.of(line_id for line_id, _ in fresh.lines)
    return Block(
        number=last.number + 1 if last else 1,
        sealed_at=now,
        ids=ids,
        lines=len(fresh.lines),
        last_id=max(ids.last(), last.last_id if last else 0),
        horizon=fresh.horizon,
        pending=fresh.pending,
        content=lines_digest(fresh.lines),
        head="",
    )


def _block(store: Store, row: tuple[object, ...]) -> Block:
    number, sealed_at, ids, lines, last_id, horizon, pending, content, head = row
    return Block(
        number=int(str(number)),
        sealed_at=store.from_db(ColumnKind.INSTANT, sealed_at),
        ids=Spans.read(str(ids)),
        lines=int(str(lines)),
        last_id=int(str(last_id)),
        horizon=int(str(horizon)),
        pending=Spans.read(str(pending)),
        content=str(content),
        head=str(head),
    )
