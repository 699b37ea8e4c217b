"""The first page: groups of cards, each the number of rows a list view holds for the person."""

from __future__ import annotations

from dataclasses import dataclass, field

from kefu_admin.definitions.label import Label
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A list view's count, leading to the view. `color` is one of the theme's named colours and
    shows only while there is something to count."""

    view: str
    label: Label
    icon: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGroup:
    label: Label
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """What those with one of `roles` (all where it is empty) find on the first page. `new` are the
    content types with a button to make one."""

    id: str
    roles: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    groups: tuple[CardGroup, ...]
    place: Place = field(default=NOWHERE, compare=False)
