"""Roles as configured, who holds them, and which may be held together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Permission, Role
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import accounts
from kefu_admin.store.accounts import Person
from kefu_admin.store.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A configured role and how many active people hold it."""

    role: Role
    holders: int


def list_roles(desk: Desk, *, actor: Actor) -> tuple[HeldRole, ...]:
    """Every configured role, in config order.

    Raises:
        Forbidden: no permission USERS.
    """
    require(desk, actor, Permission.USERS)
    counts = accounts.holders_by_role(desk.store)
    return tuple(
        HeldRole(role=role, holders=counts.get(role.id, 0)) for role in desk.project.roles.values()
    )


def role_faults(
    project: Project, wanted: frozenset[str], held: frozenset[str]
) -> Iterator[FieldError]:
    """What is wrong with a set of roles; one held already may stay though no longer configured."""
    for id in sorted(wanted - held):
        if id not in project.roles:
            yield FieldError("roles", "no_such_role", {"role": id})
    groups: dict[str, Role] = {}
    for role in (project.roles[id] for id in sorted(wanted) if id in project.roles):
        if not role.exclusive:
            continue
        other = groups.setdefault(role.exclusive, role)
        if other is not role:
            facts = {"first": other.label.zh, "second": role.label.zh}
            yield FieldError("roles", "roles_exclusive", facts)


def check_change(
    store: Store, project: Project, before: Person, after: Person, actor: Actor
) -> None:
    """What must stay true when a person's roles or activity change, in the open transaction.

    Raises:
        Invalid: his own roles or account, or nobody would be left to manage people.
    """
    errors: list[FieldError] = []
    if actor.user_id == before.id:
        if after.roles != before.roles:
            errors.append(FieldError("roles", "own_roles"))
        if before.active and not after.active:
            errors.append(FieldError("active", "own_account"))
    managing = frozenset(role.id for role in project.roles.values() if Permission.USERS in role.may)
    was = before.active and bool(before.roles & managing)
    stays = after.active and bool(after.roles & managing)
    if was and not stays and not accounts.active_holders(store, managing, lock=True) - {before.id}:
        field = "roles" if after.active else "active"
        errors.append(FieldError(field, "last_administrator"))
    if errors:
        raise Invalid(errors)
