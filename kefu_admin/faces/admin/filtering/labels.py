"""What the picked values of a condition are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kefu_admin.definitions.regions import region_label
from kefu_admin.faces.admin.filtering import tree
from kefu_admin.faces.admin.filtering.offers import Offer, Offers
from kefu_admin.faces.admin.filtering.tree import Group, Line
from kefu_admin.faces.admin.filtering.verbs import Form
from kefu_admin.faces.admin.record.forms import labels_of, record_id

Labels = Mapping[tuple[str, str], str]
"""By path and value."""


def labels_of_group(offers: Offers, group: Group) -> Labels:
    """The labels of all values picked in a group, as far as the person sees the records."""
    labels: dict[tuple[str, str], str] = {}
    wanted: dict[str, dict[str, set[int]]] = {}
    for line, offer in _picked(offers, group):
        for value in line.values:
            if offer.field.type == "region":
                labels[line.path, value] = region_label(value)
            elif (number := record_id(value)) is not None:
                wanted.setdefault(offer.type, {}).setdefault(offer.field.id, set()).add(number)
    known = {type_id: labels_of(type_id, fields) for type_id, fields in wanted.items()}
    for line, offer in _picked(offers, group):
        for value in line.values:
            label = known.get(offer.type, {}).get((offer.field.id, value))
            if label is not None:
                labels[line.path, value] = label
    return labels


def _picked(offers: Offers, group: Group) -> Iterator[tuple[Line, Offer]]:
    """The lines whose values are picked."""
    for line in tree.lines(group):
        verb, offer = tree.verb_of(line, offers.verbs), offers.find(line.path)
        if verb is not None and offer is not None and verb.form in (Form.PICK, Form.PICKS):
            yield line, offer
