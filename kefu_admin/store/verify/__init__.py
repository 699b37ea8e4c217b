"""`kefu verify`: reads the whole database again and says what is not as it should be.

`check_audit` covers the audit book (`lines`, `books`). `INVARIANTS` names everything else that must
hold between tables, so that a later module adds its own by one entry. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from kefu_admin.store import views
from kefu_admin.store.database import Store
from kefu_admin.store.seal.candidates import sealed_ids
from kefu_admin.store.verify.books import BookTally, check_blocks, unreadable_anchors
from kefu_admin.store.verify.invariants import INVARIANTS, Invariant
from kefu_admin.store.verify.lines import Tally, check_lines
from kefu_admin.store.verify.report import Finding, Report

UNSEALED_TOO_LONG = timedelta(minutes=5)


def verify(
    store: Store, *, now: datetime, invariants: Mapping[str, Invariant] = INVARIANTS
) -> Report:
    """Check the audit book and every invariant.

    Args:
        now: lines unsealed for five minutes before it are noted.
        invariants: what else is checked.
    """
    book = check_audit(store, now=now)
    others = [finding for check in invariants.values() for finding in check(store, now)]
    return Report(
        findings=(*book.findings, *others),
        notes=(*book.notes, *_views(store)),
        counts=book.counts,
        checked=("audit", *invariants),
    )


def check_audit(store: Store, *, now: datetime) -> Report:
    """Check the audit book: its lines, its blocks, its anchors.

    Tells apart lines sealed (a block lists them and they are there), not yet sealed, and missing.
    """
    tally, books = Tally(), BookTally()
    sealed = sealed_ids(store)
    findings = list(check_lines(store, sealed, tally))
    findings += check_blocks(store, tally.wrong_ids or set(), books)
    findings += unreadable_anchors(store)
    return Report(
        findings=tuple(findings),
        notes=tuple(_notes(tally, books, now)),
        counts={
            "lines": tally.lines,
            "sealed": tally.lines - tally.unsealed,
            "unsealed": tally.unsealed,
            "missing": books.missing,
            "blocks": books.blocks,
            "anchors": books.anchors,
        },
        checked=("audit",),
    )


def _views(store: Store) -> Iterator[Finding]:
    """Kept views that name what the config has no more: they work without it."""
    for view, names in views.lacking(store):
        yield Finding.of(
            "view_names_gone", id=view.id, name=view.name, type=view.type, names=", ".join(names)
        )


def _notes(tally: Tally, books: BookTally, now: datetime) -> Iterator[Finding]:
    oldest = tally.oldest_unsealed_at
    if oldest is not None and now - oldest > UNSEALED_TOO_LONG:
        yield Finding.of("audit_unsealed_long", count=tally.unsealed, at=oldest.isoformat())
    if books.blocks and not books.anchors:
        yield Finding.of("audit_no_anchor")


__all__ = [
    "INVARIANTS",
    "Finding",
    "Invariant",
    "Report",
    "check_audit",
    "verify",
]
