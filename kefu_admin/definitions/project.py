"""The whole config as one value: what `load` returns and every layer above reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kefu_admin.definitions.action import BulkAction
from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.dated import Dated
from kefu_admin.definitions.home import HomePage
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.menu import Menu
from kefu_admin.definitions.number import Series
from kefu_admin.definitions.role import Role
from kefu_admin.definitions.scenario import Scenario
from kefu_admin.definitions.schedule import SCHEDULES, Schedule
from kefu_admin.definitions.view import ListView
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyLevel:
    """A label on records (内部, 秘密…); `rank` rises with secrecy. Not a certification."""

    id: str
    label: Label
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A desk. `id` is the project's own: one database serves one project. `fingerprint` is the
    SHA-256 (hex) of the canonical text of all definitions, their layers put together; `texts` holds
    that canonical text per file, which `apply` keeps. `bin_days` 0: what is deleted waits in the
    bin until somebody purges it. `export_rows`: how many records one person may take in a file.
    `pinyin_alike`: sounds that search by pinyin does not tell apart (`n-l`, `n-ng`)."""

    name: Label
    id: str = ""
    renamed_from: str = ""
    time_zone: str = "Asia/Shanghai"
    locale: str = "zh"
    password_profile: str = "dengbao2"  # noqa: S105 -- a profile name, or "asvs"
    secrecy_levels: tuple[SecrecyLevel, ...] = ()
    unmask_per_hour: int = 60
    search_per_hour: int = 60
    bin_days: int = 0
    export_rows: int = 500
    pinyin_alike: frozenset[str] = frozenset()
    schedules: Mapping[str, Schedule] = field(default_factory=lambda: SCHEDULES)
    types: Mapping[str, ContentType]
    roles: Mapping[str, Role]
    numbers: Mapping[str, Series]
    views: Mapping[str, ListView]
    actions: Mapping[str, BulkAction]
    menus: Mapping[str, Menu]
    homes: Mapping[str, HomePage] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario]
    dated: Mapping[str, Dated] = field(default_factory=dict)  # by name, "choices.source"
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    texts: Mapping[str, str]
    fingerprint: str
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def default_calendar(self) -> Calendar | None:
        """What holds where no calendar is named; None where the desk has none."""
        return next((one for one in self.calendars.values() if one.default), None)

    def default_view(self, type_id: str) -> ListView | None:
        """The list view a type opens with: the one marked default, else the first."""
        views = [view for view in self.views.values() if view.type == type_id]
        return next((view for view in views if view.default), views[0] if views else None)
