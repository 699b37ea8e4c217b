"""Lists: what a person asks, held to what he sees, becomes one query of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import ALWAYS, Compare, Literal, Op, Path
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.logic import all_of
from kefu_admin.definitions.view import ListView, SortKey
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.exact import record_look_ups
from kefu_admin.operations.reading.filters import read_filter, read_sort, sortable
from kefu_admin.operations.reading.former import renumbered
from kefu_admin.operations.reading.requests import COUNT_UP_TO, PAGE_LIMIT, ListRequest, Related
from kefu_admin.operations.reading.sights import guard, rules_of, sight
from kefu_admin.operations.reading.views import ShownView, view_of
from kefu_admin.problems import NotFound, UnknownParameter
from kefu_admin.store import read
from kefu_admin.store.query import Page, Query
from kefu_admin.store.read import Selection, Sight
from kefu_admin.store.rules import Rules

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk


def list_rows(desk: Desk, request: ListRequest, *, actor: Actor, now: datetime) -> Page:
    """One page of a type's rows as the actor may see them.

    Raises:
        NotFound: no such type or view, or none for him.
        UnknownParameter: a column, sort key or filter field he may not use or that does not exist.
        Invalid: the filter is not well formed.
        BadRequest: a cursor of another list.
        TooMany: more exact look-ups this hour than the project allows.
    """
    look = sight(desk, actor, now)
    query = query_of(desk, look, request, actor, now)
    return read.page(look, query)


def count(
    desk: Desk, request: ListRequest, *, actor: Actor, now: datetime, up_to: int = COUNT_UP_TO
) -> tuple[int, bool]:
    """How many rows the request matches, up to `up_to`, and whether there are more. Raises as
    `list_rows`."""
    look = sight(desk, actor, now)
    query = query_of(desk, look, request, actor, now)
    return read.count(look, replace(query, count_up_to=up_to))


def selection(desk: Desk, request: ListRequest, *, actor: Actor, now: datetime) -> Selection:
    """All rows the request matches, as ids and versions under the actor's rules: for
    `store.batches`. Raises as `list_rows`."""
    look = sight(desk, actor, now)
    found = read.selection(look, query_of(desk, look, request, actor, now))
    if found is None:
        raise NotFound
    return found


def check_filter(desk: Desk, type_id: str, raw: object, *, actor: Actor, now: datetime) -> None:
    """Refuses what `list_rows` would refuse of a filter, and asks nothing.

    Raises:
        NotFound, UnknownParameter, Invalid: as `list_rows`.
    """
    look = sight(desk, actor, now)
    rules_of(look, type_id)
    read_filter(raw, type_id, guard(look))


def related(
    desk: Desk,
    type_id: str,
    record_id: int,
    *,
    actor: Actor,
    now: datetime,
    limit: int = 10,
) -> tuple[Related, ...]:
    """Rows of other types that refer to a record, newest first: one list per referring field he
    sees, without rows the record owns (they are shown in it) and without empty lists.

    Raises:
        NotFound: he may not see the record, or there is none.
    """
    look = sight(desk, actor, now)
    if record_id not in read.visible_ids(look, type_id, (record_id,)):
        raise NotFound
    found: list[Related] = []
    for content_type, field in _referring(look, type_id):
        rules = look.rules(content_type.id)
        if rules is None:
            continue
        asked = guard(look).guarded(
            Compare(Path((field.id,)), Op.EQ, Literal(record_id)), content_type.id
        )
        view = look.store.project.default_view(content_type.id)
        query = Query(
            type=content_type.id,
            columns=_columns((), view, rules, look),
            filter=asked,
            sort=(SortKey("id", descending=True),),
            limit=limit,
            count_up_to=COUNT_UP_TO,
        )
        page = read.page(look, query)
        if page.rows:
            found.append(Related(type=content_type, field=field, page=page))
    return tuple(found)


def _referring(look: Sight, type_id: str) -> list[tuple[ContentType, Field]]:
    return [
        (view.type, field.field)
        for view in type_views(look)
        if view.type.owned_by == "" or view.type.fields[view.type.owned_by].to != type_id
        for field in view.fields.values()
        if field.field.type == "reference"
        and field.field.to == type_id
        and field.seen
        and not field.masked
    ]


def query_of(desk: Desk, look: Sight, request: ListRequest, actor: Actor, now: datetime) -> Query:
    """What the actor asks, held to what he sees; exact look-ups are told to the audit book."""
    shown = _view(desk, look, request, actor)
    view = shown.view if shown is not None else None
    type_id = view.type if view is not None else request.type
    rules = rules_of(look, type_id)
    held = guard(look)
    asked = read_filter(request.filter, type_id, held)
    if shown is not None and shown.kept is not None:
        asked = all_of((held.guarded(shown.filter, type_id), asked))
    if held.exact:
        record_look_ups(desk, held.exact, actor=actor, now=now)
    where = view.where if view is not None else ALWAYS
    return Query(
        type=type_id,
        columns=_columns(request.columns, view, rules, look),
        where=where,
        filter=asked,
        search=renumbered(desk.store, rules.type, request.search),
        sort=_sort(request.sort, view, rules),
        limit=_limit(request.limit, view),
        after=request.after,
        before=request.before,
        last=request.last,
        count_up_to=COUNT_UP_TO if request.count else 0,
        ids=request.ids,
    )


def _view(desk: Desk, look: Sight, request: ListRequest, actor: Actor) -> ShownView | None:
    return view_of(desk, look, request.view, request.type, actor) if request.view else None


def _columns(
    asked: Sequence[str], view: ListView | None, rules: Rules, look: Sight
) -> tuple[str, ...]:
    """The columns asked for (unknown ones refused), the view's, or every field in sight."""
    fields = next(v.fields for v in type_views(look) if v.id == rules.type.id)
    for name in asked:
        if name not in fields or not fields[name].seen:
            raise UnknownParameter(name=name)
    if asked:
        return tuple(asked)
    if view is not None:
        return tuple(name for name in view.columns if name in fields and fields[name].seen)
    return tuple(name for name, view_ in fields.items() if view_.seen)


def _sort(asked: Sequence[str], view: ListView | None, rules: Rules) -> tuple[SortKey, ...]:
    """The keys asked for, else those of the view that tell no more than the list shows."""
    if asked:
        return read_sort(asked, rules)
    if view is None:
        return ()
    return tuple(key for key in view.sort if sortable(rules, key.field))


def _limit(asked: int, view: ListView | None) -> int:
    if asked < 0 or asked > PAGE_LIMIT:
        raise UnknownParameter(name="limit")
    return asked or min(view.page_size if view is not None else 50, PAGE_LIMIT)
