"""Small hand-written forms and tables in the same dress as the configured ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input, Option
from kefu_admin.problems import Invalid, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One cell of a table: `color` sets it as a tag, `href` makes it a link, `small` adds a second
    line."""

    text: str
    href: str = ""
    color: str = ""
    css: str = ""
    small: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A link that looks like a button."""

    label: str
    href: str
    icon: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """A further action under a form, with a button of its own."""

    heading: str
    text: str
    button: str
    action: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused, by field; "" holds what concerns the whole form."""

    by_field: Mapping[str, tuple[str, ...]]

    def of(self, name: str) -> tuple[str, ...]:
        """The sentences of one field."""
        return self.by_field.get(name, ())


NONE = Refused({})


def refused(refusal: Refusal) -> Refused:
    """A refusal's sentences by field."""
    locale = http.locale()
    if not isinstance(refusal, Invalid):
        return Refused({"": (wording.refusal(refusal, locale),)})
    found: dict[str, tuple[str, ...]] = {}
    for error in refusal.errors:
        said = wording.field_error(error, locale)
        found[error.field] = (*found.get(error.field, ()), said)
    return Refused(found)


def entry(
    name: str,
    label: str,
    value: str = "",
    *,
    refused: Refused = NONE,
    kind: str = "text",
    required: bool = False,
    help: str = "",
    max_length: int = 0,
    unit: str = "",
) -> Input:
    """A control for one text."""
    return Input(
        name=name,
        id=f"f-{name}",
        label=wording.text(label, http.locale()),
        kind=kind,
        value=value,
        required=required,
        help=wording.text(help, http.locale()) if help else "",
        errors=refused.of(name),
        max_length=max_length,
        unit=wording.text(unit, http.locale()) if unit else "",
    )


def choice(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: Sequence[str],
    *,
    refused: Refused = NONE,
    kind: str = "select",
    required: bool = False,
    help: str = "",
) -> Input:
    """A control with given choices: `select`, `radio` or (several) `checks`."""
    return Input(
        name=name,
        id=f"f-{name}",
        label=wording.text(label, http.locale()),
        kind=kind,
        required=required,
        help=wording.text(help, http.locale()) if help else "",
        errors=refused.of(name),
        options=tuple(Option(id, text, id in chosen) for id, text in options),
    )
