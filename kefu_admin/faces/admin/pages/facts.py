"""Pages that show one thing as facts with buttons, and what lists of jobs and messages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input
from kefu_admin.faces.admin.pages.sheets import choice
from kefu_admin.faces.admin.words import Translate


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a detail page; `color` sets it as a tag, `href` makes it a link."""

    label: str
    text: str
    color: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button of a detail page, with what it does."""

    label: str
    help: str
    action: str
    icon: str
    primary: bool = False


def reason(fault: Mapping[str, object] | None) -> str:
    """The sentence of a kept fault; "" for none, its code where this program knows no sentence."""
    if not fault:
        return ""
    facts = {name: value for name, value in fault.items() if name != "code"}
    code = str(fault.get("code", ""))
    if code not in wording.sentences():
        return code
    return wording.sentence(code, http.locale(), **facts)


def state_choice(said: Translate, states: Mapping[str, tuple[str, str]], state: str) -> Input:
    """The filter of a list by state; each with its label and colour."""
    options = [(str(one), said(label)) for one, (label, _) in states.items()]
    return choice("state", "状态", options, (state,))
