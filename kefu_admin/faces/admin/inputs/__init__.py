"""Forms: from a field's definition to a control, and from what was posted back to raw values.

`model` the values templates print · `filled` what a form holds (defaults, a record, what was typed)
· `sheet` what builders need, `build` the whole form, `kinds` the control of each field type ·
`posted` from the request to raw values for `operations.records`.
Nothing here is taken from a stored object when the browser did not send it.
"""

from kefu_admin.faces.admin.inputs.build import BUILDERS, child_inputs, form_sections
from kefu_admin.faces.admin.inputs.filled import Filled, from_defaults, from_row, raw_text
from kefu_admin.faces.admin.inputs.model import ChildRow, FormSection, Input, Option
from kefu_admin.faces.admin.inputs.posted import PREFIX, Posted, posted

__all__ = [
    "BUILDERS",
    "PREFIX",
    "ChildRow",
    "Filled",
    "FormSection",
    "Input",
    "Option",
    "Posted",
    "child_inputs",
    "form_sections",
    "from_defaults",
    "from_row",
    "posted",
    "raw_text",
]
