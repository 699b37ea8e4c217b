"""Reads `calendars/*.yaml`: when the desk works.

label: {zh: 办公时间, en: Office hours}
kept_in: rows
holidays: cn
working: {weekdays: [08:30-12:00, 13:30-17:30]}
days: [{on: 2026-12-24, is: rest, name: 公司年会}]
quiet: [12:00-14:00, 21:00-08:00]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.calendar_days import CALENDARS, DayKind, OwnDays
from kefu_admin.definitions.choices_text import FILES, KEPT_IN, ROWS
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.holidays import NO_HOLIDAYS, holidays_of_china
from kefu_admin.definitions.keys import CLAUSES, Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.schedule import Weekday
from kefu_admin.definitions.spans import BadSpans, Span, hours_text, to_spans
from kefu_admin.definitions.takers import Boolean, Integer, ListOf, OneOf, Schema, Text
from kefu_admin.definitions.times import day_of
from kefu_admin.definitions.tree import ListNode, Node, TextNode

_BAD = {
    "not_a_span": Fault.NOT_A_SPAN,
    "span_backwards": Fault.SPAN_BACKWARDS,
    "spans_meet": Fault.SPANS_MEET,
}
_SPAN_PATTERN = r"^\d{1,2}:[0-5]\d-\d{1,2}:[0-5]\d$"
_SATURDAY = Weekday.SATURDAY.number


@dataclass(frozen=True)
class Hours:
    """A list of spans; none for a day off."""

    over_midnight: bool = False

    def take(self, node: Node, problems: Problems) -> tuple[Span, ...] | None:
        """The spans, in order."""
        if not isinstance(node, ListNode):
            problems.add(node.place, Fault.NOT_A_LIST)
            return None
        texts = [one.text for one in node.items if isinstance(one, TextNode)]
        if len(texts) < len(node.items):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        try:
            return to_spans(texts, over_midnight=self.over_midnight)
        except BadSpans as bad:
            problems.add(
                node.items[texts.index(bad.text)].place, _BAD[bad.reason], text=bad.text[:80]
            )
            return None

    def schema(self) -> Schema:
        """An array of texts."""
        return {"type": "array", "items": {"type": "string", "pattern": _SPAN_PATTERN}}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("列表：时段，如 08:30-12:00", "list of: span, as 08:30-12:00")


@dataclass(frozen=True)
class Day:
    """A day, written 2026-12-24."""

    def take(self, node: Node, problems: Problems) -> date | None:
        """The day."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        try:
            return day_of(node.text)
        except BadValue:
            problems.add(node.place, Fault.NOT_A_DAY, value=node.text[:80])
            return None

    def schema(self) -> Schema:
        """A text."""
        return {"type": "string", "format": "date"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("日期，如 2026-12-24", "a day, as 2026-12-24")


LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
HELP = Key("help", LabelText(), Label("说明", "for whom and what"))
HOLIDAYS = Key(
    "holidays",
    OneOf(("cn", "none")),
    Label(
        "cn（默认）按国务院公布的放假和调休安排；none 全年照排班，节假日也上班",
        "cn (default): the public holidays of China with their make-up days; none: never closes",
    ),
)
WEEKDAYS = Key(
    "weekdays", Hours(), Label("周一到周五的上班时段", "working spans, Monday to Friday")
)
WEEKEND = Key(
    "weekend", Hours(), Label("周六、周日，默认不上班", "Saturday and Sunday, default off")
)
MAKE_UP = Key(
    "make_up",
    Hours(),
    Label(
        "调休上班那天的时段，默认与一周中第一个上班的日子相同",
        "spans of a day worked for a holiday; default those of the first working day of the week",
    ),
)
EACH_DAY = {day: Key(day.value, Hours(), Label("只这一天", "this day alone")) for day in Weekday}
WORKING = Key(
    "working",
    Shape(WEEKDAYS, WEEKEND, *EACH_DAY.values(), MAKE_UP),
    Label("每天的上班时段，可分几段；不能跨午夜", "working spans of each day, not over midnight"),
    required=True,
)
ON = Key("on", Day(), Label("哪一天", "which day"), required=True)
IS = Key("is", OneOf(("rest", "work")), Label("休息还是上班", "off or worked"), required=True)
NAME = Key("name", Text(60), Label("名称", "name"))
HOURS = Key("hours", Hours(), Label("那天的上班时段，与平日不同才写", "its spans, if they differ"))
DAYS = Key(
    "days",
    ListOf(Shape(ON, IS, NAME, HOURS), keys=("on",)),
    Label("公司自己的日子，胜过公共假日", "the company's own days, before public holidays"),
)
KNOWN = Key(
    "known_years",
    ListOf(Integer(2000, 2099)),
    Label("放假安排已在 days 里写全的年份", "years whose holidays are all among `days`"),
)
QUIET = Key(
    "quiet",
    Hours(over_midnight=True),
    Label(
        "不打扰客户的时段，每天，可跨午夜", "when customers are left in peace; may pass midnight"
    ),
)
RECOMMENDED = Key("recommended", Hours(), Label("宜联系的时段", "when they are best called"))
DEFAULT = Key(
    "default",
    Boolean(),
    Label("没有指定日历的部门用这个；只有一个日历时不必写", "for departments that name none"),
)
SHAPE = Shape(
    LABEL, HELP, KEPT_IN, DEFAULT, HOLIDAYS, WORKING, DAYS, KNOWN, QUIET, RECOMMENDED, CLAUSES
)


def read(loading: Loading) -> dict[str, Calendar]:
    """Every calendar; one of several must be the default."""
    found: dict[str, Calendar] = {}
    for source in loading.sources["calendars"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            found[source.id] = _calendar(source.id, taken, loading.problems)
    if len(found) == 1 == len(loading.sources["calendars"]):
        return {id: replace(one, default=True) for id, one in found.items()}
    defaults = [one for one in found.values() if one.default]
    for one in defaults[1:]:
        loading.problems.add(
            loading.exact("calendars", one.id, one.place, DEFAULT.name),
            Fault.TWO_DEFAULT_CALENDARS,
            other=defaults[0].id,
        )
    if found and not defaults and len(found) == len(loading.sources["calendars"]):
        first = next(iter(found.values()))
        loading.problems.add(first.place, Fault.NO_DEFAULT_CALENDAR, known=", ".join(found))
    return found


def _calendar(id: str, taken: Taken, problems: Problems) -> Calendar:
    week, make_up = _week(taken, problems)
    defaults = _defaults(taken, problems)
    own = OwnDays(defaults)
    label, help = taken.get(LABEL, Label(id)), taken.get(HELP, NO_LABEL)
    follows = taken.get(HOLIDAYS, "cn") == "cn"
    kept = None
    if taken.get(KEPT_IN, FILES) == ROWS:
        kept = Dated(
            id=id,
            kind=CALENDARS,
            label=label,
            help=help,
            defaults=defaults,
            shown=own,
            place=taken.place,
        )
    return Calendar(
        id=id,
        label=label,
        help=help,
        week=week,
        make_up=make_up,
        follows=follows,
        holidays=holidays_of_china() if follows else NO_HOLIDAYS,
        own=own,
        quiet=taken.get(QUIET, ()),
        recommended=taken.get(RECOMMENDED, ()),
        default=taken.get(DEFAULT, False),
        kept=kept,
        place=taken.place,
    )


def _week(
    taken: Taken, problems: Problems
) -> tuple[tuple[tuple[Span, ...], ...], tuple[Span, ...]]:
    """The spans of each weekday, and those of a make-up day."""
    written = taken[WORKING]
    if written is None:
        return ((),) * 7, ()
    weekdays, weekend = written.get(WEEKDAYS, ()), written.get(WEEKEND, ())
    week = tuple(
        written.get(EACH_DAY[day], weekdays if day.number < _SATURDAY else weekend)
        for day in Weekday
    )
    keys = (WEEKDAYS, WEEKEND, *EACH_DAY.values())
    if not any(week) and all(written[key] is not None for key in keys if written.has(key)):
        problems.add(taken.at(WORKING), Fault.NEVER_WORKS)
    return week, written.get(MAKE_UP, next((spans for spans in week if spans), ()))


def _defaults(taken: Taken, problems: Problems) -> tuple[DatedValue, ...]:
    """The days and years of the file, as values."""
    values: list[DatedValue] = []
    for index, one in enumerate(taken.get(DAYS, ())):
        on, kind = one[ON], one[IS]
        if on is None or kind is None:
            continue
        if any(value.key == on.isoformat() for value in values):
            problems.add(taken.at(DAYS, index, ON.name), Fault.REPEATED, name=on.isoformat())
            continue
        hours = one.get(HOURS, ())
        if hours and kind == DayKind.REST:
            problems.add(taken.at(DAYS, index, HOURS.name), Fault.HOURS_OF_REST)
        values.append(_value(on.isoformat(), kind, one[NAME], hours))
    values += [_value(str(year), DayKind.KNOWN, None, ()) for year in taken.get(KNOWN, ())]
    return tuple(values)


def _value(key: str, kind: str, name: str | None, hours: Sequence[Span]) -> DatedValue:
    parts = {"is": str(kind), "name": name, "hours": hours_text(hours) or None}
    return DatedValue(key=key, parts=parts)
