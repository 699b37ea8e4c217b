"""The only reader of records for persons: rules, levels and masks are applied before rows leave.

- `sight`: who looks at which store, when · `shape`: what a SELECT brings and how rows are read ·
  `select`: statements, always with the type's visibility · `order`, `cursor`: keyset paging ·
  `page`: one page and its count · `selection`: ids and versions of a whole list · `table`: all
  that a list holds, column by column · `single`: one record; true values for engines · `picks`:
  pick-lists · `labels`, `files`, `assemble`: from fetched tuples to `Row`s · `shown`: values of
  another origin (history) by the same rights · `binned`: deleted records.

Statement texts are compiled once per (type, grants, columns, condition, order) and kept per store.
"""

from kefu_admin.store.read.binned import Bin
from kefu_admin.store.read.labels import Labels
from kefu_admin.store.read.page import count, page
from kefu_admin.store.read.picks import named, picks
from kefu_admin.store.read.quick import words_of
from kefu_admin.store.read.selection import Selection, selection
from kefu_admin.store.read.shown import Shown, Wanted
from kefu_admin.store.read.sight import Evaluate, Sight
from kefu_admin.store.read.single import get, raw, raw_of_any, rights, rights_in, visible_ids
from kefu_admin.store.read.table import Part, leaving, parts

__all__ = [
    "Bin",
    "Evaluate",
    "Labels",
    "Part",
    "Selection",
    "Shown",
    "Sight",
    "Wanted",
    "count",
    "get",
    "leaving",
    "named",
    "page",
    "parts",
    "picks",
    "raw",
    "raw_of_any",
    "rights",
    "rights_in",
    "selection",
    "visible_ids",
    "words_of",
]
