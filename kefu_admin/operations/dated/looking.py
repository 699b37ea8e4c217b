"""Values kept in rows as their keepers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kefu_admin.actor import Actor
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.problems import NotFound
from kefu_admin.store import accounts
from kefu_admin.store import dated as rows

FROM = Field(
    id="from_on",
    type="date",
    label=Label("从哪天起", "From"),
    help=Label("留空表示一直如此。", "Blank: always has been."),
)
UNTIL = Field(
    id="until_on",
    type="date",
    label=Label("到哪天止（不含当天）", "Until (not that day)"),
    help=Label(
        "留空表示继续有效；停用就填停用的日期。", "Blank: it goes on; else the day it ends."
    ),
)


class State(StrEnum):
    """Where a value stands on a day."""

    HOLDS = "holds"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One value as its keeper sees it; `by` and `at` say who wrote it last ("" while only the file
    speaks)."""

    value: DatedValue
    state: State
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One change of a value: part -> (before, after), as JSON knows them."""

    at: datetime
    by: str
    action: str
    changes: Mapping[str, tuple[object, object]]


def kept_by(desk: Desk, actor: Actor) -> tuple[Dated, ...]:
    """The definitions a person keeps, in the order of the config.

    Raises:
        Forbidden: none at all.
    """
    require(desk, actor, Permission.VALUES)
    keeps = desk.grants(actor).keeps
    return tuple(one for name, one in desk.project.dated.items() if name in keeps)


def definition(desk: Desk, name: str, actor: Actor) -> Dated:
    """One definition the person keeps.

    Raises:
        NotFound: there is none of this name, or others keep it.
    """
    found = desk.project.dated.get(name)
    if found is None or name not in desk.grants(actor).keeps:
        raise NotFound(type="dated", id=name)
    return found


def values(desk: Desk, name: str, *, actor: Actor, now: datetime) -> tuple[Kept, ...]:
    """All values of a definition, those of the file among them.

    Raises:
        NotFound: no such definition for this person.
    """
    dated = definition(desk, name, actor)
    written = rows.values(desk.store, (dated,))[dated.name]
    last = rows.written_by(desk.store, dated)
    names = accounts.names(desk.store, [login for login, _ in last.values()])
    today = now.astimezone(desk.zone).date()
    return tuple(
        Kept(
            value=one,
            state=_state(one, today),
            by=names.get(last[one.id][0], last[one.id][0]) if one.id else "",
            at=last[one.id][1] if one.id else None,
        )
        for one in dated.together(written)
    )


def value(desk: Desk, name: str, id: int, *, actor: Actor) -> DatedValue:
    """One value of a definition.

    Raises:
        NotFound: no such definition for this person, or no such value.
    """
    return rows.value(desk.store, definition(desk, name, actor), id)


def as_plain(dated: Dated, value: DatedValue) -> dict[str, object]:
    """The parts and dates of a value as JSON knows them."""
    return rows.as_plain(dated.kind, value)


def history(desk: Desk, name: str, id: int, *, actor: Actor) -> tuple[Past, ...]:
    """What was done to one value, newest first.

    Raises:
        NotFound: no such definition for this person, or no such value.
    """
    found = value(desk, name, id, actor=actor)
    past = rows.history(desk.store, found.id)
    names = accounts.names(desk.store, [by for _, by, _, _ in past])
    return tuple(
        Past(
            at=at,
            by=names.get(by, by),
            action=action,
            changes={
                part: (before, after)
                for part, (before, after) in changes.items()
                if part != "values_of"
            },
        )
        for at, by, action, changes in past
    )


def _state(value: DatedValue, day: date) -> State:
    if value.holds(day):
        return State.HOLDS
    return State.COMING if value.from_on is not None and value.from_on > day else State.ENDED
