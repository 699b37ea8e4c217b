"""The recycle bin as an actor may see it: what he may restore or purge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.behaviours.validation import decide
from kefu_admin.operations.reading.catalogue import BIN, type_views
from kefu_admin.operations.reading.requests import TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import Forbidden, NotFound
from kefu_admin.store.query import BinPage, BinRow
from kefu_admin.store.read import Bin, Sight

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

BIN_LIMIT = 50


def bin_types(desk: Desk, actor: Actor, *, now: datetime) -> tuple[TypeView, ...]:
    """The types of which he may restore or purge some records."""
    views = type_views(sight(desk, actor, now))
    return tuple(view for view in views if view.actions & BIN)


def bin_page(
    desk: Desk,
    type_id: str,
    *,
    actor: Actor,
    now: datetime,
    below: int = 0,
    limit: int = BIN_LIMIT,
    text: str = "",
) -> BinPage:
    """Deleted records of a type, newest first; `below` is the `next` of the page before. `text`:
    only those that hold each of its words, in fields he sees in full.

    Raises:
        NotFound: no such type, or none for him.
        Forbidden: he may neither restore nor purge records of it.
    """
    look = _look(desk, type_id, actor, now)
    return Bin(look, decide).page((type_id,), below=below, limit=limit, text=text)


def bin_all(
    desk: Desk,
    *,
    actor: Actor,
    now: datetime,
    below: int = 0,
    limit: int = BIN_LIMIT,
    text: str = "",
) -> BinPage:
    """As `bin_page`, of every type of which he may restore or purge some.

    Raises:
        Forbidden: there is no such type.
    """
    types = tuple(view.id for view in bin_types(desk, actor, now=now))
    if not types:
        raise Forbidden
    return Bin(sight(desk, actor, now), decide).page(types, below=below, limit=limit, text=text)


def bin_get(desk: Desk, type_id: str, record_id: int, *, actor: Actor, now: datetime) -> BinRow:
    """One deleted record with the rows that would come back with it.

    Raises:
        NotFound: it is not in the bin, or not his to see.
        Forbidden: he may neither restore nor purge records of the type.
    """
    found = Bin(_look(desk, type_id, actor, now), decide).get(type_id, record_id)
    if found is None:
        raise NotFound
    return found


def _look(desk: Desk, type_id: str, actor: Actor, now: datetime) -> Sight:
    look = sight(desk, actor, now)
    view = next((view for view in type_views(look) if view.id == type_id), None)
    if view is None:
        raise NotFound
    if not view.actions & BIN:
        raise Forbidden
    return look
