"""Questions to the store and their answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.view import SortKey


class Nearness(Enum):
    """How closely a field must hold a word searched for."""

    HOLDS = "holds"  # anywhere, or as pinyin
    BEGINS = "begins"  # short texts only
    IS = "is"  # short texts only; a few others may come along


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One page of a type's rows.

    `where` is the rule's condition (runs with the rule's rights: config views, engines);
    `filter` is a person's condition (fields he does not see are refused before it comes here).
    `after`/`before` are keyset cursors (opaque text). `count_up_to` 0 = no count.
    """

    type: str
    columns: tuple[str, ...]
    where: Condition = ALWAYS
    filter: Condition = ALWAYS
    search: str = ""
    nearness: Nearness = Nearness.HOLDS
    sort: tuple[SortKey, ...] = ()
    limit: int = 50
    after: str = ""
    before: str = ""
    last: bool = False
    count_up_to: int = 0
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference as shown: id and label (already masked by the target's rules)."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as shown."""

    id: int
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as one actor may see it. A field he may not see is not in `values`; a masked one
    holds the masked text and its name stands in `masked`. References are `Ref`, many-valued
    references tuples of them, files tuples of `File`. `editable` names the fields he may write in
    this row; `actions` what he may do to it (values of role.Action)."""

    type: str
    id: int
    version: int
    title: str
    values: Mapping[str, object]
    masked: frozenset[str] = frozenset()
    editable: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows in order; cursors are "" where there is no such page. `count` is None when not asked;
    `capped` says that there are more than `count`."""

    rows: tuple[Row, ...]
    next: str = ""
    previous: str = ""
    count: int | None = None
    capped: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """A deleted record as the asker may see it.

    Attributes:
        version: of the deletion.
        values, masked: as in a `Row`; owned rows are not among them.
        unfit: fields whose values their type does not take any more: texts as they were written.
        actions: what he may do with it, `restore` and `purge`.
        along: how many rows it owned come back with it; `rows` are they, where asked for.
        lost: recorded fields that the type has no more.
    """

    type: str
    id: int
    version: int
    title: str
    deleted_at: datetime
    by: Ref
    values: Mapping[str, object]
    masked: frozenset[str]
    unfit: frozenset[str]
    actions: frozenset[str]
    along: int = 0
    rows: tuple[BinRow, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BinPage:
    """Deleted records, newest first; `next` continues, 0 at the end. A page may be short, or empty,
    and still go on: what he may not see was passed over."""

    rows: tuple[BinRow, ...]
    next: int = 0
