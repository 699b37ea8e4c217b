"""Reads every audit line again: is it as it was written, and does it follow the one before?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.store.audit import CONTENT, digest, instant_text, key
from kefu_admin.store.database import Store
from kefu_admin.store.heads import GENESIS
from kefu_admin.store.seal import Spans
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verify.report import Finding

_PORTION = 2000
_NAMES = ", ".join(f'"{name}"' for name in (*CONTENT, "digest", "id"))
_AT = CONTENT.index("at")


@dataclass(slots=True)
class Tally:
    """What the reading of all lines counted on the way."""

    lines: int = 0
    unsealed: int = 0
    oldest_unsealed_at: datetime | None = None
    wrong_ids: set[int] | None = None  # lines that are not as they were written


@dataclass(slots=True)
class _Line:
    id: int
    chain: str
    seq: int
    previous: str
    at: datetime
    digest: str
    is_true: bool


def check_lines(store: Store, sealed: Spans, tally: Tally) -> Iterator[Finding]:
    """Findings about single lines and their links; fills the tally.

    A line whose digest does not fit was edited when a block or its successor knows that digest,
    otherwise somebody without the key wrote it.
    """
    tally.wrong_ids = set()
    before: _Line | None = None
    suspect: _Line | None = None  # wrong and unsealed: the next line tells what it was
    for line in _lines(store):
        tally.lines += 1
        if line.id not in sealed:
            tally.unsealed += 1
            if tally.oldest_unsealed_at is None or line.at < tally.oldest_unsealed_at:
                tally.oldest_unsealed_at = line.at
        if before is not None and before.chain != line.chain:
            before = None
        if suspect is not None:
            known = line.chain == suspect.chain and line.previous == suspect.digest
            yield _wrong("audit_line_edited" if known else "audit_line_inserted", suspect)
            suspect = None
        if before is not None and line.seq == before.seq:
            tally.wrong_ids.add(line.id)
            yield _wrong("audit_line_inserted", line)
            continue
        yield from _link(before, line)
        if not line.is_true:
            tally.wrong_ids.add(line.id)
            if line.id in sealed:
                yield _wrong("audit_line_edited", line)
            else:
                suspect = line
        before = line
    if suspect is not None:
        yield _wrong("audit_line_inserted", suspect)


def _link(before: _Line | None, line: _Line) -> Iterator[Finding]:
    last_seq, last_digest = (before.seq, before.digest) if before else (0, GENESIS)
    if line.seq != last_seq + 1:
        facts = {"chain": line.chain, "first": last_seq + 1, "last": line.seq - 1}
        yield Finding("audit_chain_gap", facts)
    elif line.is_true and (before is None or before.is_true) and line.previous != last_digest:
        yield _wrong("audit_link_broken", line)


def _wrong(code: str, line: _Line) -> Finding:
    return Finding.of(code, id=line.id, chain=line.chain, seq=line.seq)


def _lines(store: Store) -> Iterator[_Line]:
    """All lines by chain and place in it, read in portions along the unique index."""
    secret = key(store)
    chain, seq, id = "", -1, 0
    while True:
        rows = store.rows(
            f'SELECT {_NAMES} FROM "kefu_audit" WHERE "chain" > ?'
            ' OR ("chain" = ? AND ("seq" > ? OR ("seq" = ? AND "id" > ?)))'
            ' ORDER BY "chain", "seq", "id" LIMIT ?',
            (chain, chain, seq, seq, id, _PORTION),
        )
        for row in rows:
            at: datetime = store.from_db(ColumnKind.INSTANT, row[_AT])
            content = (*row[:_AT], instant_text(at), *row[_AT + 1 : len(CONTENT)])
            written, id = str(row[-2]), int(row[-1])
            chain, seq = str(row[0]), int(row[1])
            yield _Line(
                id=id,
                chain=chain,
                seq=seq,
                previous=str(row[2]),
                at=at,
                digest=written,
                is_true=digest(secret, content) == written,
            )
        if len(rows) < _PORTION:
            return
