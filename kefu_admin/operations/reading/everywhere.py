"""Global search: the closest records of every type the actor sees, and what they were found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.definitions.view import SortKey
from kefu_admin.operations.reading.catalogue import type_views
from kefu_admin.operations.reading.former import renumbered
from kefu_admin.operations.reading.requests import TypeView
from kefu_admin.operations.reading.sights import sight
from kefu_admin.store import read, search
from kefu_admin.store.query import Nearness, Query, Ref, Row
from kefu_admin.store.search import Closeness, Span

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

MOST = 20
_CANDIDATES = 40  # the newest records ranked; closer ones beyond them are asked for by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record found. `field` is what it was found by, `text` its value as shown and `marks` what
    of that matched; `closeness` of the word it holds least closely."""

    id: int
    title: str
    field: Field
    text: str
    marks: tuple[Span, ...]
    closeness: Closeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The closest records of one type; `more`: there are others."""

    type: ContentType
    hits: tuple[Hit, ...]
    more: bool


def search_all(
    desk: Desk,
    text: str,
    *,
    actor: Actor,
    now: datetime,
    types: Sequence[str] = (),
    each: int = 5,
) -> tuple[Found, ...]:
    """At most `each` (1 to 20) records of every type that hold all words of the text where the
    actor may look; the same, then the same beginning, then containing, then by pinyin, each the
    newest first. `types`: only of these. Types without a hit are left out."""
    words, look = read.words_of(text), sight(desk, actor, now)
    if not words:
        return ()
    several = max(1, min(each, MOST))
    return tuple(
        found
        for view in type_views(look)
        if view.searchable and (not types or view.id in types)
        if (found := _found(look, view, text, words, several)) is not None
    )


def _found(
    look: read.Sight, view: TypeView, text: str, words: Sequence[str], each: int
) -> Found | None:
    now_is = renumbered(look.store, view.type, text)
    if now_is != text:
        text, words = now_is, read.words_of(now_is)
    fields = [view.fields[name].field for name in view.type.search if name in view.fields]
    query = Query(
        type=view.id,
        columns=tuple(one.id for one in fields if view.fields[one.id].seen),
        search=text,
        sort=(SortKey("id", descending=True),),
        limit=_CANDIDATES,
    )
    page = read.page(look, query)
    rows = {row.id: row for row in page.rows}
    if page.next and len(words) == 1:
        for nearness in (Nearness.BEGINS, Nearness.IS):
            closer = read.page(look, replace(query, nearness=nearness))
            rows |= {row.id: row for row in closer.rows}
    marker = Marker(view.type, text, look.store.project.pinyin_alike)
    hits = [hit for row in rows.values() if (hit := _hit(row, fields, marker)) is not None]
    if not hits:
        return None
    hits.sort(key=lambda hit: (hit.closeness, -hit.id))
    return Found(type=view.type, hits=tuple(hits[:each]), more=bool(page.next) or len(hits) > each)


def _hit(row: Row, fields: Sequence[Field], marker: Marker) -> Hit | None:
    """The record with the field it is found by most closely; None where the index told of a text
    that does not hold the words."""
    shown = [
        (one, shown_text(row.values[one.id]), one.id in row.masked)
        for one in fields
        if one.id in row.values
    ]
    least = Closeness.IS
    for word in marker.words:
        closest = min(
            (marker.closeness(one, text, word, masked=masked) for one, text, masked in shown),
            default=Closeness.NOT,
        )
        least = max(least, closest)
    if least is Closeness.NOT:
        return None
    field, text, masked = min(
        shown,
        key=lambda each: min(
            marker.closeness(each[0], each[1], word, masked=each[2]) for word in marker.words
        ),
    )
    marks = marker.places(field, text, masked=masked)
    return Hit(id=row.id, title=row.title, field=field, text=text, marks=marks, closeness=least)


def shown_text(value: object) -> str:
    """A value of a search field as it is shown; "" for none."""
    if isinstance(value, Ref):
        return value.label
    return value if isinstance(value, str) else ""


class Marker:
    """What of shown values the words of a search are found by."""

    def __init__(self, type: ContentType, text: str, alike: frozenset[str]) -> None:
        self.words = read.words_of(text)
        self._alike = alike
        followed = search.followed_fields(type)
        self._fields: Mapping[str, Field] = {
            one.id: one for one in (*search.indexed_fields(type), *followed)
        }

    def closeness(self, field: Field, text: str, word: str, *, masked: bool) -> Closeness:
        """How closely a shown value holds a word; a masked one by its shown end only."""
        if field.id not in self._fields or not text:
            return Closeness.NOT
        if masked:
            return Closeness.HOLDS if _ends(field, text, word) else Closeness.NOT
        spoken = field.type == "reference" or search.spoken(field)
        return search.closeness(text, word, spoken=spoken, alike=self._alike)

    def places(self, field: Field, text: str, *, masked: bool) -> tuple[Span, ...]:
        """The characters of a shown value the words are found by."""
        if field.id not in self._fields or not text:
            return ()
        if masked:
            sizes = [len(word) for word in self.words if _ends(field, text, word)]
            return ((len(text) - max(sizes), len(text)),) if sizes else ()
        spoken = field.type == "reference" or search.spoken(field)
        return search.places(text, self.words, spoken=spoken, alike=self._alike)


def _ends(field: Field, text: str, word: str) -> bool:
    """Whether the shown end of a masked value is the word."""
    return len(word) <= searchable_tail(field) and search.normal(text).endswith(word)
