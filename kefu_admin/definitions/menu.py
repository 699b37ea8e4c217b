"""The panel's menu: groups of entries; what a person may not open is left out for him."""

from __future__ import annotations

from dataclasses import dataclass, field

from kefu_admin.definitions.label import Label
from kefu_admin.problems import NOWHERE, Place

PAGES = (
    "home", "calendar", "users", "departments", "audit", "tokens", "numbers", "values", "bin",
    "batches", "jobs", "messages", "config", "status", "api_docs",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """Exactly one of `view` (list view id) and `page` (one of PAGES)."""

    label: Label
    icon: str = ""
    view: str = ""
    page: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    label: Label
    icon: str = ""
    entries: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    id: str
    groups: tuple[MenuGroup, ...]
    place: Place = field(default=NOWHERE, compare=False)
