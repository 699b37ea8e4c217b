"""What an actor may do, compiled: the values `store.read` and `store.change` cannot work without.

Made by `behaviours.secrecy` from roles; conditions stay symbolic (`$me`, `$my_departments`) so one
compiled value serves everybody with the same roles.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.role import Action, Permission, Right
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGrant:
    """One (rows x fields) pair of one role. `rights` has an entry for every field of the type and
    says everything that follows: EDIT has brought SEE with it, SEE has brought SEARCH_EXACT."""

    role: str
    actions: frozenset[Action]
    rows: Condition
    rights: Mapping[str, frozenset[Right]]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDenial:
    """Takes actions (or, when `fields` is given, those fields) away from matching rows."""

    role: str
    actions: frozenset[Action]
    rows: Condition
    fields: frozenset[str]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, kw_only=True)
class TypeGrants:
    """Everything that holds for one type. No grants: the type does not exist for the actor.

    `combined` remembers what some of the grants and denials come to together, for the part of the
    store that works it out (`store.change.access`): there are few combinations.
    """

    type: str
    grants: tuple[RowGrant, ...] = ()
    denials: tuple[RowDenial, ...] = ()
    combined: dict[Hashable, Any] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def actions(self) -> frozenset[Action]:
        """The actions possible on at least some rows."""
        return frozenset(action for grant in self.grants for action in grant.actions)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields with any right in any row."""
        return frozenset(
            name for grant in self.grants for name, rights in grant.rights.items() if rights
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """All of an actor's rights. `key` names the shape (roles and scopes) for statement caches."""

    key: str
    types: Mapping[str, TypeGrants]
    permissions: frozenset[Permission]
    clearance: int
    keeps: frozenset[str] = frozenset()  # names of `Project.dated` whose values one may write
