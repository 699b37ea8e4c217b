"""Who is asking: a value made at the face (or by an engine) and passed down with every call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, a token acting for a person, or a named system actor.

    `departments_below` holds the own department and all below it. `clearance` is the rank of the
    highest secrecy level the actor may read (0 = none). `scopes` is None for a signed-in person and
    the set of granted scopes ("customer:read", "*:read") for a token. A system actor has no
    `user_id`, a name such as "system:worker", and declared roles. `lists` is another text whenever
    the views he has or his taste in lists were changed; "" where nobody has looked.
    """

    user_id: int | None
    login: str
    name: str
    roles: frozenset[str]
    department_id: int | None = None
    departments_below: frozenset[int] = frozenset()
    clearance: int = 0
    locale: str = "zh"
    source: str = "panel"
    address: str = ""
    session: str = ""
    scopes: frozenset[str] | None = None
    lists: str = ""


def system_actor(name: str, roles: frozenset[str] = frozenset()) -> Actor:
    """A named engine actor; audit lines carry `system:<name>`."""
    return Actor(
        user_id=None, login=f"system:{name}", name=f"system:{name}", roles=roles, source="system"
    )
