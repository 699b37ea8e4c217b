"""The rights of named system actors: what an engine may do is declared here, never assumed."""

from __future__ import annotations

from kefu_admin.actor import system_actor
from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Right
from kefu_admin.store.grants import Grants, RowGrant, TypeGrants

SEED = system_actor("seed")
_FULL = frozenset({Right.SEE, Right.SEARCH_EXACT, Right.EDIT})


def seeding_grants(project: Project) -> Grants:
    """`system:seed` may create, read and update every record of every type, at every level."""
    actions = frozenset({Action.CREATE, Action.READ, Action.UPDATE})
    return Grants(
        key=SEED.login,
        types={
            type_id: TypeGrants(
                type=type_id,
                grants=(
                    RowGrant(
                        role=SEED.login,
                        actions=actions,
                        rows=ALWAYS,
                        rights=dict.fromkeys(content_type.fields, _FULL),
                    ),
                ),
            )
            for type_id, content_type in project.types.items()
        },
        permissions=frozenset(),
        clearance=max((level.rank for level in project.secrecy_levels), default=0),
    )
