"""Merges: which record became part of which, and which references were moved with it.

- `rows`: merges and moved references as values, and reading them
- `keeping`: the one writer of `kefu_merge` and `kefu_merge_row`, in the transaction that moves
- `leading`: where an id or a number leads today, however often its record was merged on; an undone
  merge leads nowhere, and so does one whose record came back and was deleted again
"""

from kefu_admin.store.merges.keeping import close, finish, judge, make, note, part, wait
from kefu_admin.store.merges.leading import MOST_STEPS, leads_to, of_gone, of_number
from kefu_admin.store.merges.rows import (
    TABLE,
    Merge,
    Moved,
    State,
    Verdict,
    chain,
    every,
    get,
    into,
    is_merge,
    is_undo,
    last_of,
    moved,
    touching,
)

__all__ = [
    "MOST_STEPS",
    "TABLE",
    "Merge",
    "Moved",
    "State",
    "Verdict",
    "chain",
    "close",
    "every",
    "finish",
    "get",
    "into",
    "is_merge",
    "is_undo",
    "judge",
    "last_of",
    "leads_to",
    "make",
    "moved",
    "note",
    "of_gone",
    "of_number",
    "part",
    "touching",
    "wait",
]
