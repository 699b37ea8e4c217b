"""The fields a person may ask about: of the list's own type, and through its references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import BUILTIN_TYPES, target_type
from kefu_admin.definitions.condition_text import MAX_REFERENCES
from kefu_admin.definitions.field_types import operators, storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.faces import http
from kefu_admin.faces.admin.filtering.verbs import Verb, verbs_of
from kefu_admin.operations import reading
from kefu_admin.operations.reading import TypeView

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

_JOINT = " › "


@dataclass(frozen=True, slots=True)
class Offer:
    """A field to ask about. `type`: whose field it is."""

    path: str
    label: str
    type: str
    field: Field
    verbs: tuple[Verb, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Offers under one heading: the own fields ("") or those behind a reference."""

    label: str
    offers: tuple[Offer, ...]


class Offers:
    """What may be asked of a type's list by somebody who meets the types as `views` say."""

    def __init__(self, type_id: str, views: Mapping[str, TypeView], locale: str) -> None:
        self.type_id, self.locale = type_id, locale
        self._views = views
        self._found: dict[str, Offer | None] = {}

    def verbs(self, path: str) -> tuple[Verb, ...]:
        """The verbs of the field at the end of a path; none where he may not ask."""
        offer = self.find(path)
        return offer.verbs if offer is not None else ()

    def find(self, path: str) -> Offer | None:
        """The offer of a path; None where there is none for him."""
        if path not in self._found:
            self._found[path] = self._find(path)
        return self._found[path]

    def _find(self, path: str) -> Offer | None:
        *way, name = path.split(".")
        if len(way) > MAX_REFERENCES:
            return None
        type_id, labels = self.type_id, []
        for step in way:
            one = self._fields(type_id).get(step)
            if one is None or storage(one[0]) is not Storage.LINK:
                return None
            labels.append(one[0].label.text(self.locale))
            type_id = target_type(one[0].type, one[0].to)
        found = self._fields(type_id).get(name)
        if found is None or not found[1]:
            return None
        label = _JOINT.join([*labels, found[0].label.text(self.locale)])
        return Offer(path, label, type_id, found[0], found[1])

    def _fields(self, type_id: str) -> Mapping[str, tuple[Field, tuple[Verb, ...]]]:
        """The fields of a type he may ask about or go through, with their verbs."""
        if type_id in BUILTIN_TYPES:
            return _BUILTIN[type_id]
        view = self._views.get(type_id)
        if view is None:
            return {}
        return {
            name: (one.field, verbs_of(one.field, one.operators))
            for name, one in view.fields.items()
            if one.operators and one.field.type != "children"
        }

    @cached_property
    def first(self) -> str:
        """The path of the field a new line begins with."""
        return next(iter(self._own()), "")

    def _own(self) -> Iterator[str]:
        return (name for name, (_, verbs) in self._fields(self.type_id).items() if verbs)

    def shelves(self, paths: Iterable[str] = ()) -> tuple[Shelf, ...]:
        """The own fields, those behind each own reference, and behind those `paths` go through or
        end at."""
        prefixes = [""]
        prefixes += [name for name, (one, _) in self._fields(self.type_id).items() if _leads(one)]
        for path in paths:
            names = path.split(".")
            whole = self.find(path)
            ends = len(names) + (1 if whole is not None and _leads(whole.field) else 0)
            prefixes += [".".join(names[:depth]) for depth in range(1, ends)]
        shelves = (self._shelf(prefix) for prefix in dict.fromkeys(prefixes))
        return tuple(shelf for shelf in shelves if shelf.offers)

    def _shelf(self, prefix: str) -> Shelf:
        if not prefix:
            return Shelf("", tuple(self._offers(self.type_id, "")))
        through = self.find(prefix)
        if through is None or prefix.count(".") >= MAX_REFERENCES:
            return Shelf("", ())
        target = target_type(through.field.type, through.field.to)
        return Shelf(through.label + _JOINT.rstrip(), tuple(self._offers(target, prefix + ".")))

    def _offers(self, type_id: str, lead: str) -> Iterator[Offer]:
        for name, (_, verbs) in self._fields(type_id).items():
            if verbs and (offer := self.find(lead + name)) is not None:
                yield offer


def _leads(field: Field) -> bool:
    return storage(field) is Storage.LINK


def _of_builtin(type_id: str) -> Mapping[str, tuple[Field, tuple[Verb, ...]]]:
    return {
        name: (one, verbs_of(one, operators(one)))
        for name, one in BUILTIN_TYPES[type_id].fields.items()
        if name != "id"
    }


_BUILTIN = {type_id: _of_builtin(type_id) for type_id in BUILTIN_TYPES}


def offers_of(page: RecordPages) -> Offers:
    """What the asking person may ask of the list of this type."""
    views = reading.types(page.desk, http.actor(), now=http.now())
    return Offers(page.content.id, {view.id: view for view in views}, http.locale())
