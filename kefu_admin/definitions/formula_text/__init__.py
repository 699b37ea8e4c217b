"""The written form of formulas: `score * 10`, `if(kind == "company", 30, 7)`, `sum(lines, amount)`.

`tokens` cuts the text, `functions` is the closed list of functions with their kinds, `descent`
builds the typed tree by recursive descent up to the first fault, `parse` notes that. Nothing here
works a value out (`behaviours.formulas`), and nothing of Python's own syntax or objects is
reachable.
"""

from kefu_admin.definitions.formula_text.descent import MAX_DEPTH, MAX_NODES
from kefu_admin.definitions.formula_text.functions import FUNCTIONS
from kefu_admin.definitions.formula_text.parse import (
    MAX_CHARACTERS,
    parse_formula,
    parse_noting,
)

__all__ = [
    "FUNCTIONS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_NODES",
    "parse_formula",
    "parse_noting",
]
