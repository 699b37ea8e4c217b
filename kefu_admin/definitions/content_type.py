"""A content type: one kind of record, its fields, and how its rows are owned and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """Fields that together must not repeat, among all rows or those matching `where`."""

    fields: tuple[str, ...]
    where: Condition | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition every saved record must meet; `message` is shown when it does not."""

    id: str
    condition: Condition
    message: Label
    fields: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of fields in form and detail; `columns` 1 or 2."""

    id: str
    label: Label
    fields: tuple[str, ...]
    columns: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """Sections of form and detail that are shown together; `sections` by id."""

    id: str
    label: Label
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Two records of the type that mean the same may become one; taken back within `undo_hours`
    hours (0: never)."""

    undo_hours: int = 72
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two records that hold the same in the field `name` may be one. `without`: endings that say
    nothing, such as 有限公司; with them texts are compared by what is left, and one may hold the
    other."""

    name: str
    without: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentType:
    """One kind of record = one table.

    `fields` are in config order and include the system fields last. `title` names the field that
    stands for a record. `owner`, `department` and `secrecy` name the fields row rules and levels
    use (or ""). An owned type (`owned_by` = its reference to the parent) has no row rules of its
    own: its rows are visible when the parent is, writable when the parent is; `order` names the
    integer they stand in order by, or "". `summary` are the fields a detail shows on top. A section
    stands in exactly one tab where there are any. `guards` and `effects` name what extensions
    offer: asked before each change, told after it.
    """

    id: str
    label: Label
    plural: Label
    help: Label = NO_LABEL
    icon: str = ""
    fields: Mapping[str, Field]
    title: str
    owner: str = ""
    department: str = ""
    secrecy: str = ""
    owned_by: str = ""
    order: str = ""
    search: tuple[str, ...] = ()
    unique: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    sections: tuple[Section, ...] = ()
    tabs: tuple[Tab, ...] = ()
    summary: tuple[str, ...] = ()
    merge: Merging | None = None
    alike: tuple[Alike, ...] = ()
    renamed_from: str = ""
    clauses: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)
