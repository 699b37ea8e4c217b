"""The tables every desk has, whatever is configured, one file per subject.

Each table is written by the one module its file names. A column added here is planned and applied
like any other.
"""

from kefu_admin.store.fixed.batches import BATCHES
from kefu_admin.store.fixed.books import BOOKS
from kefu_admin.store.fixed.configured import CONFIGURED
from kefu_admin.store.fixed.dated import DATED
from kefu_admin.store.fixed.jobs import JOBS
from kefu_admin.store.fixed.merges import MERGES
from kefu_admin.store.fixed.people import PEOPLE
from kefu_admin.store.fixed.search import SEARCH
from kefu_admin.store.fixed.views import VIEWS
from kefu_admin.store.fixed.written import WRITTEN
from kefu_admin.store.shapes import TableShape

FIXED_TABLES: tuple[TableShape, ...] = (
    *CONFIGURED,
    *PEOPLE,
    *BOOKS,
    *WRITTEN,
    *BATCHES,
    *MERGES,
    *SEARCH,
    *DATED,
    *JOBS,
    *VIEWS,
)

__all__ = ["FIXED_TABLES"]
