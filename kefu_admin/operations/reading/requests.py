"""What a face asks of a list, and what it is told of types, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.role import Action
from kefu_admin.definitions.view import ListView
from kefu_admin.store.query import Page, Ref

COUNT_UP_TO = 10_000
"""Lists say "more than 10,000" instead of counting on."""
PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """One page of a list.

    Attributes:
        type: type id; may be left "" when `view` is given.
        view: id of a configured list view: its condition, and its columns and sort unless given.
        columns: field ids; () = the view's, else every field in sight.
        filter: the person's condition as a plain tree (`{field: {op: operand}}`), or parsed.
        search: quick-search text.
        sort: as written by a person ("-created_at", "name"); () = the view's.
        limit: rows per page, 1..200; 0 = the view's.
        after, before: cursors of an earlier page. last: the last page.
        count: whether to count (up to COUNT_UP_TO).
        ids: only these records (bulk choices), in the list's order.
    """

    type: str = ""
    view: str = ""
    columns: tuple[str, ...] = ()
    filter: object = None
    search: str = ""
    sort: tuple[str, ...] = ()
    limit: int = 0
    after: str = ""
    before: str = ""
    last: bool = False
    count: bool = True
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field as one actor meets it. `seen` in at least some rows (masked counts), `masked` in at
    least some, `full`: in all rows and in full. `edit`/`create`: may be written in some existing
    row / in a new one. `operators`: what he may filter by ((): nothing)."""

    field: Field
    seen: bool
    masked: bool
    full: bool
    edit: bool
    create: bool
    sortable: bool
    operators: tuple[Op, ...]

    @property
    def id(self) -> str:
        return self.field.id

    @property
    def label(self) -> Label:
        return self.field.label


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeView:
    """A type as one actor meets it: what he may do to some of its rows, and its fields in sight, in
    config order (fields he neither sees nor writes are left out)."""

    type: ContentType
    actions: frozenset[Action]
    fields: Mapping[str, FieldView]
    views: tuple[ListView, ...]
    searchable: bool

    @property
    def id(self) -> str:
        return self.type.id


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An entry of the menu the actor may open. Exactly one of `view` and `page`."""

    label: Label
    icon: str
    view: str = ""
    page: str = ""
    type: str = ""  # the view's type


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuBranch:
    label: Label
    icon: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCard:
    """A list view with how many rows it holds for the actor (capped at COUNT_UP_TO)."""

    view: ListView
    label: Label
    icon: str
    color: str
    count: int
    capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeGroup:
    """Cards under one heading; without one where the config names no first page."""

    label: Label | None
    cards: tuple[HomeCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page: cards, types one may make records of, and my records changed last."""

    groups: tuple[HomeGroup, ...]
    new: tuple[str, ...]
    recent: tuple[Recent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A record changed lately that belongs to the actor or was changed by him."""

    type: str
    id: int
    title: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Rows of `type` that refer to a record by `field`."""

    type: ContentType
    field: Field
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One version of a record: only fields the actor sees, masked ones masked."""

    version: int
    action: str
    by: Ref | None
    at: datetime
    before: Mapping[str, object]
    after: Mapping[str, object]
    masked: frozenset[str] = frozenset()
    unfit: frozenset[str] = frozenset()  # texts their fields do not take any more
    operation: str = ""


class RowChange(StrEnum):
    """What became of an owned row between two versions of its owner."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """An owned row that differs between two versions of its owner, under the rights in that row:
    of a changed one the fields that differ, of another all that are filled. `rows`: what differs in
    the rows it owns itself, by list."""

    change: RowChange
    row: Ref
    type: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    masked: frozenset[str] = frozenset()
    unfit: frozenset[str] = frozenset()
    rows: Mapping[str, tuple[RowDifference, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two versions of a record: only fields the actor sees, masked ones
    masked. `before` holds the values at `older`, `after` those at `newer`; lists of owned rows name
    those he sees, and `rows` tells what differs in them."""

    older: int
    newer: int
    before: Mapping[str, object]
    after: Mapping[str, object]
    masked: frozenset[str] = frozenset()
    unfit: frozenset[str] = frozenset()
    rows: Mapping[str, tuple[RowDifference, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an explanation: a code of `wordings.reading` and its facts. `decides`: the
    verdict is as it is because of this one."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    decides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why someone may or may not. `verdict` is the code of the outcome (explain_seen,
    explain_masked, explain_field_hidden, explain_hidden); `said` tells every rule that spoke, in
    order, with file:line; `actions` is what he may do to the record."""

    verdict: str
    said: tuple[Said, ...]
    actions: frozenset[Action]
