"""What an actor's grants mean for the rows of one type: which are visible, and what holds in each.

Pure: conditions in, conditions and rights out; `store.where` turns them into SQL. A row is visible
when a reading grant matches it, no reading denial does, and its secrecy level (and those of its
owners) is within the clearance. Where grants differ, a SELECT asks one *flag* per distinct
condition and `Rules.rights` turns the flags of a row into that row's rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.condition import (
    ALWAYS,
    NEVER,
    Compare,
    Condition,
    Literal,
    Op,
    Path,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.logic import all_of, any_of, negate, through
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Right
from kefu_admin.store.grants import Grants, RowDenial, TypeGrants

ALWAYS_SEEN = frozenset({"id", "version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRights:
    """What holds in one row. `see` and `masked` exclude each other; `search` may be looked up
    exactly; `edit` may be written; `unmask` may be asked for with a reason."""

    actions: frozenset[Action]
    see: frozenset[str]
    masked: frozenset[str]
    search: frozenset[str]
    edit: frozenset[str]
    export: frozenset[str]
    unmask: frozenset[str]


_NONE = frozenset[str]()
NO_RIGHTS = RowRights(
    actions=frozenset(),
    see=_NONE,
    masked=_NONE,
    search=_NONE,
    edit=_NONE,
    export=_NONE,
    unmask=_NONE,
)


class Reach(StrEnum):
    """How far a field is open over the rows an actor sees: in all, in some, in none."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(slots=True, kw_only=True)
class Rules:
    """The compiled rules of one type for one set of roles. Values of `flags` are found once per row
    pattern and kept."""

    type: ContentType
    grants: TypeGrants
    level: Condition
    visible: Condition
    flags: tuple[Condition, ...]
    _known: dict[Condition, bool]
    _rights: dict[tuple[bool, ...], RowRights] = field(default_factory=dict)
    _where: dict[tuple[str, frozenset[Right]], Condition] = field(default_factory=dict)

    def rights(self, flags: Sequence[object]) -> RowRights:
        """The rights in a visible row whose flags came out as given (0/1 or booleans)."""
        pattern = tuple(bool(flag) for flag in flags)
        found = self._rights.get(pattern)
        if found is None:
            holds = {**self._known, **dict(zip(self.flags, pattern, strict=True))}
            found = self._rights[pattern] = combine(self.type, self.grants, holds)
        return found

    def where(self, name: str, rights: frozenset[Right]) -> Condition:
        """In which visible rows one of the rights on the field holds: ALWAYS, NEVER or a condition.

        The condition is sound only together with `visible`.
        """
        found = self._where.get((name, rights))
        if found is None:
            found = self._where[name, rights] = self._open(name, rights)
        return found

    def seen(self, name: str) -> Condition:
        """In which visible rows the field is seen in full."""
        return self.where(name, frozenset({Right.SEE}))

    def reach(self, name: str) -> Reach:
        """Whether the field is seen in full in all, some or none of the visible rows."""
        seen = self.seen(name)
        return {ALWAYS: Reach.ALL, NEVER: Reach.NONE}.get(seen, Reach.SOME)

    def allowed(self, action: Action) -> Condition:
        """In which visible rows the action may be done; sound only together with `visible`."""
        giving = any_of(g.rows for g in self.grants.grants if action in g.actions)
        denied = any_of(d.rows for d in self.grants.denials if not d.fields and action in d.actions)
        return all_of((giving, negate(denied)))

    def leaves(self, name: str) -> bool:
        """Whether the field's values may leave in a file from some visible rows."""
        return name in ALWAYS_SEEN or any(
            Action.EXPORT in g.actions and Right.EXPORT in g.rights.get(name, frozenset())
            for g in self.grants.grants
        )

    def _open(self, name: str, rights: frozenset[Right]) -> Condition:
        if name in ALWAYS_SEEN:
            return ALWAYS
        giving = [g for g in self.grants.grants if Action.READ in g.actions]
        open_in = any_of(g.rows for g in giving if g.rights.get(name, frozenset()) & rights)
        if all(g.rights.get(name, frozenset()) & rights for g in giving):
            open_in = ALWAYS
        hidden = any_of(d.rows for d in self.grants.denials if name in d.fields)
        return all_of((open_in, negate(hidden)))


