"""Operations a crash run does, on the operations layer.

A deed prepares what it acts on, is done, and says by plain SQL on the tables whether it has
happened: wholly, once; not at all; or what is half about it. It knows nothing of the run.

- `deed`: what one is · `single`: on one record · `many`: on several, and from the bin
"""

from tests.soak.deeds.deed import ABSENT, WHOLE, Deed, Facts, stray_files
from tests.soak.deeds.many import Bulk, Restore
from tests.soak.deeds.single import PDF, Change, Create, Remove, Stale, Upload, Visit

SINGLE: tuple[Deed, ...] = (Create(), Change(), Stale(), Remove(), Visit(), Upload())
DEEDS: tuple[Deed, ...] = (*SINGLE, Restore(), Bulk())
POINTED: tuple[Deed, ...] = (Create(), Change(), Remove(), Upload())  # one of each kind of writing

__all__ = [
    "ABSENT",
    "DEEDS",
    "PDF",
    "POINTED",
    "SINGLE",
    "WHOLE",
    "Bulk",
    "Change",
    "Create",
    "Deed",
    "Facts",
    "Remove",
    "Restore",
    "Stale",
    "Upload",
    "Visit",
    "stray_files",
]
