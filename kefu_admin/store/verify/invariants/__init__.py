"""What must hold between tables, one small function each.

- `links`: references, attachments · `versions`: audit and history complete per record, the
  bin · `numbers`:
  business numbers without gap · `kept`: rollups equal their rows, encrypted values open, the search
  index is there and current · `batches`: bulk changes told whole, and told as they were
  · `merges`: nothing refers to what went, and old numbers lead somewhere
  · `changes`: no apply stopped half-way · `work`: jobs and messages can be taken, or are over
  · `dated`: values kept in rows do not meet, and records name known ones

A later module adds its own to INVARIANTS: a function of the store and the instant that yields
findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from kefu_admin.store.database import Store
from kefu_admin.store.verify.invariants.batches import bulk_changes
from kefu_admin.store.verify.invariants.changes import applied
from kefu_admin.store.verify.invariants.dated import dated
from kefu_admin.store.verify.invariants.kept import rollups, search, secrets
from kefu_admin.store.verify.invariants.links import attachments, references
from kefu_admin.store.verify.invariants.merges import merged
from kefu_admin.store.verify.invariants.numbers import numbers
from kefu_admin.store.verify.invariants.versions import audited, binned, history
from kefu_admin.store.verify.invariants.work import work
from kefu_admin.store.verify.report import Finding

Invariant = Callable[[Store, datetime], Iterable[Finding]]

INVARIANTS: Mapping[str, Invariant] = MappingProxyType(
    {
        "references": references,
        "attachments": attachments,
        "audited": audited,
        "history": history,
        "bin": binned,
        "numbers": numbers,
        "rollups": rollups,
        "secrets": secrets,
        "search": search,
        "batches": bulk_changes,
        "merges": merged,
        "applied": applied,
        "dated": dated,
        "work": work,
    }
)

__all__ = ["INVARIANTS", "Invariant"]
