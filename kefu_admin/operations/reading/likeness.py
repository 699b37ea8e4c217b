"""Records that may be the one somebody is about to make: asked while he types, within his rights.

A field with endings that say nothing (有限公司) is compared by what is left, found through the
search index; any other by its exact value, through its own index. A value he sees masked is an
exact look-up, counted and told like every other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.content_type import Alike
from kefu_admin.definitions.field_types import convert, plain
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.view import SortKey
from kefu_admin.operations.reading.catalogue import type_view
from kefu_admin.operations.reading.lists import list_rows
from kefu_admin.operations.reading.requests import ListRequest, TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import UnknownParameter
from kefu_admin.store import read, search
from kefu_admin.store.query import Nearness, Query, Row

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

MOST = 20
SHORTEST = 2
"""Characters left of a text from which it is looked for."""
_HOLDS = 4
"""Characters from which a text held by another counts as the same."""
_LOOKED_AT = 20
_NOISE = str.maketrans("", "", " \t()（）【】[]·.,，。-_/、")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A record that may be the same: by which fields, and the row as he sees it."""

    row: Row
    fields: tuple[str, ...]


def alike(
    desk: Desk,
    type_id: str,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    limit: int = 5,
) -> tuple[Likeness, ...]:
    """Records that hold the same as these values in fields the type names, as far as he sees them:
    those alike in most fields first, then the newest. Values nobody can have yet find nothing.

    Raises:
        NotFound: no such type, or none for him.
        UnknownParameter: a field that is not compared, or is closed to him.
        TooMany: more exact look-ups this hour than the project allows.
    """
    view = type_view(desk, type_id, actor, now=now)
    rules = {one.name: one for one in view.type.alike}
    for name in raw:
        if name not in rules or name not in view.fields:
            raise UnknownParameter(name=name)
    found: dict[int, tuple[Row, list[str]]] = {}
    for name, given in raw.items():
        text = _canonical(view.fields[name].field, given)
        if text is None:
            continue
        rows = (
            _by_core(desk, view, rules[name], text, actor, now)
            if rules[name].without
            else _by_value(desk, view, name, text, actor, now)
        )
        for row in rows:
            found.setdefault(row.id, (row, []))[1].append(name)
    ranked = sorted(found.values(), key=lambda one: (-len(one[1]), -one[0].id))
    return tuple(Likeness(row, tuple(names)) for row, names in ranked[: max(1, min(limit, MOST))])


def core(text: str, without: Sequence[str]) -> str:
    """What is left of a text without its endings, spaces and brackets, in normal form."""
    left = search.normal(text).translate(_NOISE)
    endings = sorted((search.normal(one).translate(_NOISE) for one in without), key=len)
    while ending := next((e for e in reversed(endings) if e and left.endswith(e)), ""):
        if left == ending:
            break
        left = left.removesuffix(ending)
    return left


def _canonical(field: Field, given: object) -> object:
    """The value as it would be stored; None for one that cannot be."""
    try:
        value = convert(field, given)
    except BadValue:
        return None
    return None if value in (None, "", ()) else plain(field, value)


def _columns(view: TypeView) -> tuple[str, ...]:
    """What of a record is shown beside its title: its number and the fields compared."""
    numbers = [name for name, one in view.fields.items() if one.field.type == "number"]
    names = dict.fromkeys((*numbers, *(one.name for one in view.type.alike)))
    return tuple(name for name in names if name in view.fields and view.fields[name].seen)


def _by_core(
    desk: Desk, view: TypeView, rule: Alike, given: object, actor: Actor, now: datetime
) -> list[Row]:
    name, wanted = rule.name, core(str(given), rule.without)
    if len(wanted) < SHORTEST or not view.fields[name].seen:
        return []
    look = sight(desk, actor, now)
    query = Query(
        type=view.id,
        columns=_columns(view),
        search=wanted,
        sort=(SortKey("id", descending=True),),
        limit=_LOOKED_AT,
    )
    nearness = (Nearness.BEGINS, Nearness.HOLDS) if len(wanted) >= _HOLDS else (Nearness.BEGINS,)
    rows: dict[int, Row] = {}
    for one in nearness:
        page = read.page(look, replace(query, nearness=one))
        rows |= {row.id: row for row in page.rows}
    return [row for row in rows.values() if _is_alike(row, rule, wanted)]


def _is_alike(row: Row, rule: Alike, wanted: str) -> bool:
    """Whether the value he sees in full is the same but for its endings, or holds it."""
    value = row.values.get(rule.name)
    if not isinstance(value, str) or rule.name in row.masked:
        return False
    theirs = core(value, rule.without)
    return theirs == wanted or (len(wanted) >= _HOLDS and wanted in theirs)


def _by_value(
    desk: Desk, view: TypeView, name: str, given: object, actor: Actor, now: datetime
) -> Sequence[Row]:
    if Op.EQ not in view.fields[name].operators:
        return ()
    request = ListRequest(
        type=view.id,
        columns=_columns(view),
        filter={name: {"eq": given}},
        sort=("-id",),
        limit=_LOOKED_AT,
        count=False,
    )
    return list_rows(desk, request, actor=actor, now=now).rows
