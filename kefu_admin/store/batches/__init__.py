"""Batches: which records a bulk change is about, frozen with their versions, and what came of each.

- `rows`: batches and their records as values, and reading them
- `keeping`: the one writer of `kefu_batch` and `kefu_batch_row`
- `digests`: what the audit line of a batch says of the whole

A record's verdict is written in the transaction that changes it, so what is still open in a batch
is exactly what is still to be done, however often a worker was killed.
Rule: reliability-security D04, D06, R11.
"""

from kefu_admin.store.batches.digests import names, of_batch, of_record
from kefu_admin.store.batches.keeping import (
    advance,
    forget_unconfirmed,
    freeze,
    freeze_done,
    make,
    plan,
    start,
    tell,
    tell_ready,
)
from kefu_admin.store.batches.rows import (
    Batch,
    BatchRow,
    State,
    counts,
    frozen,
    get,
    of_asker,
    reasons,
    rows,
    undone_by,
)

__all__ = [
    "Batch",
    "BatchRow",
    "State",
    "advance",
    "counts",
    "forget_unconfirmed",
    "freeze",
    "freeze_done",
    "frozen",
    "get",
    "make",
    "names",
    "of_asker",
    "of_batch",
    "of_record",
    "plan",
    "reasons",
    "rows",
    "start",
    "tell",
    "tell_ready",
    "undone_by",
]
