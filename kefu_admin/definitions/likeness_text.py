"""Reads what a type says of records that are the same: merging two, and naming them beforehand."""

from __future__ import annotations

from kefu_admin.definitions import field_keys
from kefu_admin.definitions.content_type import Alike, Merging
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.keys import Key, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.takers import Integer, ListOf, Text

_HOURS = 72
MERGE_UNDO = Key(
    "undo_hours",
    Integer(0, 720),
    Label("可撤销的小时数，默认 72；0 不可撤销", "hours, 72 by default; 0: never"),
)
MERGE = Key(
    "merge",
    Shape(MERGE_UNDO),
    Label("两条重复的记录可以合并", "two records of one thing may be merged"),
)
ALIKE_FIELD = Key("field", field_keys.FIELD, Label("字段", "field"), required=True)
ALIKE_WITHOUT = Key(
    "without",
    ListOf(Text(20), distinct=True),
    Label("比较时去掉的结尾，例如 有限公司", "endings left out when compared"),
)
ALIKE = Key(
    "alike",
    ListOf(Shape(ALIKE_FIELD, ALIKE_WITHOUT), keys=("field",)),
    Label("新建时按这些字段提示可能已有的记录", "fields by which a record may be there already"),
)


def merging(taken: Taken, problems: Problems, *, is_owned: bool) -> Merging | None:
    """How two records become one; None where they do not."""
    written = taken[MERGE]
    if written is None:
        return None
    if is_owned:
        problems.add(taken.at(MERGE), Fault.MERGE_OF_OWNED)
    return Merging(undo_hours=written.get(MERGE_UNDO, _HOURS), place=written.place)


def alike(taken: Taken) -> tuple[Alike, ...]:
    """The fields by which a record may be there already."""
    return tuple(
        Alike(name=one.get(ALIKE_FIELD, ""), without=one.get(ALIKE_WITHOUT, ()), place=one.place)
        for one in taken.get(ALIKE, ())
    )
