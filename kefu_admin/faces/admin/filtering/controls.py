"""The builder's rows and groups as its template prints them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.faces.admin.filtering.labels import Labels
from kefu_admin.faces.admin.filtering.offers import Offer, Offers, Shelf
from kefu_admin.faces.admin.filtering.posted import ROOT
from kefu_admin.faces.admin.filtering.tree import DEEPEST, Group, Kept, Line, Part, lines, verb_of
from kefu_admin.faces.admin.filtering.verbs import Form
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.record.finder import SPANS
from kefu_admin.faces.admin.words import Translate

Found = Mapping[str, tuple[Option, ...]]
"""What a search without scripts has found, by place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineControl:
    """One line. `values` holds two texts for a verb with two ends, else at least one."""

    place: str
    field: str
    field_label: str
    shelves: tuple[Shelf, ...]
    verbs: tuple[Option, ...]
    form: str
    values: tuple[str, ...]
    options: tuple[Option, ...] = ()
    picker: str = ""
    unit: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptControl:
    """A part that may only be taken out."""

    place: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupControl:
    """A group; `may_nest`: a further group fits into it."""

    place: str
    join: str
    parts: tuple[GroupControl | LineControl | KeptControl, ...]
    may_nest: bool


class Builder:
    """Prints the rows of one page. `picker`: the path that looks up values of an offer's field."""

    def __init__(
        self,
        offers: Offers,
        group: Group,
        *,
        labels: Labels,
        found: Found,
        said: Translate,
        locale: str,
        picker: Callable[[Offer], str],
    ) -> None:
        self._offers, self._group_of, self._labels, self._found = offers, group, labels, found
        self._said, self._locale, self._picker = said, locale, picker
        self._shelves = offers.shelves(dict.fromkeys(each.path for each in lines(group)))

    def control(self) -> GroupControl:
        """The outermost group with all in it."""
        return self._group(self._group_of, ROOT, 0)

    def _group(self, group: Group, place: str, depth: int) -> GroupControl:
        return GroupControl(
            place=place,
            join=group.join.value,
            parts=tuple(
                self._part(part, f"{place}.{number}", depth)
                for number, part in enumerate(group.parts)
            ),
            may_nest=depth + 1 < DEEPEST,
        )

    def _part(self, part: Part, place: str, depth: int) -> GroupControl | LineControl | KeptControl:
        if isinstance(part, Group):
            return self._group(part, place, depth + 1)
        if isinstance(part, Kept):
            return KeptControl(place=place, json=json.dumps(part.plain, ensure_ascii=False))
        return self._line(part, place)

    def _line(self, line: Line, place: str) -> LineControl:
        offer = self._offers.find(line.path)
        verb = verb_of(line, self._offers.verbs)
        form = verb.form if verb is not None else Form.NONE
        verbs = self._offers.verbs(line.path)
        return LineControl(
            place=place,
            field=line.path,
            field_label=offer.label if offer is not None else line.path,
            shelves=self._shelves,
            verbs=tuple(Option(each.id, self._said(each.label), each is verb) for each in verbs),
            form=form.value,
            values=_filled(line.values, form),
            options=self._options(offer, form, line, place) if offer is not None else (),
            picker=self._picker(offer) if offer is not None and form in _PICKING else "",
            unit=self._unit(offer, form),
            fault=line.fault,
        )

    def _unit(self, offer: Offer | None, form: Form) -> str:
        if form is Form.DAYS:
            return self._said("天")
        if offer is None or form not in (Form.NUMBER, Form.TWO_NUMBERS):
            return ""
        if shown_as(value_type(offer.field).id) == "duration":
            return self._said("分钟")
        return offer.field.unit.text(self._locale)

    def _options(self, offer: Offer, form: Form, line: Line, place: str) -> tuple[Option, ...]:
        if form is Form.SPAN:
            return tuple(
                Option(id, self._said(words), id in line.values)
                for id, (words, _, _) in SPANS.items()
            )
        if form is Form.CHECKS:
            return tuple(
                Option(one.id, one.label.text(self._locale), one.id in line.values)
                for one in offer.field.choices
            )
        if form not in _PICKING:
            return ()
        chosen = tuple(
            Option(value, self._labels.get((line.path, value), value), True)
            for value in dict.fromkeys(line.values)
            if value
        )
        return (*chosen, *(o for o in self._found.get(place, ()) if o.id not in line.values))


_PICKING = (Form.PICK, Form.PICKS)


def _filled(values: Sequence[str], form: Form) -> tuple[str, ...]:
    wanted = 2 if form in (Form.TWO_NUMBERS, Form.TWO_DAYS) else 1
    return (*values, *[""] * (wanted - len(values)))
