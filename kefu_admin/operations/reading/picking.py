"""Pick-lists: what a reference field may hold, found by a few characters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.builtin import BUILTIN_TYPES, target_type
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import NotFound, UnknownParameter
from kefu_admin.store import read
from kefu_admin.store.query import Ref
from kefu_admin.store.read import Sight

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

MOST = 50


def choices(
    desk: Desk,
    type_id: str,
    field: str,
    term: str = "",
    *,
    actor: Actor,
    now: datetime,
    limit: int = 20,
) -> tuple[Ref, ...]:
    """Records the field may refer to whose search fields hold the term, newest first; only those
    the actor may see. People and departments: active ones, by name. At most `limit`, at most 50.

    Raises:
        NotFound: no such type, or none for him.
        UnknownParameter: no such field, one closed to him, or one that refers to nothing.
    """
    look, target = _led_to(desk, type_id, field, actor=actor, now=now)
    most = max(1, min(limit, MOST))
    return read.picks(look, target, term.strip(), limit=most)


def named(
    desk: Desk,
    type_id: str,
    field: str,
    names: Collection[str],
    *,
    actor: Actor,
    now: datetime,
) -> Mapping[str, set[int]]:
    """The active people or departments of exactly these names, logins or codes, for a field that
    refers to such.

    Raises:
        NotFound, UnknownParameter: as for `choices`.
    """
    look, target = _led_to(desk, type_id, field, actor=actor, now=now)
    if target not in BUILTIN_TYPES:
        raise UnknownParameter(name=field)
    return read.named(look, target, names)


def labels(
    desk: Desk,
    type_id: str,
    wanted: Mapping[str, Collection[int]],
    *,
    actor: Actor,
    now: datetime,
) -> Mapping[tuple[str, int], str]:
    """What records picked in reference fields are called, by (field, id), for a form shown again or
    a filter read from an address. A field closed to the actor, and a record he may not see, is
    left out.

    Raises:
        NotFound: no such type, or none for him.
    """
    look = sight(desk, actor, now)
    fields = _fields(look, type_id)
    asked = {
        name: target_type(value_type(fields[name]).id, fields[name].to)
        for name in wanted
        if name in fields
    }
    book = read.Labels(look)
    for name, target in asked.items():
        for id in wanted[name] if target else ():
            book.want(target, id)
    return {
        (name, id): found.label
        for name, target in asked.items()
        if target
        for id in wanted[name]
        if (found := book.ref(target, id)) is not None
    }


def _fields(look: Sight, type_id: str) -> Mapping[str, Field]:
    """The fields of a type the actor meets; those of people and departments are known to all.

    Raises:
        NotFound: no such type, or none for him.
    """
    if type_id in BUILTIN_TYPES:
        return BUILTIN_TYPES[type_id].fields
    view = next((view for view in type_views(look) if view.id == type_id), None)
    if view is None:
        raise NotFound
    return {name: one.field for name, one in view.fields.items()}


def _led_to(
    desk: Desk, type_id: str, field: str, *, actor: Actor, now: datetime
) -> tuple[Sight, str]:
    """What the actor sees, and the type a reference field leads to.

    Raises:
        NotFound, UnknownParameter: as for `choices`.
    """
    look = sight(desk, actor, now)
    one = _fields(look, type_id).get(field)
    target = target_type(value_type(one).id, one.to) if one is not None else ""
    if one is None or one.type == "children" or not target:
        raise UnknownParameter(name=field)
    return look, target
