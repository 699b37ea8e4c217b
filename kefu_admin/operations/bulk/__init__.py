"""Bulk changes: one action on many records, shown before, done once, told row by row.

- `offers`: which actions a person may use, and what he asked of one, as values
- `saying`: how the selection is told in the audit book
- `freezing`: ids and versions are written down · `previewing`: and what would become of each
- `confirming`: runs exactly what was shown · `working`: the chunks of planning and running
- `importing`: files (`operations.imports`) whose lines are what a batch does, read by `lines` and
  `naming`
- `undoing`: a batch that takes another one back
- `looking`: what its asker sees of a batch · `workbook`: its rows as an .xlsx

A batch is its asker's alone. Rule: reliability-security D04, D06, D08, R11.
"""

from kefu_admin.operations.bulk.confirming import run
from kefu_admin.operations.bulk.importing import IMPORT
from kefu_admin.operations.bulk.looking import Counted, Listed, Shown, batches_of, get, rows
from kefu_admin.operations.bulk.offers import offered
from kefu_admin.operations.bulk.previewing import MOST_ROWS, preview
from kefu_admin.operations.bulk.undoing import preview_undo
from kefu_admin.operations.bulk.working import PLAN, RUN, is_bulk

__all__ = [
    "IMPORT",
    "MOST_ROWS",
    "PLAN",
    "RUN",
    "Counted",
    "Listed",
    "Shown",
    "batches_of",
    "get",
    "is_bulk",
    "offered",
    "preview",
    "preview_undo",
    "rows",
    "run",
]
