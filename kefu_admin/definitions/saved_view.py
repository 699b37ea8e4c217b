"""List views people keep: by themselves, for a role, for everyone; and how each of them likes his
lists laid out.

A kept view names fields that may be gone tomorrow, or closed to its reader: who reads it leaves
those out (`operations.reading.views`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.condition_text import MAX_DEPTH, parse_filter
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.problems import Refusal

PREFIX = "v-"
_KEY = re.compile(rf"{PREFIX}([1-9][0-9]{{0,17}})", re.ASCII)
WIDTHS = (40, 800)  # CSS pixels


class Sharing(StrEnum):
    """Who has a kept view."""

    OWN = "own"
    ROLE = "role"
    EVERYONE = "everyone"


class Density(StrEnum):
    """How close the rows of a list stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A kept view.

    Attributes:
        on: the configured view it narrows, whose condition holds too; "" for none.
        columns, sort: field ids; a sort key that begins with "-" is descending.
        filter: a plain condition; None for none.
        role: of which it is, where it is shared with one.
    """

    id: int
    version: int
    type: str
    name: str
    owner_id: int
    shared: Sharing = Sharing.OWN
    role: str = ""
    on: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    filter: Mapping[str, object] | None = None
    density: str = ""

    @property
    def key(self) -> str:
        """How lists and addresses name it; no configured view is named so."""
        return f"{PREFIX}{self.id}"

    @property
    def body(self) -> dict[str, object]:
        """What of it rests as JSON."""
        return {
            "on": self.on,
            "columns": list(self.columns),
            "sort": list(self.sort),
            "filter": self.filter,
            "density": self.density,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a person likes one list: () and "" where he has chosen nothing. Widths in CSS pixels."""

    columns: tuple[str, ...] = ()
    density: str = ""
    widths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """A person's lists: looks by type and view, and the view each type opens with."""

    looks: Mapping[tuple[str, str], Look] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def look(self, type_id: str, view: str) -> Look:
        """The look of one list."""
        return self.looks.get((type_id, view), NO_LOOK)


NO_LOOK = Look()
NO_TASTE = Taste()


def id_of(key: str) -> int | None:
    """The id in a view's key; None for a configured view's."""
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None


def plain_taste(taste: Taste) -> dict[str, object]:
    """A taste as JSON."""
    looks: dict[str, dict[str, object]] = {}
    for (type_id, view), look in taste.looks.items():
        if look != NO_LOOK:
            looks.setdefault(type_id, {})[view] = {
                "columns": list(look.columns),
                "density": look.density,
                "widths": dict(look.widths),
            }
    return {"looks": looks, "defaults": dict(taste.defaults)}


def read_taste(plain: Mapping[str, Mapping[str, object]]) -> Taste:
    """The inverse of `plain_taste`."""
    looks: dict[tuple[str, str], Look] = {}
    for type_id, views in plain["looks"].items():
        assert isinstance(views, dict)
        for view, look in views.items():
            looks[type_id, view] = Look(
                columns=tuple(look["columns"]), density=look["density"], widths=look["widths"]
            )
    defaults = {type_id: str(view) for type_id, view in plain["defaults"].items()}
    return Taste(looks=looks, defaults=defaults)


def leaves(plain: object, depth: int = 0) -> Iterator[dict[str, object]]:
    """Every comparison and question to owned rows of a plain condition, by itself."""
    if not isinstance(plain, Mapping) or depth > MAX_DEPTH:
        return
    if "formula" in plain:
        yield dict(plain)
        return
    for key, value in plain.items():
        if key in ("all", "any") and isinstance(value, list | tuple):
            for part in value:
                yield from leaves(part, depth + 1)
        elif key == "not":
            yield from leaves(value, depth + 1)
        else:
            yield {str(key): value}


def gone(view: SavedView, types: Mapping[str, ContentType]) -> tuple[str, ...]:
    """The names in a kept view that the config does not know, or not so any more."""
    type = types.get(view.type)
    if type is None:
        return (view.type,)
    names = [*view.columns, *(key.removeprefix("-") for key in view.sort)]
    missing = [name for name in names if name not in type.fields]
    for leaf in leaves(view.filter):
        try:
            parse_filter(leaf, type, types)
        except Refusal:
            missing.append(next(iter(leaf)))
    return tuple(dict.fromkeys(missing))
