"""What the writer may do to one record: the same rules `store.read` puts into SQL, decided here.

A record just read under a lock (or not yet written) is decided in memory, so that a change costs
no statement for its rules. Roles combine as pairs: a right on a field counts only in rows that its
own grant matches, for the action asked. Denials of any role win; secrecy levels come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kefu_admin.definitions.condition import ALWAYS, NEVER, Condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Right
from kefu_admin.store.grants import RowDenial, RowGrant
from kefu_admin.store.warrant import Lookup, Warrant

UNWRITTEN = frozenset({"computed", "rollup", "number"})


@dataclass(frozen=True, slots=True)
class Held:
    """What holds in one row for the asked action. Of a field seen `masked` one sees whether it has
    a value. `within_level` is False above the clearance: then `actions` is empty."""

    actions: frozenset[Action]
    edit: frozenset[str] = frozenset()
    see: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    within_level: bool = True


NOTHING = Held(frozenset())


class Access:
    """Decides rights in rows for one warrant."""

    def __init__(self, warrant: Warrant, project: Project, lookup: Lookup) -> None:
        self._warrant = warrant
        self._project = project
        self._lookup = lookup
        self._ranks = {level.id: level.rank for level in project.secrecy_levels}

    def allows(self, type_id: str, action: Action) -> bool:
        """Whether the action is possible on at least some rows of the type."""
        of_type = self._warrant.grants.types.get(type_id)
        return of_type is not None and action in of_type.actions

    def visible(self, type_id: str, values: Mapping[str, object]) -> bool:
        """Whether the record may be read at all."""
        return Action.READ in self.held(type_id, Action.READ, values).actions

    def held(self, type_id: str, action: Action, values: Mapping[str, object]) -> Held:
        """Whether reading and `action` are allowed in this row, and the fields that may be written
        by that action and be seen."""
        of_type = self._warrant.grants.types.get(type_id)
        content_type = self._project.types.get(type_id)
        if of_type is None or content_type is None:
            return NOTHING
        if not self.within_level(content_type, values):
            return Held(frozenset(), within_level=False)
        matching = tuple(
            place
            for place, grant in enumerate(of_type.grants)
            if (action in grant.actions or Action.READ in grant.actions)
            and self._holds(type_id, grant.rows, values)
        )
        denying = tuple(
            place
            for place, denial in enumerate(of_type.denials)
            if (denial.fields or action in denial.actions or Action.READ in denial.actions)
            and self._holds(type_id, denial.rows, values)
        )
        spoken = (action, matching, denying)
        known: Held | None = of_type.combined.get(spoken)
        if known is None:
            known = of_type.combined[spoken] = _held(
                [of_type.grants[place] for place in matching],
                [of_type.denials[place] for place in denying],
                action,
            )
        return known

    def within_level(self, content_type: ContentType, values: Mapping[str, object]) -> bool:
        """Whether the record's level, and those of its owners, are within the clearance."""
        if content_type.secrecy:
            level = values.get(content_type.secrecy)
            if self._ranks.get(str(level), 0) > self._warrant.grants.clearance:
                return False
        if content_type.owned_by:
            parent_type = self._project.types[content_type.fields[content_type.owned_by].to]
            parent_id = values.get(content_type.owned_by)
            parent = self._lookup(parent_type.id, parent_id) if isinstance(parent_id, int) else None
            return parent is None or self.within_level(parent_type, parent)
        return True

    def _holds(self, type_id: str, rows: Condition, values: Mapping[str, object]) -> bool:
        if rows == ALWAYS:
            return True
        if rows == NEVER:
            return False
        return self._warrant.decide(
            rows,
            values,
            type_id=type_id,
            binding=self._warrant.binding,
            lookup=self._lookup,
        )


def _held(grants: Sequence[RowGrant], denials: Sequence[RowDenial], action: Action) -> Held:
    """What these grants and denials, which all speak of a row, come to in it."""
    asked = {action, Action.READ}
    denied = {a for denial in denials if not denial.fields for a in denial.actions}
    hidden = frozenset(name for denial in denials for name in denial.fields)
    actions = frozenset(a for grant in grants for a in grant.actions & asked) - denied
    if not actions:
        return NOTHING

    def fields(by: Action, right: Right) -> frozenset[str]:
        return _having(grants, by, right) - hidden if by in actions else frozenset()

    return Held(
        actions,
        edit=fields(action, Right.EDIT),
        see=fields(Action.READ, Right.SEE),
        masked=fields(Action.READ, Right.SEE_MASKED),
    )


def _having(grants: Iterable[RowGrant], action: Action, right: Right) -> frozenset[str]:
    return frozenset(
        name
        for grant in grants
        if action in grant.actions
        for name, rights in grant.rights.items()
        if right in rights
    )
