"""How a person likes his lists: columns, density, widths, and the view a type opens with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.saved_view import Look, Taste
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.views.checking import refuse_look
from kefu_admin.problems import Forbidden
from kefu_admin.store import views as kept

MOST_LOOKS = 400  # lists a person has laid out


def lay_out(
    desk: Desk,
    type_id: str,
    view: str,
    alter: Callable[[Look], Look],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Change how a person likes one list: columns, density, widths.

    Raises:
        NotFound: no such type or view for him.
        UnknownParameter: a column he may not see or that does not exist.
        Invalid: a density or width that is none.
    """
    seen = _seen(desk, type_id, actor, now)
    if view:
        reading.shown_view(desk, view, type_id, actor=actor, now=now)

    def altered(taste: Taste) -> Taste:
        look = alter(taste.look(type_id, view))
        refuse_look(look, seen)
        looks = {**taste.looks, (type_id, view): look}
        if len(looks) > MOST_LOOKS:
            looks.pop(next(iter(looks)))
        return replace(taste, looks=looks)

    _change_taste(desk, altered, actor, now)


def open_with(desk: Desk, type_id: str, view: str, *, actor: Actor, now: datetime) -> None:
    """Open a type's list with this view from now on; "" for the office's choice.

    Raises:
        NotFound: no such type or view for him.
    """
    _seen(desk, type_id, actor, now)
    if view:
        reading.shown_view(desk, view, type_id, actor=actor, now=now)

    def altered(taste: Taste) -> Taste:
        others = {type: one for type, one in taste.defaults.items() if type != type_id}
        return replace(taste, defaults={**others, type_id: view} if view else others)

    _change_taste(desk, altered, actor, now)


def _change_taste(desk: Desk, alter: Callable[[Taste], Taste], actor: Actor, now: datetime) -> None:
    user_id = actor.user_id
    if user_id is None or actor.scopes is not None:
        raise Forbidden(permission=Permission.VIEWS.value)
    store = desk.store

    def work() -> None:
        with store.transaction():
            kept.change_taste(store, user_id, alter, now=now)

    store.retrying(work)
    desk.kept_lists.forget(actor)


def _seen(desk: Desk, type_id: str, actor: Actor, now: datetime) -> frozenset[str]:
    view = reading.type_view(desk, type_id, actor, now=now)
    return frozenset(name for name, one in view.fields.items() if one.seen)
