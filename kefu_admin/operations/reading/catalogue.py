"""What there is for an actor: types with their fields and rights, and the menu he may open.

Nothing here depends on rows, so it is compiled once per set of roles.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import NEVER
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.menu import MenuEntry
from kefu_admin.definitions.role import Action, Permission, Right
from kefu_admin.operations.reading.filters import MASKED, SEE, filter_operators, sortable
from kefu_admin.operations.reading.requests import FieldView, MenuBranch, MenuItem, TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import NotFound
from kefu_admin.store.grants import TypeGrants
from kefu_admin.store.read import Sight
from kefu_admin.store.rules import ALWAYS_SEEN, Reach, Rules

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

PAGE_PERMISSIONS = {
    "users": Permission.USERS,
    "departments": Permission.USERS,
    "audit": Permission.AUDIT,
    "tokens": Permission.TOKENS,
    "numbers": Permission.NUMBERS,
    "messages": Permission.JOBS,
    "values": Permission.VALUES,
    "config": Permission.CONFIG,
    "status": Permission.STATUS,
}
"""Pages that need a permission; the others are for everyone signed in."""
BIN = frozenset({Action.RESTORE, Action.PURGE})
"""Who holds one of these on some rows of a type has a bin."""


def types(desk: Desk, actor: Actor, *, now: datetime) -> tuple[TypeView, ...]:
    """Every type the actor may read or create, in config order, as he meets it."""
    return type_views(sight(desk, actor, now))


def type_view(desk: Desk, type_id: str, actor: Actor, *, now: datetime) -> TypeView:
    """One type as the actor meets it.

    Raises:
        NotFound: there is none, or none for him.
    """
    for view in types(desk, actor, now=now):
        if view.id == type_id:
            return view
    raise NotFound


def type_views(look: Sight) -> tuple[TypeView, ...]:
    """Every type of this view, compiled once per set of roles."""
    kept = look.memo.texts
    key = ("views", look.grants.key)
    found = kept.get(key)
    if not isinstance(found, tuple):
        found = kept[key] = tuple(
            view
            for type_id in look.store.project.types
            if (view := _type_view(look, type_id)) is not None
        )
    return found


def menu(desk: Desk, actor: Actor, *, now: datetime) -> tuple[MenuBranch, ...]:
    """The menu without what the actor may not open; empty groups fall away."""
    look = sight(desk, actor, now)
    return tuple(
        MenuBranch(label=group.label, icon=group.icon, items=items)
        for menu in desk.project.menus.values()
        for group in menu.groups
        if (
            items := tuple(
                item for entry in group.entries if (item := _item(look, entry)) is not None
            )
        )
    )


def _item(look: Sight, entry: MenuEntry) -> MenuItem | None:
    if entry.page:
        needed = PAGE_PERMISSIONS.get(entry.page)
        if needed is not None and needed not in look.grants.permissions:
            return None
        if entry.page == "calendar" and not look.store.project.calendars:
            return None
        if entry.page == "bin" and not any(view.actions & BIN for view in type_views(look)):
            return None
        return MenuItem(label=entry.label, icon=entry.icon, page=entry.page)
    view = look.store.project.views.get(entry.view)
    if view is None or look.rules(view.type) is None:
        return None
    icon = entry.icon or look.store.project.types[view.type].icon
    return MenuItem(label=entry.label, icon=icon, view=view.id, type=view.type)


def _type_view(look: Sight, type_id: str) -> TypeView | None:
    of_type = look.grants.types.get(type_id)
    rules = look.rules(type_id)
    if of_type is None or rules is None:
        return None
    content = rules.type
    fields = {
        name: view
        for name, one in content.fields.items()
        if (view := _field_view(look, one, rules, of_type)) is not None
    }
    return TypeView(
        type=content,
        actions=of_type.actions,
        fields=fields,
        views=tuple(v for v in look.store.project.views.values() if v.type == type_id),
        searchable=any(name in fields and fields[name].seen for name in content.search),
    )


def _field_view(look: Sight, one: Field, rules: Rules, of_type: TypeGrants) -> FieldView | None:
    if one.to and one.to in look.store.project.types and look.rules(one.to) is None:
        return None
    full = rules.where(one.id, SEE)
    masked = rules.where(one.id, MASKED)
    written = field_type(one).written and not one.system
    edit = written and _gives(of_type, one.id, Action.UPDATE)
    create = written and _gives(of_type, one.id, Action.CREATE)
    seen = full != NEVER or masked != NEVER or one.id in ALWAYS_SEEN
    if not (seen or edit or create):
        return None
    return FieldView(
        field=_within_clearance(look, one) if one.id == rules.type.secrecy else one,
        seen=seen,
        masked=masked != NEVER and rules.reach(one.id) is not Reach.ALL,
        full=rules.reach(one.id) is Reach.ALL,
        edit=edit,
        create=create,
        sortable=sortable(rules, one.id),
        operators=filter_operators(one, rules),
    )


def _within_clearance(look: Sight, one: Field) -> Field:
    """The field of secrecy levels with those he may read: no other is his to choose."""
    levels = look.store.project.secrecy_levels
    closed = {level.id for level in levels if level.rank > look.grants.clearance}
    return replace(one, choices=tuple(each for each in one.choices if each.id not in closed))


def _gives(of_type: TypeGrants, name: str, action: Action) -> bool:
    return any(
        action in grant.actions and Right.EDIT in grant.rights.get(name, frozenset())
        for grant in of_type.grants
    )
