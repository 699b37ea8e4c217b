"""Two records that mean the same become one, and two again while there is time.

- `doing`: merging and taking back, at once while few references move, else by a worker
- `moving`: the chunks of both, and the kinds of jobs
- `comparing`: both records side by side, before anything happens
- `looking`: what became of a merge; where an old id or number leads
"""

from kefu_admin.operations.merging.comparing import NEEDED, Compared, compare
from kefu_admin.operations.merging.doing import Merged, merge, mergeable_type, undo
from kefu_admin.operations.merging.looking import (
    MOST,
    Part,
    Shown,
    by_number,
    former_history,
    get,
    leads_to,
    merged_into,
    rows,
)
from kefu_admin.operations.merging.moving import RUN, UNDO

__all__ = [
    "MOST",
    "NEEDED",
    "RUN",
    "UNDO",
    "Compared",
    "Merged",
    "Part",
    "Shown",
    "by_number",
    "compare",
    "former_history",
    "get",
    "leads_to",
    "merge",
    "mergeable_type",
    "merged_into",
    "rows",
    "undo",
]
