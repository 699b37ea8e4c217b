"""From roles to rights: who may do what to which rows and which fields of them.

A role's grant is a pair (rows, rights on fields) and stays one: rights of two grants meet only in
the rows both match. Denials of any role win over grants of every role. Secrecy levels come after
the roles (`store.rules` adds them). The result is symbolic (`$me` stays `$me`), so it serves
everybody with the same roles; `operations.desk` keeps one per set of roles and scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kefu_admin.definitions.condition import ALWAYS, NEVER, Condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Rollup
from kefu_admin.definitions.logic import any_of, through
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Denial, Grant, Permission, Right, Role
from kefu_admin.store.grants import Grants, RowDenial, RowGrant, TypeGrants

WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE, Action.RESTORE, Action.PURGE})
_ALL = frozenset(Action)


def compile_grants(
    project: Project, roles: frozenset[str], scopes: frozenset[str] | None = None
) -> Grants:
    """Everything these roles may do together; `scopes` (of a token) only take away.

    Roles the config does not know are ignored: they grant nothing. An owned type inherits rows from
    its parent within the same role: reading where the role reads the parent, writing where it
    updates the parent.
    """
    held = [project.roles[role] for role in sorted(roles) if role in project.roles]
    clearance = max((_rank(project, role) for role in held), default=0)
    types: dict[str, TypeGrants] = {}
    for content_type in project.types.values():
        grants = tuple(
            _without_rollups(project, held, clearance, scopes, grant, content_type)
            for role in held
            for grant in _scoped(
                _grants(project, role, content_type), project, content_type, scopes
            )
        )
        denials = tuple(d for role in held for d in _denials(project, role, content_type))
        if grants:
            types[content_type.id] = TypeGrants(
                type=content_type.id, grants=grants, denials=denials
            )
    return Grants(
        key=_key(held, scopes),
        types=types,
        permissions=frozenset(
            permission
            for role in held
            for permission in role.may
            if scopes is None or f"may:{permission}" in scopes
        ),
        clearance=clearance,
        keeps=frozenset(
            name
            for role in held
            for name in role.keeps
            if scopes is None or f"may:{Permission.VALUES}" in scopes
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One rule that spoke about a record: the grant or denial, or the level (neither)."""

    rule: RowGrant | RowDenial
    matches: bool
    gives: frozenset[Right] = frozenset()


def explain(
    grants: Grants, type_id: str, decide: Callable[[Condition], bool], field: str = ""
) -> tuple[Deciding, ...]:
    """Every rule about the type, and whether it matches the record `decide` answers for.

    With `field`, only rules that say something of that field; `gives` holds a grant's rights on it.
    """
    of_type = grants.types.get(type_id)
    if of_type is None:
        return ()
    spoken: list[Deciding] = []
    for grant in of_type.grants:
        gives = grant.rights.get(field, frozenset()) if field else frozenset()
        if not field or gives:
            spoken.append(Deciding(rule=grant, matches=decide(grant.rows), gives=gives))
    spoken += [
        Deciding(rule=denial, matches=decide(denial.rows))
        for denial in of_type.denials
        if not field or not denial.fields or field in denial.fields
    ]
    return tuple(spoken)


def _grants(project: Project, role: Role, content_type: ContentType) -> Iterator[RowGrant]:
    """The role's own pairs for a type; an owned type's rows come from its parent's."""
    written = [grant for grant in role.grants if grant.type == content_type.id]
    if not content_type.owned_by:
        for grant in written:
            yield _row_grant(project, role, grant, grant.actions, grant.rows)
        return
    parent = _parent(project, content_type)
    above = tuple(_grants(project, role, parent)) if written and parent else ()
    for action, inherited in ((Action.READ, _ALL - WRITING), (Action.UPDATE, WRITING)):
        rows = any_of(
            through(content_type.owned_by, grant.rows, parent.id if parent else "")
            for grant in above
            if action in grant.actions
        )
        for grant in written:
            if grant.actions & inherited and rows != NEVER:
                yield _row_grant(project, role, grant, grant.actions & inherited, rows)


def _denials(project: Project, role: Role, content_type: ContentType) -> Iterator[RowDenial]:
    """The role's denials for a type; what is denied of a parent is denied of its owned rows."""
    for denial in role.denials:
        if denial.type == content_type.id:
            yield _row_denial(role, denial)
    parent = _parent(project, content_type) if content_type.owned_by else None
    if parent is None:
        return
    for above in _denials(project, role, parent):
        actions = _inherited(above.actions)
        if actions and not above.fields:
            yield replace(
                above, actions=actions, rows=through(content_type.owned_by, above.rows, parent.id)
            )


