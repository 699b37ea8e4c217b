"""Importing a file: taken in, its columns mapped to fields, then shown and run as a batch.

- `taking`: the file is read and its lines kept · `heads`: where its heads probably stand, and
  which fields they mean · `mapping`: which column holds which field; then the batch looks at every
  line (`operations.bulk.importing`)
- `books`: the template to fill in, and the lines with faults marked in them

Rule: reliability-security D27, D28.
"""

from kefu_admin.operations.bulk.importing import check_right
from kefu_admin.operations.imports.books import faults, template
from kefu_admin.operations.imports.heads import suggested, takes
from kefu_admin.operations.imports.mapping import Staged, choose, staged
from kefu_admin.operations.imports.taking import MOST_LINES, MOST_OF_WORKBOOK, take

__all__ = [
    "MOST_LINES",
    "MOST_OF_WORKBOOK",
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
