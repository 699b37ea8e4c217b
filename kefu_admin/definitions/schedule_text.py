"""Reads `schedules` of `project.yaml`: when the desk does what it does by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.keys import Key, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.schedule import (
    LAST_DAY,
    SCHEDULES,
    Daily,
    Every,
    Monthly,
    Schedule,
    Weekday,
    Weekly,
    When,
)
from kefu_admin.definitions.takers import Integer, Member, Schema
from kefu_admin.definitions.times import time_of_day
from kefu_admin.definitions.tree import Node, TextNode

NEVER, LAST = "never", "last"
_INTERVAL = re.compile(r"([1-9][0-9]{0,3})([mh])")
_MINUTES = {"m": 1, "h": 60}
_DAY = 24 * 60
_MONTH_DAYS = frozenset(map(str, range(1, 29)))


@dataclass(frozen=True)
class TimeOfDay:
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


@dataclass(frozen=True)
class Interval:
    """`15m` or `2h`, up to a day."""

    def take(self, node: Node, problems: Problems) -> int | None:
        """In minutes."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        written = _INTERVAL.fullmatch(node.text)
        minutes = int(written[1]) * _MINUTES[written[2]] if written else 0
        if not 0 < minutes <= _DAY:
            problems.add(node.place, Fault.BAD_INTERVAL, value=node.text[:80])
            return None
        return minutes

    def schema(self) -> Schema:
        """A text."""
        return {"type": "string", "pattern": f"^{_INTERVAL.pattern}$"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("间隔，如 15m、2h，至多 24h", "an interval, as 15m or 2h, up to 24h")


@dataclass(frozen=True)
class MonthDay:
    """A day every month has, or the last one."""

    def take(self, node: Node, problems: Problems) -> int | None:
        """1 to 28, or `LAST_DAY`."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if node.text == LAST:
            return LAST_DAY
        if node.text in _MONTH_DAYS:
            return int(node.text)
        problems.add(node.place, Fault.BAD_MONTH_DAY, value=node.text[:80])
        return None

    def schema(self) -> Schema:
        """A whole number or the word."""
        return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 28}, {"const": LAST}]}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("1 到 28，或 `last`", "1 to 28, or `last`")


AT = Key(
    "at",
    TimeOfDay(),
    Label(
        "几点（项目的时区），不写 weekday、day 就是每天；never 为不做",
        "when on the project's clock, each day without weekday or day; `never` for not at all",
    ),
)
WEEKDAY = Key("weekday", Member(Weekday), Label("只在每周这一天", "each week on this day only"))
DAY = Key(
    "day",
    MonthDay(),
    Label("只在每月这一天；last 为最后一天", "each month on this day only; the last: `last`"),
)
EVERY = Key(
    "every",
    Interval(),
    Label(
        "每隔多久，从每天零点数起；不与 at、weekday、day 同写",
        "how often, counted from midnight; without at, weekday and day",
    ),
)
KEEP = Key("keep", Integer(1, 10_000), Label("保留最新几份", "how many are kept"))
DAYS = Key(
    "days", Integer(1, 36_500), Label("保留几天，最新一份总是保留", "days kept; the newest always")
)


def _key(known: Schedule) -> Key[Taken]:
    keys = (AT, WEEKDAY, DAY, EVERY, *((KEEP, DAYS) if known.makes_files else ()))
    default = known.when.label if known.when is not None else Label("不做", "never")
    help = Label(f"{known.label.zh}，默认{default.zh}", f"{known.label.en}; default {default.en}")
    if known.keep:
        help = Label(f"{help.zh}，保留 {known.keep} 份", f"{help.en}, {known.keep} kept")
    return Key(known.id, Shape(*keys), help)


_KEYS = {id: _key(known) for id, known in SCHEDULES.items()}
SHAPE = Shape(*_KEYS.values())


def read(taken: Taken | None, problems: Problems) -> Mapping[str, Schedule]:
    """Every schedule, with what the project says of it."""
    return {
        id: _changed(known, taken[_KEYS[id]] if taken is not None else None, problems)
        for id, known in SCHEDULES.items()
    }


def _changed(known: Schedule, taken: Taken | None, problems: Problems) -> Schedule:
    if taken is None:
        return known
    _assert_one_kind(taken, problems)
    return replace(
        known,
        when=_when(known, taken),
        keep=taken.get(KEEP, known.keep),
        days=taken.get(DAYS, known.days),
    )


def _assert_one_kind(taken: Taken, problems: Problems) -> None:
    """Notes the first two keys that cannot both hold."""
    is_never = taken[AT] == (None,)
    apart = ((EVERY, AT), (EVERY, WEEKDAY), (EVERY, DAY), (WEEKDAY, DAY))
    never = ((WEEKDAY, AT), (DAY, AT)) if is_never else ()
    for one, other in (*apart, *never):
        if taken.has(one) and taken.has(other):
            problems.add(taken.at(one), Fault.TIMES_APART, name=one.name, other=other.name)
            return


def _when(known: Schedule, taken: Taken) -> When | None:
    (at,) = taken.get(AT, (_usual_time(known),))
    weekday, day, every = taken[WEEKDAY], taken[DAY], taken[EVERY]
    if every is not None:
        return Every(minutes=every)
    if at is None:
        return None
    if weekday is not None:
        return Weekly(weekday=weekday, at=at)
    if day is not None:
        return Monthly(day=day, at=at)
    return Daily(at=at)


def _usual_time(known: Schedule) -> time:
    """When it is due on its day, where the project does not say."""
    assert isinstance(known.when, Daily)  # as every schedule of the table
    return known.when.at
