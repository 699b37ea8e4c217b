"""The rights of named system actors: what an engine may do is declared here, never assumed."""

from __future__ import annotations

from kefu_admin.actor import system_actor
from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Right
from kefu_admin.store.grants import Grants, RowGrant, TypeGrants

SEED = system_actor("seed")
RETENTION = system_actor("retention")
_FULL = frozenset({Right.SEE, Right.SEARCH_EXACT, Right.EDIT})


def seeding_grants(project: Project) -> Grants:
    """`system:seed` may create, read and update every record of every type, at every level."""
    actions = frozenset({Action.CREATE, Action.READ, Action.UPDATE})
    return _everywhere(project, SEED.login, actions, _FULL)


def retention_grants(project: Project) -> Grants:
    """`system:retention` may purge every deleted record; it sees no field."""
    actions = frozenset({Action.READ, Action.PURGE})
    return _everywhere(project, RETENTION.login, actions, frozenset())


def _everywhere(
    project: Project, name: str, actions: frozenset[Action], rights: frozenset[Right]
) -> Grants:
    return Grants(
        key=name,
        types={
            type_id: TypeGrants(
                type=type_id,
                grants=(
                    RowGrant(
                        role=name,
                        actions=actions,
                        rows=ALWAYS,
                        rights=dict.fromkeys(content_type.fields, rights),
                    ),
                ),
            )
            for type_id, content_type in project.types.items()
        },
        permissions=frozenset(),
        clearance=max((level.rank for level in project.secrecy_levels), default=0),
    )
