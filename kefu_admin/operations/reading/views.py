"""List views as one actor has them: configured ones, and those kept by himself, for his roles and
for everyone.

What a kept view names that is closed to its reader, or gone, is left out and counted, never named;
of somebody else's view only what he sees in full stays, so that a value in its filter tells nothing
new. What is kept is read again only when the session tells that it was changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.condition_text import MAX_DEPTH, parse_filter
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.saved_view import NO_TASTE, SavedView, Sharing, Taste, id_of
from kefu_admin.definitions.view import NEWEST_FIRST, ListView, SortKey
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.filters import SEE, Guard, sortable
from kefu_admin.operations.reading.requests import TypeView
from kefu_admin.operations.reading.sights import guard, rules_of, sight
from kefu_admin.problems import NotFound, Refusal
from kefu_admin.store import views as kept
from kefu_admin.store.read import Sight

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class Lists:
    """What one person has kept: the views he has, and his taste."""

    views: tuple[SavedView, ...] = ()
    taste: Taste = NO_TASTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownView:
    """A view as one actor has it.

    Attributes:
        view: its columns, sort and offered filters; `where` holds with the rule's rights.
        filter: what else narrows it, with the actor's rights; `plain` is that as it is kept.
        kept: None for a configured view.
        left_out: how many columns, sort keys and conditions are not for him, or gone.
    """

    view: ListView
    filter: Condition = ALWAYS
    plain: Mapping[str, object] | None = None
    kept: SavedView | None = None
    left_out: int = 0

    @property
    def id(self) -> str:
        return self.view.id


def lists_of(desk: Desk, actor: Actor) -> Lists:
    """What the actor has kept; two reads after a change, none otherwise."""
    if actor.user_id is None:
        return Lists()
    store, user_id = desk.store, actor.user_id

    def read() -> Lists:
        return Lists(kept.views(store, user_id), kept.taste(store, user_id))

    found: Lists = desk.kept_lists.get(actor, read)
    return found


def saved_views(desk: Desk, actor: Actor, type_id: str = "") -> tuple[SavedView, ...]:
    """The kept views the actor has of a type, or of all."""
    return tuple(
        view
        for view in lists_of(desk, actor).views
        if (not type_id or view.type == type_id) and has_view(actor, view)
    )


def has_view(actor: Actor, view: SavedView) -> bool:
    """Whether a kept view is one of the actor's."""
    if view.owner_id == actor.user_id or view.shared is Sharing.EVERYONE:
        return True
    return view.shared is Sharing.ROLE and view.role in actor.roles


def view_label(desk: Desk, key: str, actor: Actor) -> Label | None:
    """What a view is called; None where it is none of his, or gone."""
    if id_of(key) is None:
        view = desk.project.views.get(key)
        return view.label if view is not None else None
    found = (one.name for one in saved_views(desk, actor) if one.key == key)
    return next((Label(name, name) for name in found), None)


def shown_view(
    desk: Desk, key: str, type_id: str = "", *, actor: Actor, now: datetime
) -> ShownView:
    """A view by its key as the actor has it.

    Raises:
        NotFound: no such view (of the type), or none for him.
    """
    return view_of(desk, sight(desk, actor, now), key, type_id, actor)


def view_of(desk: Desk, look: Sight, key: str, type_id: str, actor: Actor) -> ShownView:
    """`shown_view` for one who looks already."""
    number = id_of(key)
    if number is None:
        view = desk.project.views.get(key)
        if view is None or (type_id and view.type != type_id):
            raise NotFound
        return ShownView(view=view)
    for one in saved_views(desk, actor, type_id):
        if one.id == number and look.rules(one.type) is not None:
            return _shown(desk, look, one, own=one.owner_id == actor.user_id)
    raise NotFound


def _shown(desk: Desk, look: Sight, one: SavedView, *, own: bool) -> ShownView:
    held, rules = guard(look), rules_of(look, one.type)
    fields = next(view.fields for view in type_views(look) if view.id == one.type)
    base = desk.project.views.get(one.on)
    if base is not None and base.type != one.type:
        base = None
    columns = tuple(name for name in one.columns if name in fields and fields[name].seen)
    sort = tuple(_key(text) for text in one.sort)
    sorted_by = tuple(key for key in sort if sortable(rules, key.field))
    pruned = _Pruned(held, one.type, own=own)
    plain = pruned.plain(one.filter) if one.filter else None
    lost = len(one.columns) - len(columns) + len(sort) - len(sorted_by) + pruned.left_out
    made = desk.project.default_view(one.type)
    return ShownView(
        view=ListView(
            id=one.key,
            label=Label(one.name, one.name),
            type=one.type,
            columns=columns or (made.columns if made is not None else ()),
            sort=sorted_by or NEWEST_FIRST,
            filters=base.filters if base is not None else made.filters if made is not None else (),
            where=base.where if base is not None else ALWAYS,
            page_size=base.page_size if base is not None else 50,
        ),
        filter=pruned.condition(plain),
        plain=plain,
        kept=one,
        left_out=lost + (1 if one.on and base is None else 0),
    )


def _key(text: str) -> SortKey:
    return SortKey(text.removeprefix("-"), text.startswith("-"))


class _Pruned:
    """A plain condition without what its reader may not ask; `left_out` counts that."""

    def __init__(self, held: Guard, type_id: str, *, own: bool) -> None:
        self._guard, self._type, self._own = held, type_id, own
        self.left_out = 0

    def plain(self, whole: object) -> dict[str, object] | None:
        """What is left; None where nothing is."""
        return self._part(whole, 0)

    def condition(self, plain: Mapping[str, object] | None) -> Condition:
        """What is left, read; ALWAYS where nothing is."""
        if plain is None:
            return ALWAYS
        types = self._guard.types
        return parse_filter(plain, types[self._type], types)

    def _part(self, plain: object, depth: int) -> dict[str, object] | None:
        if not isinstance(plain, Mapping) or depth > MAX_DEPTH or "formula" in plain:
            self.left_out += 1
            return None
        kept = {
            str(key): left
            for key, value in plain.items()
            if (left := self._entry(str(key), value, depth + 1)) is not None
        }
        return kept or None

    def _entry(self, key: str, value: object, depth: int) -> object:
        if key in ("all", "any") and isinstance(value, list | tuple):
            left = [part for each in value if (part := self._part(each, depth)) is not None]
            return left or None
        if key == "not":
            return self._part(value, depth)
        return value if self._is_open({key: value}) else None

    def _is_open(self, leaf: Mapping[str, object]) -> bool:
        types = self._guard.types
        try:
            condition = parse_filter(leaf, types[self._type], types)
            found = self._guard.opens(condition, self._type, None if self._own else SEE)
        except Refusal:
            found = False
        self.left_out += not found
        return found


def named_views(view: TypeView, saved: Sequence[SavedView]) -> tuple[tuple[str, Label], ...]:
    """Key and label of every view of a type, configured ones first."""
    ours = ((one.id, one.label) for one in view.views)
    return (*ours, *((one.key, Label(one.name, one.name)) for one in saved))
