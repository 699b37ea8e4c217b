"""The first page: how many rows the default views hold for the actor, and his records of late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Compare, Condition, Me, Op, Path
from kefu_admin.definitions.home import Card, HomePage
from kefu_admin.definitions.logic import any_of
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.view import ListView, SortKey
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.filters import sortable
from kefu_admin.operations.reading.requests import Home, HomeCard, HomeGroup, Recent, TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.store import read
from kefu_admin.store.query import Query
from kefu_admin.store.read import Sight

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

COUNT_UP_TO = 1000
RECENT = 8


def home(desk: Desk, *, actor: Actor, now: datetime) -> Home:
    """What the config puts on the actor's first page, or else a card per type with a default view;
    and the actor's records changed last."""
    look = sight(desk, actor, now)
    views = {view.id: view for view in type_views(look)}
    pages = _pages(desk.project, actor)
    groups = _configured(look, views, pages) if pages else _by_type(look, views)
    new = list(dict.fromkeys(type_id for page in pages for type_id in page.new)) or list(views)
    recent = [one for view in views.values() if view.views for one in _recent(look, view)]
    recent.sort(key=lambda one: one.changed_at, reverse=True)
    return Home(
        groups=groups,
        new=tuple(type_id for type_id in new if _may_make(views.get(type_id))),
        recent=tuple(recent[:RECENT]),
    )


def _pages(project: Project, actor: Actor) -> list[HomePage]:
    """The first pages for the actor, those of his roles before those for everybody."""
    own = [
        page
        for page in project.homes.values()
        if not page.roles or not actor.roles.isdisjoint(page.roles)
    ]
    return sorted(own, key=lambda page: (not page.roles, page.id))


def _configured(
    look: Sight, views: Mapping[str, TypeView], pages: Iterable[HomePage]
) -> tuple[HomeGroup, ...]:
    """The groups of the pages; a view stands once, and only where the actor may open it."""
    known = look.store.project.views
    seen: set[str] = set()
    groups = []
    for group in (group for page in pages for group in page.groups):
        cards = []
        for card in group.cards:
            view = known[card.view]
            if view.type in views and view.id not in seen:
                seen.add(view.id)
                cards.append(_card(look, view, card))
        if cards:
            groups.append(HomeGroup(label=group.label, cards=tuple(cards)))
    return tuple(groups)


def _by_type(look: Sight, views: Iterable[str]) -> tuple[HomeGroup, ...]:
    shown = [look.store.project.default_view(type_id) for type_id in views]
    cards = [
        _card(look, view, Card(view=view.id, label=view.label))
        for view in shown
        if view is not None
    ]
    return (HomeGroup(label=None, cards=tuple(cards)),) if cards else ()


def _card(look: Sight, view: ListView, card: Card) -> HomeCard:
    query = Query(type=view.type, columns=(), where=view.where, count_up_to=COUNT_UP_TO)
    found, capped = read.count(look, query)
    return HomeCard(
        view=view,
        label=card.label,
        icon=card.icon or look.store.project.types[view.type].icon,
        color=card.color,
        count=found,
        capped=capped,
    )


def _may_make(view: TypeView | None) -> bool:
    return bool(
        view is not None and "create" in view.actions and view.views and not view.type.owned_by
    )


def _recent(look: Sight, view: TypeView) -> list[Recent]:
    """Rows the actor owns or changed last, where he sees when that was."""
    rules = look.rules(view.id)
    if rules is None or not sortable(rules, "updated_at"):
        return []
    mine: list[Condition] = [
        Compare(Path((name,)), Op.EQ, Me())
        for name in (view.type.owner, "updated_by")
        if name and name in view.fields and view.fields[name].full
    ]
    query = Query(
        type=view.id,
        columns=("updated_at",),
        filter=any_of(mine),
        sort=(SortKey("updated_at", descending=True),),
        limit=RECENT,
    )
    return [
        Recent(type=row.type, id=row.id, title=row.title, changed_at=changed_at)
        for row in read.page(look, query).rows
        if isinstance(changed_at := row.values["updated_at"], datetime)
    ]
