"""The only door to records for faces: every answer holds just what the actor may see.

- `lists`: list_rows, count, related, selection · `tables`: table, for files · `records`: get,
  history, difference, unmask · `owned`: what differs in owned rows · `hidden`: fields that do
  not apply to a record · `bin`: deleted records · `picking`: choices · `everywhere`: global
  search · `former`: numbers of merged records · `likeness`: records that may be the same ·
  `catalogue`: types, type_view, menu · `views`: kept list views · `start`: home · `why`: explain
- `filters`: a person's conditions held to what he sees · `exact`: exact look-ups, logged
  and limited · `sights`: who looks · `requests`: the values asked and answered
"""

from kefu_admin.operations.reading.bin import bin_all, bin_get, bin_page, bin_types
from kefu_admin.operations.reading.catalogue import menu, type_view, types
from kefu_admin.operations.reading.everywhere import Found, Hit, Marker, search_all
from kefu_admin.operations.reading.hidden import hidden
from kefu_admin.operations.reading.likeness import Likeness, alike
from kefu_admin.operations.reading.lists import check_filter, count, list_rows, related, selection
from kefu_admin.operations.reading.picking import choices, labels, named
from kefu_admin.operations.reading.records import difference, get, history, unmask
from kefu_admin.operations.reading.requests import (
    COUNT_UP_TO,
    PAGE_LIMIT,
    Difference,
    Explanation,
    FieldView,
    HistoryEntry,
    Home,
    HomeCard,
    ListRequest,
    MenuBranch,
    MenuItem,
    Recent,
    Related,
    RowChange,
    RowDifference,
    TypeView,
)
from kefu_admin.operations.reading.start import home
from kefu_admin.operations.reading.tables import Column, Leaving, Table, leaving_fields, table
from kefu_admin.operations.reading.views import (
    ShownView,
    has_view,
    lists_of,
    named_views,
    saved_views,
    shown_view,
    view_label,
)
from kefu_admin.operations.reading.why import actor_of, explain

__all__ = [
    "COUNT_UP_TO",
    "PAGE_LIMIT",
    "Column",
    "Difference",
    "Explanation",
    "FieldView",
    "Found",
    "HistoryEntry",
    "Hit",
    "Home",
    "HomeCard",
    "Leaving",
    "Likeness",
    "ListRequest",
    "Marker",
    "MenuBranch",
    "MenuItem",
    "Recent",
    "Related",
    "RowChange",
    "RowDifference",
    "ShownView",
    "Table",
    "TypeView",
    "actor_of",
    "alike",
    "bin_all",
    "bin_get",
    "bin_page",
    "bin_types",
    "check_filter",
    "choices",
    "count",
    "difference",
    "explain",
    "get",
    "has_view",
    "hidden",
    "history",
    "home",
    "labels",
    "leaving_fields",
    "list_rows",
    "lists_of",
    "menu",
    "named",
    "named_views",
    "related",
    "saved_views",
    "search_all",
    "selection",
    "shown_view",
    "table",
    "type_view",
    "types",
    "unmask",
    "view_label",
]
