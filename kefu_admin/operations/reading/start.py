"""The first page: how many rows the default views hold for the actor, and his records of late."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Compare, Condition, Me, Op, Path
from kefu_admin.definitions.logic import any_of
from kefu_admin.definitions.view import SortKey
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.filters import sortable
from kefu_admin.operations.reading.requests import Home, HomeCard, Recent, TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.store import read
from kefu_admin.store.query import Query
from kefu_admin.store.read import Sight

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

COUNT_UP_TO = 1000
RECENT = 8


def home(desk: Desk, *, actor: Actor, now: datetime) -> Home:
    """A card per type with a default view, and the actor's records changed last."""
    look = sight(desk, actor, now)
    views = type_views(look)
    cards = []
    for view in views:
        shown = look.store.project.default_view(view.id)
        if shown is None:
            continue
        query = Query(type=view.id, columns=(), where=shown.where, count_up_to=COUNT_UP_TO)
        found, capped = read.count(look, query)
        cards.append(HomeCard(view=shown, count=found, capped=capped))
    recent = [one for view in views if view.views for one in _recent(look, view)]
    recent.sort(key=lambda one: one.changed_at, reverse=True)
    return Home(cards=tuple(cards), recent=tuple(recent[:RECENT]))


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
