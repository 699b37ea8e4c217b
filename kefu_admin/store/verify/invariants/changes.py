"""No change of the tables is left half-way unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.store.apply.activation import SWITCHING, fingerprint
from kefu_admin.store.carrying import register
from kefu_admin.store.database import Store
from kefu_admin.store.verify.report import Finding


def applied(store: Store, now: datetime) -> Iterator[Finding]:
    """Every apply that began has come to its end, or was cleared away."""
    if (fingerprint(store) or "").startswith(SWITCHING):
        yield Finding.of("ready_switching")
    for each in register.unfinished(store):
        subject = f"{each.table}.{each.column}"
        yield Finding.of("ready_filling", subject=subject, rows=each.rows)
