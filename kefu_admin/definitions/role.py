"""Roles: who may do what to which rows and which fields of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.problems import NOWHERE, Place


class Action(StrEnum):
    """What may be done to rows of a type. `unmask`: ask for a masked value with a reason;
    `restore`, `purge`: bring a deleted row back, erase it for good; `bulk`: take part in a bulk
    action, besides what that does to them; `import`: come from a file or be
    changed by one, besides `create` and `update`; `merge`: become one with another, besides
    `update` of both."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"
    HISTORY = "history"
    UNMASK = "unmask"
    RESTORE = "restore"
    PURGE = "purge"
    BULK = "bulk"
    IMPORT = "import"
    MERGE = "merge"


class Right(StrEnum):
    """What may be done with a field's value. EDIT implies SEE; SEE implies SEARCH_EXACT."""

    SEE = "see"
    SEE_MASKED = "masked"
    SEARCH_EXACT = "search"
    EDIT = "edit"
    EXPORT = "export"


class Permission(StrEnum):
    """Rights that belong to no type."""

    USERS = "users"  # people, roles they hold, departments
    TOKENS = "tokens"  # issue API tokens for oneself
    AUDIT = "audit"  # read the audit book
    CONFIG = "config"  # read definitions and what is applied
    STATUS = "status"  # read how the system is: jobs, backups, disks
    NUMBERS = "numbers"  # void business numbers, read the void register
    JOBS = "jobs"  # everybody's background jobs, messages to other systems
    VIEWS = "views"  # share list views with a role or everyone
    VALUES = "values"  # keep values that stand in rows: those `keeps` of a role names


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Actions on the rows of a type that match `rows`, with rights per field (completed at load:
    every field of the type has an entry, possibly empty)."""

    type: str
    actions: frozenset[Action]
    rows: Condition = ALWAYS
    fields: Mapping[str, frozenset[Right]]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Takes away, whatever any role grants: actions on matching rows, or rights on fields of them.
    Empty `fields` means the actions; otherwise the named fields are hidden in matching rows."""

    type: str
    actions: frozenset[Action] = frozenset()
    rows: Condition = ALWAYS
    fields: frozenset[str] = frozenset()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`exclusive` names a group (三员: system, security, audit) of which a person may hold one role
    only. `clearance` is the id of the highest secrecy level its holders may read."""

    id: str
    label: Label
    help: Label = NO_LABEL
    grants: tuple[Grant, ...] = ()
    denials: tuple[Denial, ...] = ()
    may: frozenset[Permission] = frozenset()
    keeps: frozenset[str] = frozenset()  # names of `Project.dated`
    clearance: str = ""
    exclusive: str = ""
    place: Place = field(default=NOWHERE, compare=False)
