"""Reads `numbers/*.yaml`: series of business numbers.

label: {zh: 客户编号, en: Customer number}
parts: [{fixed: KH}, {date: YYYYMM}, {counter: 4}]
reset: month
"""

from __future__ import annotations

import re

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.number import (
    Counter,
    DatePart,
    DepartmentPart,
    Fixed,
    Part,
    Reset,
    Series,
)
from kefu_admin.definitions.takers import Boolean, Integer, ListOf, Member, Text

LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
FIXED = Key("fixed", Text(20), Label("固定文字", "fixed text"))
DATE = Key("date", Text(8), Label("日期：YYYY、YY、MM、DD 的组合", "a mix of YYYY, YY, MM, DD"))
DEPARTMENT = Key(
    "department", Boolean(), Label("部门代码；计数按部门分开", "department code; one counter each")
)
COUNTER = Key("counter", Integer(1, 12), Label("计数位数", "digits of the counter"))
PART = Shape(FIXED, DATE, DEPARTMENT, COUNTER)
PARTS = Key(
    "parts", ListOf(PART, least=1), Label("组成部分，依次", "parts in order"), required=True
)
RESET = Key("reset", Member(Reset), Label("计数何时重新开始", "when the counter starts again"))
GAPLESS = Key("gapless", Boolean(), Label("不允许断号（默认）", "no gaps (default)"))
SHAPE = Shape(LABEL, PARTS, RESET, GAPLESS)

_TOKENS = re.compile(r"(YYYY|YY|MM|DD)+")
_NEEDED = {Reset.DAY: ("YY", "MM", "DD"), Reset.MONTH: ("YY", "MM"), Reset.YEAR: ("YY",)}


def read(loading: Loading) -> dict[str, Series]:
    """Every series."""
    found: dict[str, Series] = {}
    for source in loading.sources["numbers"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            found[source.id] = _series(source.id, taken, loading.problems)
    return found


def _series(id: str, taken: Taken, problems: Problems) -> Series:
    parts: list[Part] = []
    for index, part in enumerate(taken.get(PARTS, ())):
        parts += _part(part, taken, index, problems)
    reset = taken.get(RESET, Reset.NEVER)
    if taken[PARTS]:
        if sum(part.has(COUNTER) for part in taken.get(PARTS, ())) != 1:
            problems.add(taken.at(PARTS), Fault.ONE_COUNTER)
        dates = "".join(part.pattern for part in parts if isinstance(part, DatePart))
        needed = _NEEDED.get(reset, ())
        if missing := [token for token in needed if token not in dates]:
            shown = "".join(missing).replace("YY", "YYYY")
            problems.add(taken.at(RESET), Fault.NUMBER_REPEATS, reset=reset.value, missing=shown)
    return Series(
        id=id,
        label=taken.get(LABEL, Label(id)),
        parts=tuple(parts),
        reset=reset,
        gapless=taken.get(GAPLESS, True),
        place=taken.place,
    )


def _part(part: Taken, taken: Taken, index: int, problems: Problems) -> list[Part]:
    place = taken.at(PARTS, index)
    if len(part.node.entries) != 1:
        problems.add(place, Fault.BAD_PART)
        return []
    if (fixed := part[FIXED]) is not None:
        return [Fixed(fixed)]
    if (date := part[DATE]) is not None:
        if not _TOKENS.fullmatch(date):
            problems.add(place, Fault.BAD_DATE_PART, pattern=date)
        return [DatePart(date)]
    if (digits := part[COUNTER]) is not None:
        return [Counter(digits)]
    if part[DEPARTMENT]:
        return [DepartmentPart()]
    if part[DEPARTMENT] is False:
        problems.add(place, Fault.BAD_PART)
    return []
