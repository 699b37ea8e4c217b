"""Reads how a content type is laid out in form and detail: sections, tabs, the summary on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kefu_admin.definitions import field_keys
from kefu_admin.definitions.content_type import Section, Tab
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.naming import Id
from kefu_admin.definitions.takers import Integer, ListOf

_NAMES = ListOf(field_keys.FIELD, least=1, distinct=True)

SECTION_ID = Key("id", Id(40), Label("标识", "id"), required=True)
SECTION_LABEL = Key("label", LabelText(), Label("标题", "heading"), required=True)
SECTION_FIELDS = Key("fields", _NAMES, Label("字段", "fields"), required=True)
SECTION_COLUMNS = Key("columns", Integer(1, 2), Label("列数", "columns"))
SECTION = Shape(SECTION_ID, SECTION_LABEL, SECTION_FIELDS, SECTION_COLUMNS)
SECTIONS = Key(
    "sections",
    ListOf(SECTION, keys=("id",)),
    Label("表单和详情的分组", "groups in form and detail"),
)

TAB_ID = Key("id", Id(40), Label("标识", "id"), required=True)
TAB_LABEL = Key("label", LabelText(), Label("标题", "heading"), required=True)
TAB_SECTIONS = Key(
    "sections",
    ListOf(Id(40), least=1, distinct=True),
    Label("分组的标识", "ids of sections"),
    required=True,
)
TAB = Shape(TAB_ID, TAB_LABEL, TAB_SECTIONS)
TABS = Key(
    "tabs",
    ListOf(TAB, keys=("id",)),
    Label(
        "表单和详情的页签；没有写进页签的分组排在最后一个",
        "tabs in form and detail; sections of none stand last",
    ),
)
SUMMARY = Key(
    "summary",
    ListOf(field_keys.FIELD, least=1, distinct=True),
    Label("详情顶部显示的字段", "fields on top of the detail"),
)


def sections(
    taken: Taken, fields: Mapping[str, Field], owned_by: str, problems: Problems
) -> tuple[Section, ...]:
    """The sections as written; fields in none of them stand in a last one."""
    found = [
        Section(
            id=one.get(SECTION_ID, ""),
            label=one.get(SECTION_LABEL, Label("")),
            fields=one.get(SECTION_FIELDS, ()),
            columns=one.get(SECTION_COLUMNS, 2),
        )
        for one in taken.get(SECTIONS, ())
    ]
    distinct(taken, SECTIONS, [section.id for section in found], problems)
    shown = {name for section in found for name in section.fields}
    left = tuple(name for name in fields if name not in shown and name != owned_by)
    if left and not found:
        found.append(Section(id="main", label=Label("基本信息", "Basics"), fields=left))
    elif left:
        found.append(Section(id="other", label=Label("其他", "Other"), fields=left))
    return tuple(found)


def tabs(taken: Taken, found: Sequence[Section], problems: Problems) -> tuple[Tab, ...]:
    """The tabs as written; sections in none of them stand in a last one."""
    made = [
        Tab(
            id=one.get(TAB_ID, ""),
            label=one.get(TAB_LABEL, Label("")),
            sections=one.get(TAB_SECTIONS, ()),
        )
        for one in taken.get(TABS, ())
    ]
    distinct(taken, TABS, [tab.id for tab in made], problems)
    _check(taken, {section.id for section in found}, problems)
    placed = {id for tab in made for id in tab.sections}
    left = tuple(section.id for section in found if section.id not in placed)
    if made and left:
        made.append(Tab(id="other", label=Label("其他", "Other"), sections=left))
    return tuple(made)


def _check(taken: Taken, known: set[str], problems: Problems) -> None:
    """Whether each tab names sections there are, and no two the same."""
    stands: dict[str, str] = {}
    for one in taken.get(TABS, ()):
        id = one.get(TAB_ID, "")
        for index, name in enumerate(one.get(TAB_SECTIONS, ())):
            place = one.at(TAB_SECTIONS, index)
            if name not in known:
                problems.unknown(
                    place, Fault.NO_SECTION_NEAR, Fault.NO_SECTION, name, sorted(known)
                )
            elif stands.setdefault(name, id) != id:
                problems.add(place, Fault.SECTION_IN_TWO_TABS, name=name, tab=stands[name])


def distinct(
    taken: Taken, key: Key[tuple[Taken, ...]], ids: Sequence[str], problems: Problems
) -> None:
    """Note ids that stand twice in a list."""
    for index, id in enumerate(ids):
        if id and id in ids[:index]:
            problems.add(taken.at(key, index), Fault.REPEATED, name=id)
