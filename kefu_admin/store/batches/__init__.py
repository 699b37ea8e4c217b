"""Batches: which records a bulk change is about, frozen with their versions, and what came of each.

- `rows`: batches and their records as values, and reading them
- `keeping`: the one writer of `kefu_batch` and `kefu_batch_row`
- `lines`: files to be imported, the one writer of `kefu_import` and `kefu_import_row`
- `digests`: what the audit line of a batch says of the whole

A selection is frozen portion by portion, each in a transaction of its own, so that no writer waits
for it; a batch whose selection is not whole can only be deleted. A record's verdict is written in
the transaction that changes it, so what is still open in a batch is exactly what is still to be
done, however often a worker was killed.
Rule: reliability-security D04, D06, R11.
"""

from kefu_admin.store.batches.digests import names, of_batch, of_record
from kefu_admin.store.batches.keeping import (
    LookedAt,
    add,
    advance,
    close,
    forget,
    forget_unconfirmed,
    freeze,
    make,
    plan,
    start,
    tell,
    tell_ready,
)
from kefu_admin.store.batches.lines import Sheet
from kefu_admin.store.batches.rows import (
    Batch,
    BatchRow,
    State,
    counts,
    done,
    frozen,
    get,
    last_row,
    of_asker,
    reasons,
    rows,
    undone_by,
)

__all__ = [
    "Batch",
    "BatchRow",
    "LookedAt",
    "Sheet",
    "State",
    "add",
    "advance",
    "close",
    "counts",
    "done",
    "forget",
    "forget_unconfirmed",
    "freeze",
    "frozen",
    "get",
    "last_row",
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
