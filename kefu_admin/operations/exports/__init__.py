"""A list as a file: what its reader sees of it and may take along, as CSV or as a workbook.

- `making`: what a file would hold, the audit line, the file
- `printing`: one record on paper
- `cells`: values as a spreadsheet holds them · `csv_file`, `xlsx_file` (with `parcel`): the forms

Rows come through `operations.reading` only. Rule: reliability-security D28, S12.
"""

from kefu_admin.operations.exports.making import Form, Made, Outline, Wanted, export, outline
from kefu_admin.operations.exports.printing import Printed, print_out

__all__ = [
    "Form",
    "Made",
    "Outline",
    "Printed",
    "Wanted",
    "export",
    "outline",
    "print_out",
]
