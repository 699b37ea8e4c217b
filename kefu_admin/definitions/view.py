"""List views shipped in the config: columns, sort, filters offered, and a fixed condition."""

from __future__ import annotations

from dataclasses import dataclass, field

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.label import Label
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class SortKey:
    field: str
    descending: bool = False


NEWEST_FIRST = (SortKey("created_at", descending=True),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """One list of records of a type."""

    id: str
    label: Label
    type: str
    columns: tuple[str, ...]
    sort: tuple[SortKey, ...]
    filters: tuple[str, ...] = ()
    where: Condition = ALWAYS
    page_size: int = 50
    default: bool = False  # the view a type opens with
    place: Place = field(default=NOWHERE, compare=False)
