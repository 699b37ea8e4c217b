"""Sections of a form or detail, gathered into the tabs of their type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces.admin.words import Translate

REST = "more"


class HasId(Protocol):
    """A section of either page."""

    @property
    def id(self) -> str: ...

    @property
    def faults(self) -> int: ...


S = TypeVar("S", bound=HasId)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab(Generic[S]):
    """Sections shown together. `label` is "" where everything stands on one page; `faults` counts
    what was refused in it."""

    id: str
    label: str
    sections: tuple[S, ...]
    faults: int = 0
    count: str = ""
    open: bool = False


def tabbed(
    content: ContentType, sections: Sequence[S], said: Translate, locale: str, *, wanted: str = ""
) -> tuple[Tab[S], ...]:
    """The tabs that hold something, one of them open: the first with faults, else the wanted one,
    else the first. Sections of no configured tab (fields added since) stand in a last one.

    Args:
        wanted: id of the tab that was open before, "" for none.
    """
    by_id: Mapping[str, S] = {section.id: section for section in sections}
    made: list[Tab[S]] = []
    placed: set[str] = set()
    for tab in content.tabs:
        placed.update(tab.sections)
        made.append(
            Tab(
                id=tab.id,
                label=tab.label.text(locale),
                sections=tuple(by_id[id] for id in tab.sections if id in by_id),
            )
        )
    rest = tuple(section for section in sections if section.id not in placed)
    made.append(Tab(id=REST, label=said("其他信息") if made else "", sections=rest))
    held = [
        replace(tab, faults=sum(section.faults for section in tab.sections))
        for tab in made
        if tab.sections
    ]
    opened = next(
        (tab.id for tab in held if tab.faults),
        wanted if wanted in {tab.id for tab in held} else held[0].id if held else "",
    )
    return tuple(replace(tab, open=tab.id == opened) for tab in held)
