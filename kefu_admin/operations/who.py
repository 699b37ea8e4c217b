"""From what the database says about a person to the `Actor` every operation is given."""

from __future__ import annotations

from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Forbidden
from kefu_admin.store.sessions import Who

SYSTEM = "system"  # source of the command line's and worker's own actors, made by our code only


def actor_of(
    project: Project,
    who: Who,
    *,
    source: str,
    session: str,
    address: str,
    scopes: frozenset[str] | None = None,
) -> Actor:
    """The person as an actor.

    Args:
        source: `panel` or `api`.
        session: how the audit book names the session or token.
        scopes: of a token; None for a person.
    """
    return Actor(
        user_id=who.user_id,
        login=who.login,
        name=who.name,
        roles=who.roles,
        department_id=who.department_id,
        departments_below=who.departments_below,
        clearance=clearance(project, who.roles),
        source=source,
        session=session,
        address=address,
        scopes=scopes,
        lists=who.lists,
    )


def clearance(project: Project, roles: frozenset[str]) -> int:
    """The rank of the highest secrecy level any of the roles may read; 0 for none."""
    ranks = {level.id: level.rank for level in project.secrecy_levels}
    held = (project.roles[role].clearance for role in roles if role in project.roles)
    return max((ranks.get(level, 0) for level in held), default=0)


def require(desk: Desk, actor: Actor, permission: Permission) -> None:
    """Refuse who lacks a permission; the command line and the worker act for the machine's owner.

    Raises:
        Forbidden: facts permission.
    """
    if actor.user_id is None and actor.source == SYSTEM:
        return
    if permission not in desk.grants(actor).permissions:
        raise Forbidden(permission=permission.value)
