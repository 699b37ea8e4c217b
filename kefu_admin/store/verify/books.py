"""Checks the blocks against the lines they list and against the anchors outside the database."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from kefu_admin.store.database import Store
from kefu_admin.store.heads import GENESIS
from kefu_admin.store.seal import Anchor, Block, Spans, anchors, block_head, blocks, seal_key
from kefu_admin.store.seal.blocks import lines_digest
from kefu_admin.store.verify.report import Finding


@dataclass(slots=True)
class BookTally:
    """What the reading of all blocks counted on the way."""

    blocks: int = 0
    anchors: int = 0
    missing: int = 0


def check_blocks(store: Store, wrong_ids: Set[int], tally: BookTally) -> Iterator[Finding]:
    """Blocks altered or gone, lines gone or exchanged, the book cut short.

    Args:
        wrong_ids: lines already found edited; their block's content is then no news.
    """
    outside = dict(_anchored(store, tally))
    previous, number = GENESIS, 0
    gone = Spans()
    last_found = 0
    for block in blocks(store):
        tally.blocks += 1
        if block.number != number + 1:
            facts = {"first": number + 1, "last": block.number - 1}
            yield Finding("audit_blocks_missing", facts)
        elif block_head(block, previous, seal_key(store)) != block.head:
            yield Finding.of("audit_block_edited", block=block.number)
        yield from _against_anchor(block, outside)
        found = _listed(store, block.ids)
        there = Spans.of(line_id for line_id, _ in found)
        missing = block.ids.without(there)
        gone = gone | missing
        last_found = max(last_found, there.last())
        if not missing and lines_digest(found) != block.content and not _any(there, wrong_ids):
            yield Finding.of("audit_lines_swapped", block=block.number)
        previous, number = block.head, block.number
    tally.missing = len(gone)
    yield from _gone(gone, last_found)
    for anchored in outside.values():
        yield Finding.of("audit_cut_short", block=anchored.block, at=anchored.at)


def unreadable_anchors(store: Store) -> Iterator[Finding]:
    """Lines of the anchor file that are no anchors."""
    for place, one in enumerate(anchors(store), start=1):
        if isinstance(one, str):
            yield Finding.of("audit_anchor_unreadable", line=place)


def _anchored(store: Store, tally: BookTally) -> Iterator[tuple[int, Anchor]]:
    for one in anchors(store):
        if isinstance(one, Anchor):
            tally.anchors += 1
            yield one.block, one


def _against_anchor(block: Block, outside: dict[int, Anchor]) -> Iterator[Finding]:
    anchored = outside.pop(block.number, None)
    if anchored is not None and anchored.head != block.head:
        yield Finding.of("audit_anchor_differs", block=block.number, at=anchored.at)


def _listed(store: Store, ids: Spans) -> list[tuple[int, str]]:
    """(id, digest) of the lines the block lists that are still there, in id order."""
    rows = store.rows(
        'SELECT "id", "digest" FROM "kefu_audit" WHERE "id" BETWEEN ? AND ? ORDER BY "id"',
        (ids.first(), ids.last()),
    )
    return [(int(id), str(digest)) for id, digest in rows if int(id) in ids]


def _gone(gone: Spans, last_found: int) -> Iterator[Finding]:
    """Sealed lines that are no longer there: at the very end the book was cut short."""
    tail = gone.above(last_found)
    for first, last in gone.without(tail).spans():
        yield Finding.of("audit_lines_deleted", first=first, last=last)
    for first, last in tail.spans():
        yield Finding.of("audit_lines_truncated", first=first, last=last)


def _any(ids: Spans, wrong: Set[int]) -> bool:
    return any(one in ids for one in wrong)
