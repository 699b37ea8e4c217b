"""Keeping list views: for oneself, and shared with a role or everyone.

Who has the permission `views` shares them, and looks after what others have shared; each of these
steps has its line in the audit book. A token keeps views only with the scope `may:views`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.saved_view import SavedView, Sharing, leaves
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.operations.views.checking import Wanted, checked
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, Invalid, NotFound
from kefu_admin.store import audit
from kefu_admin.store import views as kept
from kefu_admin.store.idempotency import IdempotencyKey

MOST_OWN = 100  # views of one person


def create(
    desk: Desk,
    type_id: str,
    wanted: Wanted,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> SavedView:
    """Keep a new view of a type; answers it.

    Raises:
        NotFound: no such type, or none for him.
        Forbidden: to share it without the permission `views`, or to keep one with a token that
            lacks it.
        UnknownParameter, Invalid: a column, sort key or condition that is not his; the name.
    """

    def work() -> Mapping[str, Any]:
        kept.lock(desk.store)
        made = checked(desk, type_id, wanted, actor, now)
        own = [
            one for one in kept.views(desk.store, made.owner_id) if one.owner_id == actor.user_id
        ]
        if len(own) >= MOST_OWN:
            raise Invalid([FieldError("name", "too_many_views", {"limit": MOST_OWN})])
        stored = kept.insert(desk.store, made, now=now)
        _tell(desk, "create", None, stored, actor=actor, now=now)
        return {"id": stored.id}

    answer, _ = once(desk, "views.create", work, actor=actor, now=now, key=key)
    desk.kept_lists.forget(actor)
    return kept.view(desk.store, answer["id"])


def change(
    desk: Desk,
    id: int,
    version: int,
    alter: Callable[[Wanted], Wanted],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> SavedView:
    """Change a view one keeps, or as keeper of views one that is shared; answers it.

    Args:
        version: the one that was read.
        alter: from the view as it stands to what it shall be.

    Raises:
        NotFound: no such view, or none he has.
        Forbidden: somebody else's, or a shared one, without the permission `views`.
        Conflict: changed since.
        UnknownParameter, Invalid: as `create`.
    """

    def work() -> Mapping[str, Any]:
        kept.lock(desk.store)
        before = _his(desk, id, actor)
        wanted = checked(desk, before.type, alter(wanted_of(before)), actor, now, before)
        if before.owner_id != actor.user_id:  # one takes back what one shared oneself
            require(desk, actor, Permission.VIEWS)
        after = kept.update(
            desk.store,
            replace(wanted, id=id, version=version, owner_id=before.owner_id),
            now=now,
        )
        _tell(desk, "update", before, after, actor=actor, now=now)
        return {"id": id}

    once(desk, "views.change", work, actor=actor, now=now, key=key)
    desk.kept_lists.forget(actor)
    return kept.view(desk.store, id)


def remove(desk: Desk, id: int, version: int, *, actor: Actor, now: datetime) -> None:
    """Give up a view one keeps, or as keeper of views one that is shared.

    Raises:
        NotFound: no such view, or none he has.
        Forbidden: somebody else's without the permission `views`.
        Conflict: changed since `version`.
    """

    def work() -> Mapping[str, Any]:
        kept.lock(desk.store)
        before = _his(desk, id, actor)
        if before.owner_id != actor.user_id or actor.scopes is not None:
            require(desk, actor, Permission.VIEWS)
        kept.delete(desk.store, id, version)
        _tell(desk, "delete", before, None, actor=actor, now=now)
        return {}

    once(desk, "views.remove", work, actor=actor, now=now, key=None)
    desk.kept_lists.forget(actor)


def may_change(desk: Desk, view: SavedView, actor: Actor) -> bool:
    """Whether the actor may change a view he has."""
    keeper = Permission.VIEWS in desk.grants(actor).permissions
    if view.shared is Sharing.OWN:
        return view.owner_id == actor.user_id
    return keeper or view.owner_id == actor.user_id


def wanted_of(view: SavedView) -> Wanted:
    """A kept view as one may want it otherwise."""
    return Wanted(
        name=view.name,
        shared=view.shared.value,
        role=view.role,
        on=view.on,
        columns=view.columns,
        sort=view.sort,
        filter=view.filter,
        density=view.density,
    )


def _his(desk: Desk, id: int, actor: Actor) -> SavedView:
    """A view he has, as it stands in the open transaction.

    Raises:
        NotFound: no such view, or none he has.
    """
    found = kept.view(desk.store, id)
    if not reading.has_view(actor, found) and not may_change(desk, found, actor):
        raise NotFound(type="view", id=id)
    if found.type not in desk.grants(actor).types:
        raise NotFound(type="view", id=id)
    return found


def _tell(
    desk: Desk,
    action: str,
    before: SavedView | None,
    after: SavedView | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The audit line of a step that others notice."""
    some = [view for view in (before, after) if view is not None]
    if all(view.shared is Sharing.OWN for view in some):
        return
    audit.write(
        desk.store,
        audit.Line(
            actor=actor,
            action=action,
            at=now,
            type="view",
            record_id=some[0].id,
            before=_told(before) if before is not None else {},
            after=_told(after) if after is not None else {},
            operation=f"views.{action}",
        ),
    )


def _told(view: SavedView) -> dict[str, object]:
    """A view in the audit book: the fields it asks about, not what of them."""
    return {
        "name": view.name,
        "of": view.type,
        "shared": view.shared.value,
        "role": view.role,
        "on": view.on,
        "columns": list(view.columns),
        "sort": list(view.sort),
        "filter": sorted({next(iter(leaf)) for leaf in leaves(view.filter)}),
    }