def compile_rules(project: Project, grants: Grants, type_id: str) -> Rules | None:
    """The rules of a type, or None when the type does not exist for the actor."""
    content_type = project.types.get(type_id)
    of_type = grants.types.get(type_id)
    if content_type is None or of_type is None or Action.READ not in of_type.actions:
        return None
    level = _level(project, content_type, grants.clearance)
    granted = any_of(g.rows for g in of_type.grants if Action.READ in g.actions)
    denied = any_of(d.rows for d in of_type.denials if _hides(d))
    known: dict[Condition, bool] = {d.rows: False for d in of_type.denials if _hides(d)}
    known |= {granted: True, ALWAYS: True, NEVER: False}
    spoken = [g.rows for g in of_type.grants] + [d.rows for d in of_type.denials]
    asked = dict.fromkeys(rows for rows in spoken if rows not in known)
    return Rules(
        type=content_type,
        grants=of_type,
        level=level,
        visible=all_of((granted, negate(denied), level)),
        flags=tuple(asked),
        _known=known,
    )


def combine(
    content_type: ContentType, of_type: TypeGrants, holds: Mapping[Condition, bool]
) -> RowRights:
    """The rights in a row for which each condition `holds` or not; pairs, denials last."""
    matching = [g for g in of_type.grants if holds[g.rows]]
    denying = [d for d in of_type.denials if holds[d.rows]]
    denied = frozenset(a for d in denying if not d.fields for a in d.actions)
    hidden = frozenset(name for d in denying for name in d.fields)
    actions = frozenset(a for g in matching for a in g.actions) - denied

    def having(right: Right, action: Action) -> frozenset[str]:
        if action not in actions:
            return frozenset()
        return (
            frozenset(
                name
                for g in matching
                if action in g.actions
                for name, rights in g.rights.items()
                if right in rights
            )
            - hidden
        )

    see = having(Right.SEE, Action.READ) | (ALWAYS_SEEN & content_type.fields.keys())
    edit = frozenset(
        name
        for name in having(Right.EDIT, Action.UPDATE)
        if not content_type.fields[name].system and field_type(content_type.fields[name]).written
    )
    return RowRights(
        actions=actions,
        see=see,
        masked=having(Right.SEE_MASKED, Action.READ) - see,
        search=having(Right.SEARCH_EXACT, Action.READ) | see,
        edit=edit,
        export=having(Right.EXPORT, Action.EXPORT),
        unmask=having(Right.SEE_MASKED, Action.UNMASK) - see,
    )


def _hides(denial: RowDenial) -> bool:
    """Whether the denial makes its rows invisible."""
    return not denial.fields and Action.READ in denial.actions


def _level(project: Project, content_type: ContentType, clearance: int) -> Condition:
    """No row above the clearance, by its own level and its owners'; no level counts as rank 0."""
    parts: list[Condition] = []
    if content_type.secrecy and project.secrecy_levels:
        permitted = tuple(level.id for level in project.secrecy_levels if level.rank <= clearance)
        if len(permitted) < len(project.secrecy_levels):
            path = Path((content_type.secrecy,))
            empty = Compare(path, Op.IS_EMPTY, Literal(True))
            within = Compare(path, Op.IN, Literal(permitted))
            parts.append(any_of((empty, within)) if permitted else empty)
    if content_type.owned_by:
        parent = project.types.get(content_type.fields[content_type.owned_by].to)
        if parent is not None:
            above = _level(project, parent, clearance)
            parts.append(through(content_type.owned_by, above, parent.id))
    return all_of(parts)
