"""What one load knows while it reads: the sources, the problems, and what was understood so far.

Kinds are read in an order in which each finds what it refers to. Ids of files that could not be
read count as known, so that one broken file is not reported again by all that mention it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.condition_text import parse_condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.dated import Dated
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import Choice
from kefu_admin.definitions.keys import Key, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.number import Series
from kefu_admin.definitions.project import SecrecyLevel
from kefu_admin.definitions.role import Role
from kefu_admin.definitions.schedule import SCHEDULES, Schedule
from kefu_admin.definitions.tree import MapNode, Node, located, walk
from kefu_admin.definitions.view import ListView
from kefu_admin.problems import NOWHERE, Place, Problem


@dataclass(frozen=True, slots=True)
class Source:
    """One config file: its id, its tree (None when it could not be read) and its first line."""

    id: str
    node: MapNode | None
    place: Place


@dataclass(slots=True, kw_only=True)
class Settings:
    """What `project.yaml` says."""

    id: str = ""
    renamed_from: str = ""
    name: Label = field(default_factory=lambda: Label(""))
    time_zone: str = "Asia/Shanghai"
    locale: str = "zh"
    password_profile: str = "dengbao2"  # noqa: S105 - the name of a rule set
    secrecy_levels: tuple[SecrecyLevel, ...] = ()
    unmask_per_hour: int = 60
    search_per_hour: int = 60
    bin_days: int = 0
    export_rows: int = 500
    pinyin_alike: frozenset[str] = frozenset()
    schedules: Mapping[str, Schedule] = field(default_factory=lambda: SCHEDULES)
    place: Place = NOWHERE

    def level_choices(self) -> tuple[Choice, ...]:
        """The secrecy levels as choices of a field."""
        return tuple(
            Choice(id=level.id, label=level.label, place=self.place)
            for level in self.secrecy_levels
        )


@dataclass(slots=True)
class TypeDraft:
    """A content type as far as it is understood, with the opened mappings it was written in."""

    type: ContentType
    taken: Taken
    fields: Mapping[str, Taken]


@dataclass(slots=True)
class Loading:
    """The state of one load."""

    sources: Mapping[str, Mapping[str, Source]]
    problems: Problems = field(default_factory=Problems)
    settings: Settings = field(default_factory=Settings)
    numbers: dict[str, Series] = field(default_factory=dict)
    choice_lists: dict[str, Sequence[Choice]] = field(default_factory=dict)
    dated: dict[str, Dated] = field(default_factory=dict)
    drafts: dict[str, TypeDraft] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    views: dict[str, ListView] = field(default_factory=dict)

    @property
    def types(self) -> Mapping[str, ContentType]:
        """The content types as understood now."""
        return {id: draft.type for id, draft in self.drafts.items()}

    def known(self, kind: str) -> Iterable[str]:
        """Ids of a kind, readable or not."""
        return self.sources.get(kind, {})

    def all_types_readable(self) -> bool:
        """Whether conditions can be judged: none of the types they may reach is missing."""
        return self.drafts.keys() == self.sources.get("types", {}).keys()

    def all_roles_readable(self) -> bool:
        """Whether what roles say together can be judged."""
        return self.roles.keys() == self.sources.get("roles", {}).keys()

    def exact(self, kind: str, id: str, place: Place, key: str) -> Place:
        """Where a key of the mapping at `place` was written, in whichever layer; `place` itself
        where it was not written at all."""
        source = self.sources.get(kind, {}).get(id)
        parts = walk(source.node) if source and source.node else ()
        for part in parts:
            if part.place == place and isinstance(part, MapNode) and key in part.entries:
                return part.entries[key].place
        return place.under(key)

    def type_of(self, taken: Taken, key: Key[str], of_owned: Fault) -> ContentType | None:
        """The type a key names, None after noting that there is none; `of_owned` is noted where the
        type is owned by another and so stands for itself nowhere."""
        name, place = taken[key], taken.at(key)
        if name is None or not self.refers(place, Fault.NO_TYPE_NEAR, Fault.NO_TYPE, "types", name):
            return None
        type = self.types.get(name)
        if type is not None and type.owned_by:
            self.problems.add(place, of_owned, type=type.id)
        return type

    def refers(self, place: Place, near: Fault, far: Fault, kind: str, name: str) -> bool:
        """Whether something of this kind and name exists; noted when not."""
        if name in self.known(kind):
            return True
        self.problems.unknown(place, near, far, name, self.known(kind))
        return False

    def field(self, place: Place, type: ContentType, name: str) -> bool:
        """Whether the type has the field; noted when not."""
        if name in type.fields:
            return True
        self.problems.unknown(
            place, Fault.NO_FIELD_NEAR, Fault.NO_FIELD, name, type.fields, type=type.id
        )
        return False

    def condition(self, node: Node | None, type: ContentType) -> Condition:
        """A condition on records of the type; its problems get the lines they were written on."""
        if node is None or not self.all_types_readable():
            return ALWAYS
        found: list[Problem] = []
        condition = parse_condition(
            node.plain(), type=type, types=self.types, place=node.place, problems=found
        )
        self.note(found, node)
        return condition

    def note(self, found: list[Problem], node: Node) -> None:
        """Add problems whose places know their key but not their line."""
        for problem in dict.fromkeys(found):
            self.problems.append(replace(problem, place=located(node, problem.place)))
