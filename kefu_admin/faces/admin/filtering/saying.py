"""Conditions in words, for the chips above a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kefu_admin.faces.admin.filtering import tree
from kefu_admin.faces.admin.filtering.labels import Labels, labels_of_group
from kefu_admin.faces.admin.filtering.offers import Offer, Offers
from kefu_admin.faces.admin.filtering.tree import Group, Join, Kept, Line, Part
from kefu_admin.faces.admin.filtering.verbs import Form
from kefu_admin.faces.admin.record.finder import SPANS
from kefu_admin.faces.admin.words import Translate

_LONGEST = 60
_ALONE = {"in": "为", "not_in": "不为"}  # how a list of one is said


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a condition in words, and the condition without it (None: nothing is left)."""

    text: str
    without: Mapping[str, object] | None


def chips(plain: Mapping[str, object], offers: Offers, said: Translate) -> tuple[Chip, ...]:
    """The outermost parts of a condition."""
    group = tree.read(plain, offers.verbs)
    if group.join is not Join.ALL:
        group = Group(Join.ALL, (group,))
    words = _Words(offers, labels_of_group(offers, group), said)
    made = []
    for number, part in enumerate(group.parts):
        rest = replace(group, parts=group.parts[:number] + group.parts[number + 1 :])
        text = words.of(part)
        short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        made.append(Chip(short, tree.write(rest, offers.verbs) or None))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Words:
    offers: Offers
    labels: Labels
    said: Translate

    def of(self, part: Part) -> str:
        """A part in words."""
        if isinstance(part, Kept):
            return self.said("另一条条件")
        if isinstance(part, Line):
            return self._line(part)
        joint = self.said(" 且 ") if part.join is Join.ALL else self.said(" 或 ")
        inner = joint.join(self.of(each) for each in part.parts)
        if part.join is Join.NONE:
            return self.said("不符合（{conditions}）", conditions=inner)
        return f"（{inner}）" if len(part.parts) > 1 else inner

    def _line(self, line: Line) -> str:
        offer, verb = self.offers.find(line.path), tree.verb_of(line, self.offers.verbs)
        if offer is None or verb is None:
            return self.said("另一条条件")
        value = self._value(line, verb.form, offer)
        alone = _ALONE.get(verb.id, "") if len(line.values) == 1 else ""
        words = (offer.label, self.said(alone or verb.label), value)
        return " ".join(word for word in words if word)

    def _value(self, line: Line, form: Form, offer: Offer) -> str:
        if form is Form.NONE:
            return ""
        if form is Form.SPAN:
            return self.said(SPANS[line.values[0]][0])
        if form is Form.DAYS:
            return self.said("{count} 天", count=line.values[0])
        if form in (Form.TWO_NUMBERS, Form.TWO_DAYS):
            return " – ".join(line.values)
        return self.said("、").join(self._one(value, line, form, offer) for value in line.values)

    def _one(self, value: str, line: Line, form: Form, offer: Offer) -> str:
        if form is Form.CHECKS:
            choice = offer.field.choice(value)
            return choice.label.text(self.offers.locale) if choice is not None else value
        if form in (Form.PICK, Form.PICKS):
            return self.labels.get((line.path, value), f"#{value}")
        return value
