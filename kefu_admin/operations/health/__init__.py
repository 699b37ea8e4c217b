"""How the desk is: one list of checks for command line, status page, readiness and metrics.

A check says its state, what it found and what to do, as codes and facts; `wording` makes sentences
of them. `checks` runs all of `CHECKS`, `figures` are the numbers behind them, `book` what a person
with the right may see. A later module adds its check by one entry in `looking.CHECKS`.
"""

from kefu_admin.operations.health.book import status
from kefu_admin.operations.health.figures import Figures, figures
from kefu_admin.operations.health.looking import CHECKS, checks, is_ready
from kefu_admin.operations.health.result import Check, Said, State, worst

__all__ = [
    "CHECKS",
    "Check",
    "Figures",
    "Said",
    "State",
    "checks",
    "figures",
    "is_ready",
    "status",
    "worst",
]
