"""The builder's form as it is sent: rows and groups by their places, and the button pressed.

A place is the way from the outermost group, `g`, by positions: `g.0.2`. A group sends its join
under its place; a line `PLACE.field`, `PLACE.verb` and `PLACE.value` once for each value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from kefu_admin.faces.admin.filtering.offers import Offers
from kefu_admin.faces.admin.filtering.tree import (
    DEEPEST,
    MOST_ROWS,
    Group,
    Join,
    Kept,
    Line,
    Part,
    lines,
    verb_of,
)
from kefu_admin.problems import BadRequest

Changer = Callable[[Group], Group]
ROOT = "g"
_MOST_VALUES = 100
_LONGEST = 200  # characters of a value
_MOST_KEPT = 8_000


def sent(form: MultiDict[str, str], offers: Offers) -> Group:
    """The rows and groups as sent; a line whose field was changed begins with its first verb.

    Raises:
        BadRequest: no form of ours sends this.
    """
    found = _group(form, ROOT, 0)
    if sum(1 for _ in lines(found)) > MOST_ROWS:
        raise BadRequest(detail="rows")
    whole = _fitting(found, offers)
    assert isinstance(whole, Group)
    return whole


def _group(form: MultiDict[str, str], place: str, depth: int) -> Group:
    join = form.get(place, Join.ALL.value)
    if join not in set(Join) or depth > DEEPEST + 2:
        raise BadRequest(detail=place)
    parts: list[Part] = []
    for number in range(MOST_ROWS):
        inner = f"{place}.{number}"
        if f"{inner}.field" in form:
            parts.append(_line(form, inner))
        elif f"{inner}.kept" in form:
            parts.append(_kept(form[f"{inner}.kept"]))
        elif inner in form:
            parts.append(_group(form, inner, depth + 1))
        else:
            break
    return Group(Join(join), tuple(parts))


def _line(form: MultiDict[str, str], place: str) -> Line:
    values = [text.strip() for text in form.getlist(f"{place}.value")]
    if len(values) > _MOST_VALUES or any(len(text) > _LONGEST for text in values):
        raise BadRequest(detail=place)
    return Line(form[f"{place}.field"], form.get(f"{place}.verb", ""), tuple(values))


def _kept(text: str) -> Kept:
    try:
        plain = json.loads(text) if len(text) <= _MOST_KEPT else None
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise BadRequest(detail="kept")
    return Kept(plain)


def _fitting(part: Part, offers: Offers) -> Part:
    if isinstance(part, Group):
        return replace(part, parts=tuple(_fitting(each, offers) for each in part.parts))
    if isinstance(part, Kept) or verb_of(part, offers.verbs) is not None:
        return part
    verbs = offers.verbs(part.path)
    return Line(part.path, verbs[0].id if verbs else "")


def pressed(form: Mapping[str, str]) -> tuple[str, tuple[int, ...]]:
    """What the button asks for, and where: `add g.0` is ("add", (0,)).

    Raises:
        BadRequest: no button of ours.
    """
    deed, _, place = form.get("do", "").partition(" ")
    steps = place.split(".")[1:] if place else []
    if len(steps) > DEEPEST + 2 or not all(step.isascii() and step.isdigit() for step in steps):
        raise BadRequest(detail="do")
    return deed, tuple(int(step) for step in steps)


def changed(group: Group, deed: str, at: tuple[int, ...], offers: Offers) -> Group:
    """The group after a button that adds or takes away: `add`, `group` (in the group at a place),
    `drop` (the part at a place). Any other leaves it as it is."""
    if deed == "add":
        return _at(group, at, lambda inner: _with(inner, blank(offers)))
    if deed == "group" and len(at) < DEEPEST:
        other = Join.ANY if not at else Join.ALL
        return _at(group, at, lambda inner: _with(inner, Group(other, (blank(offers),))))
    if deed == "drop" and at:
        return _at(group, at[:-1], lambda inner: _without(inner, at[-1]))
    return group


def blank(offers: Offers) -> Line:
    """A line to begin with."""
    verbs = offers.verbs(offers.first)
    return Line(offers.first, verbs[0].id if verbs else "")


def _with(group: Group, part: Part) -> Group:
    return replace(group, parts=(*group.parts, part))


def _without(group: Group, number: int) -> Group:
    return replace(group, parts=group.parts[:number] + group.parts[number + 1 :])


def _at(group: Group, at: tuple[int, ...], change: Changer) -> Group:
    """The group with one of the groups inside changed."""
    if not at:
        return change(group)
    number, rest = at[0], at[1:]
    inner = group.parts[number] if number < len(group.parts) else None
    if not isinstance(inner, Group):
        return group
    parts = list(group.parts)
    parts[number] = _at(inner, rest, change)
    return replace(group, parts=tuple(parts))
