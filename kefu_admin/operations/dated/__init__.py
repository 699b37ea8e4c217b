"""Values kept in rows: who may keep them, how dates follow on each other, and what the file gives.

A role's `keeps` names the definitions a person keeps; for anybody else they do not exist. Values
are never deleted: they end on a day, so that old records keep their words. A new value for a key
that already has one ends the one before on the day it begins. Values of a kind without dates hold
from when they are written; many of them are `put` at once.

Rule: reliability-security D05, D06, D11.
"""

from kefu_admin.operations.dated.following import BY_CONFIG, bring_up
from kefu_admin.operations.dated.keeping import MOST_VALUES, Put, add, change, compared, put
from kefu_admin.operations.dated.looking import (
    FROM,
    UNTIL,
    Kept,
    Past,
    State,
    as_plain,
    definition,
    history,
    kept_by,
    value,
    values,
)

__all__ = [
    "BY_CONFIG",
    "FROM",
    "MOST_VALUES",
    "UNTIL",
    "Kept",
    "Past",
    "Put",
    "State",
    "add",
    "as_plain",
    "bring_up",
    "change",
    "compared",
    "definition",
    "history",
    "kept_by",
    "put",
    "value",
    "values",
]
