"""List views people keep, and how they like their lists. What they see of it: `reading.views`.

`keeping` create, change, remove · `checking` what a view must be · `tastes` columns, density,
widths and the view a list opens with.
"""

from kefu_admin.operations.views.checking import LONGEST_NAME, Wanted
from kefu_admin.operations.views.keeping import change, create, may_change, remove, wanted_of
from kefu_admin.operations.views.tastes import lay_out, open_with

__all__ = [
    "LONGEST_NAME",
    "Wanted",
    "change",
    "create",
    "lay_out",
    "may_change",
    "open_with",
    "remove",
    "wanted_of",
]
