"""Importing a file: taken in, its columns mapped to fields, then shown and run as a batch.

- `taking`: the file is read and its lines kept · `mapping`: which column holds which field; then
  the batch looks at every line (`operations.bulk.importing`)
- `books`: the template to fill in, and the lines with faults marked in them

Rule: reliability-security D27, D28.
"""

from kefu_admin.operations.bulk.importing import check_right
from kefu_admin.operations.imports.books import faults, template
from kefu_admin.operations.imports.mapping import Staged, choose, staged, suggested, takes
from kefu_admin.operations.imports.taking import MOST_LINES, take

__all__ = [
    "MOST_LINES",
    "Staged",
    "check_right",
    "choose",
    "faults",
    "staged",
    "suggested",
    "take",
    "takes",
    "template",
]
