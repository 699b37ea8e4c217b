"""Reads `schedules` of `project.yaml`: when the desk does what it does by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.keys import Key, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.schedule import SCHEDULES, Schedule
from kefu_admin.definitions.takers import Integer, Schema
from kefu_admin.definitions.times import time_of_day
from kefu_admin.definitions.tree import Node, TextNode

NEVER = "never"


@dataclass(frozen=True)
class Daily:
    """A time of day, or never."""

    def take(self, node: Node, problems: Problems) -> tuple[time | None] | None:
        """The time, alone in a tuple."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if node.text == NEVER:
            return (None,)
        try:
            return (time_of_day(node.text),)
        except BadValue:
            problems.add(node.place, Fault.BAD_DAILY, value=node.text[:80])
            return None

    def schema(self) -> Schema:
        """A text."""
        return {"type": "string", "pattern": f"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|{NEVER})$"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("时间，如 02:30，或 `never`", "time, as 02:30, or `never`")


AT = Key(
    "at",
    Daily(),
    Label("每天几点（项目的时区）；never 为不做", "when, each day on the project's clock"),
)
KEEP = Key("keep", Integer(1, 10_000), Label("保留最新几份", "how many are kept"))
DAYS = Key(
    "days", Integer(1, 36_500), Label("保留几天，最新一份总是保留", "days kept; the newest always")
)


def _key(known: Schedule) -> Key[Taken]:
    keys = (AT, KEEP, DAYS) if known.makes_files else (AT,)
    at = known.at.strftime("%H:%M") if known.at is not None else NEVER
    help = Label(f"{known.label.zh}，默认 {at}", f"{known.label.en}; default {at}")
    if known.keep:
        help = Label(f"{help.zh}，保留 {known.keep} 份", f"{help.en}, {known.keep} kept")
    return Key(known.id, Shape(*keys), help)


_KEYS = {id: _key(known) for id, known in SCHEDULES.items()}
SHAPE = Shape(*_KEYS.values())


def read(taken: Taken | None) -> Mapping[str, Schedule]:
    """Every schedule, with what the project says of it."""
    return {
        id: _changed(known, taken[_KEYS[id]] if taken is not None else None)
        for id, known in SCHEDULES.items()
    }


def _changed(known: Schedule, taken: Taken | None) -> Schedule:
    if taken is None:
        return known
    (at,) = taken.get(AT, (known.at,))
    return replace(known, at=at, keep=taken.get(KEEP, known.keep), days=taken.get(DAYS, known.days))