def _inherited(denied: frozenset[Action]) -> frozenset[Action]:
    """What a denial on the parent takes away from owned rows."""
    if Action.READ in denied:
        return _ALL
    return (denied - WRITING) | (WRITING if Action.UPDATE in denied else frozenset())


def _parent(project: Project, content_type: ContentType) -> ContentType | None:
    return project.types.get(content_type.fields[content_type.owned_by].to)


def _row_grant(
    project: Project, role: Role, grant: Grant, actions: frozenset[Action], rows: Condition
) -> RowGrant:
    rights = {
        name: _implied(grant.fields.get(name, frozenset()))
        for name in project.types[grant.type].fields
    }
    return RowGrant(role=role.id, actions=actions, rows=rows, rights=rights, place=grant.place)


def _row_denial(role: Role, denial: Denial) -> RowDenial:
    return RowDenial(
        role=role.id,
        actions=denial.actions,
        rows=denial.rows,
        fields=denial.fields,
        place=denial.place,
    )


def _implied(rights: frozenset[Right]) -> frozenset[Right]:
    """Rights with what they bring: EDIT brings SEE (unless said to be masked), SEE exact search."""
    if Right.EDIT in rights and Right.SEE_MASKED not in rights:
        rights |= {Right.SEE}
    return rights | {Right.SEARCH_EXACT} if Right.SEE in rights else rights


def _without_rollups(
    project: Project,
    held: list[Role],
    clearance: int,
    scopes: frozenset[str] | None,
    grant: RowGrant,
    content_type: ContentType,
) -> RowGrant:
    """The pair without rollups over rows the person does not see in full."""
    hidden = {
        name
        for name, rollup in ((name, field.rollup) for name, field in content_type.fields.items())
        if rollup is not None
        and not rollup.public
        and not _sees_all(project, held, clearance, scopes, grant.role, content_type, rollup)
    }
    if not hidden:
        return grant
    rights = {name: frozenset() if name in hidden else r for name, r in grant.rights.items()}
    return replace(grant, rights=rights)


def _sees_all(
    project: Project,
    held: list[Role],
    clearance: int,
    scopes: frozenset[str] | None,
    role_id: str,
    parent: ContentType,
    rollup: Rollup,
) -> bool:
    """Whether nobody's rule keeps a row behind the rollup from the person.

    Rows owned by the record itself follow the record: then reading them within the same role is
    enough, for that role's rows, unless they have levels of their own.
    """
    source = project.types.get(rollup.of)
    if source is None or any(d.type == source.id for role in held for d in role.denials):
        return False
    owned = source.owned_by == rollup.by and source.fields[rollup.by].to == parent.id
    highest = max((level.rank for level in project.secrecy_levels), default=0)
    if (source.owned_by and not owned) or (source.secrecy and clearance < highest):
        return False
    if scopes is not None and not _in_scope(project, source, Action.READ, scopes):
        return False
    return any(
        Action.READ in grant.actions
        and (owned or grant.rows == ALWAYS)
        and (
            rollup.field is None
            or Right.SEE in _implied(grant.fields.get(rollup.field, frozenset()))
        )
        for role in held
        if role.id == role_id or not owned
        for grant in role.grants
        if grant.type == source.id
    )


def _scoped(
    grants: Iterator[RowGrant],
    project: Project,
    content_type: ContentType,
    scopes: frozenset[str] | None,
) -> Iterator[RowGrant]:
    """The pairs with only those actions a token's scopes name (`type:action`, `*` for either)."""
    for grant in grants:
        if scopes is None:
            yield grant
            continue
        actions = frozenset(
            action for action in grant.actions if _in_scope(project, content_type, action, scopes)
        )
        if actions:
            yield replace(grant, actions=actions)


def _in_scope(
    project: Project, content_type: ContentType, action: Action, scopes: frozenset[str]
) -> bool:
    """Whether the scopes name the action; rows of an owned type go with their parent's scope."""
    if {f"{content_type.id}:{action}", f"*:{action}", f"{content_type.id}:*", "*:*"} & scopes:
        return True
    parent = _parent(project, content_type) if content_type.owned_by else None
    if parent is None:
        return False
    return _in_scope(project, parent, Action.UPDATE if action in WRITING else action, scopes)


def _rank(project: Project, role: Role) -> int:
    return next((level.rank for level in project.secrecy_levels if level.id == role.clearance), 0)


def _key(held: list[Role], scopes: frozenset[str] | None) -> str:
    names = ",".join(role.id for role in held)
    return names if scopes is None else f"{names}#{','.join(sorted(scopes))}"
