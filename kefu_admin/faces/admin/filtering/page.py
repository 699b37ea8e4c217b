"""The page of the filter builder: from a list's question to rows, and from rows back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import request

from kefu_admin import wording
from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.field_types import value_type
from kefu_admin.faces import http
from kefu_admin.faces.admin.filtering import posted, tree
from kefu_admin.faces.admin.filtering.controls import Builder, Found
from kefu_admin.faces.admin.filtering.labels import labels_of_group
from kefu_admin.faces.admin.filtering.offers import Offer, Offers, offers_of
from kefu_admin.faces.admin.filtering.posted import ROOT
from kefu_admin.faces.admin.filtering.tree import Group, Line, Part
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.record.asked_list import asked_list
from kefu_admin.faces.admin.record.finder import Asked
from kefu_admin.faces.admin.regions import found_regions
from kefu_admin.faces.admin.view import prefix, typed
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import reading
from kefu_admin.problems import Invalid, UnknownParameter

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView

_FOUND = 30


def context(page: RecordView) -> dict[str, object]:
    """What the template prints for the list's question in the address.

    Raises:
        NotFound, UnknownParameter, BadRequest: the address asks what no list answers.
    """
    view = page.type_view()
    asked = page.addresses().read(request.args)
    offers = offers_of(page)
    wanted = asked_list(page.desk, view, asked)
    group = tree.read(wanted.tree, offers.verbs)
    if not group.parts:
        group = Group(group.join, (posted.blank(offers),))
    return _printed(page, asked, offers, group)


def sent(page: RecordView) -> tuple[str, dict[str, object]]:
    """What the form asks for: the path of the narrowed list, or the page once more.

    Raises:
        NotFound, UnknownParameter, BadRequest: as `context`, or no form of ours.
    """
    view = page.type_view()
    bar = page.addresses()
    asked = bar.read(request.args).first_page()
    offers = offers_of(page)
    group = posted.sent(request.form, offers)
    deed, at = posted.pressed(request.form)
    if deed != "apply":
        group = posted.changed(group, deed, at, offers)
        return "", _printed(page, asked, offers, group, _found(offers, group, deed, at))
    checked = _checked(page, group, offers)
    if isinstance(checked, Group) and checked is not group:
        return "", {**_printed(page, asked, offers, checked), "refused": True}
    written = tree.write(group, offers.verbs)
    return page.base + bar.write(
        replace(asked, tree=written or asked_list(page.desk, view, asked).nothing)
    ), {}


def status(told: Mapping[str, object]) -> int:
    """Of the answer."""
    return Invalid.status if told.get("refused") else 200


def _printed(
    page: RecordView, asked: Asked, offers: Offers, group: Group, found: Found | None = None
) -> dict[str, object]:
    locale = http.locale()
    said = translator(locale)
    address = page.addresses().write(asked.first_page())
    builder = Builder(
        offers,
        group,
        labels=labels_of_group(offers, group),
        found=found or {},
        said=said,
        locale=locale,
        picker=lambda offer: _picker(page, offer),
    )
    return {
        "heading": said("筛选{list}", list=page.content.plural.text(locale)),
        "plural": page.content.plural.text(locale),
        "group": builder.control(),
        "action": f"{page.base}filter{address}",
        "back": page.base + address,
        "refused": False,
    }


def _picker(page: RecordView, offer: Offer) -> str:
    if offer.field.type == "region":
        return f"{prefix()}/regions"
    return f"{page.base}choices/{offer.path}"


def _found(offers: Offers, group: Group, deed: str, at: tuple[int, ...]) -> Found:
    """What a search without scripts finds for the line it was asked for."""
    place = ".".join([ROOT, *map(str, at)])
    term = typed(request.form.get(f"{place}.find", ""), longest=60)
    line = _line_at(group, at)
    offer = offers.find(line.path) if line is not None else None
    if deed != "find" or offer is None:
        return {}
    if offer.field.type == "region":
        return {place: tuple(Option(code, label) for code, label in found_regions(term, _FOUND))}
    if not target_type(value_type(offer.field).id, offer.field.to):
        return {}
    refs = reading.choices(
        http.runtime().desk,
        offer.type,
        offer.field.id,
        term,
        actor=http.actor(),
        now=http.now(),
        limit=_FOUND,
    )
    return {place: tuple(Option(str(ref.id), ref.label) for ref in refs)}


def _line_at(group: Group, at: tuple[int, ...]) -> Line | None:
    here: object = group
    for number in at:
        if not isinstance(here, Group) or number >= len(here.parts):
            return None
        here = here.parts[number]
    return here if isinstance(here, Line) else None


def _checked(page: RecordView, group: Group, offers: Offers) -> Group:
    """The same group, or one that tells at its lines what is wrong with them."""
    faults = {
        id(line): fault for line in tree.lines(group) if (fault := _fault(page, line, offers))
    }
    return _marked(group, faults) if faults else group


def _fault(page: RecordView, line: Line, offers: Offers) -> str:
    locale, verb = http.locale(), tree.verb_of(line, offers.verbs)
    if tree.lacks(line, verb):
        return wording.text("请填写。", locale)
    assert verb is not None
    try:
        reading.check_filter(
            page.desk,
            page.content.id,
            {line.path: dict(verb.write(line.values))},
            actor=http.actor(),
            now=http.now(),
        )
    except Invalid as refusal:
        return wording.field_error(refusal.errors[0], locale)
    except UnknownParameter as refusal:
        return wording.refusal(refusal, locale)
    return ""


def _marked(group: Group, faults: Mapping[int, str]) -> Group:
    parts: list[Part] = []
    for part in group.parts:
        if isinstance(part, Group):
            parts.append(_marked(part, faults))
        elif isinstance(part, Line):
            parts.append(replace(part, fault=faults.get(id(part), "")))
        else:
            parts.append(part)
    return replace(group, parts=tuple(parts))
