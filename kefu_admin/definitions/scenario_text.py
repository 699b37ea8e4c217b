"""Reads `tests/*.yaml`: permission examples, decided by `kefu test`.

people: [{id: wang, roles: [clerk], department: 总部/一部}]
records: [{id: acme, type: customer, values: {name: 甲公司, owner: wang}}]
cases:
  - {who: wang, record: acme, can: read}
  - {who: wang, record: acme, field: phone, shows: 138****5678}
  - {who: li, record: acme, field: phone, hidden: true}
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_keys import FIELD, FIELD_ID, TYPE
from kefu_admin.definitions.field_types import LINKED, convert, field_type
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.naming import Id, MapOf, To
from kefu_admin.definitions.role import Action
from kefu_admin.definitions.scenario import Case, Example, Person, Scenario
from kefu_admin.definitions.takers import VALUE, Boolean, ListOf, Member, Text
from kefu_admin.definitions.tree import Node

LABEL = Key("label", LabelText(), Label("说明的规则", "the rule it shows"), required=True)
PERSON_ID = Key("id", Id(40), Label("标识", "id"), required=True)
ROLES = Key(
    "roles", ListOf(To(Label("角色", "role")), distinct=True), Label("角色", "roles"), required=True
)
DEPARTMENT = Key("department", Text(), Label("部门，名称路径", "department by name path"))
PEOPLE = Key(
    "people",
    ListOf(Shape(PERSON_ID, ROLES, DEPARTMENT), least=1, keys=("id",)),
    Label("人员", "people"),
    required=True,
)
RECORD_ID = Key("id", Id(40), Label("标识", "id"), required=True)
RECORD_TYPE = Key("type", TYPE, Label("内容类型", "content type"), required=True)
VALUES: Key[Mapping[str, Node]] = Key(
    "values", MapOf(FIELD_ID, VALUE), Label("字段的值", "values"), required=True
)
RECORDS = Key(
    "records",
    ListOf(Shape(RECORD_ID, RECORD_TYPE, VALUES), keys=("id",)),
    Label("记录", "records"),
    required=True,
)
WHO = Key("who", To(Label("人员", "person")), Label("谁", "who"), required=True)
RECORD = Key("record", To(Label("记录", "record")), Label("哪条记录", "record"), required=True)
CAN = Key("can", Member(Action), Label("可以做", "may do"))
CANNOT = Key("cannot", Member(Action), Label("不可以做", "may not do"))
FIELD_NAME = Key("field", FIELD, Label("字段", "field"))
SHOWS = Key("shows", Text(2000), Label("看到的值", "value seen"))
HIDDEN = Key("hidden", Boolean(), Label("看不到", "not seen"))
CASES = Key(
    "cases", ListOf(Shape(WHO, RECORD, CAN, CANNOT, FIELD_NAME, SHOWS, HIDDEN), least=1),
    Label("应有的结果", "what must come out"), required=True,
)  # fmt: skip
SHAPE = Shape(LABEL, PEOPLE, RECORDS, CASES)


def read(loading: Loading) -> dict[str, Scenario]:
    """Every scenario."""
    found: dict[str, Scenario] = {}
    for source in loading.sources["tests"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            found[source.id] = _scenario(source.id, taken, loading)
    return found


def _scenario(id: str, taken: Taken, loading: Loading) -> Scenario:
    people = {one.get(PERSON_ID, ""): one for one in taken.get(PEOPLE, ())}
    records = {one.get(RECORD_ID, ""): one for one in taken.get(RECORDS, ())}
    types = {name: one.get(RECORD_TYPE, "") for name, one in records.items()}
    for key, known in ((PEOPLE, people), (RECORDS, records)):
        if len(known) < len(taken.get(key, ())):
            loading.problems.add(taken.at(key), Fault.REPEATED, name="id")
    cases = (_case(one, set(people), types, loading) for one in taken.get(CASES, ()))
    return Scenario(
        id=id,
        label=taken.get(LABEL, Label(id)),
        people=tuple(_person(name, one, loading) for name, one in people.items()),
        records=tuple(
            _example(name, one, types.keys() | people.keys(), loading)
            for name, one in records.items()
        ),
        cases=tuple(case for case in cases if case is not None),
        place=taken.place,
    )


def _person(id: str, taken: Taken, loading: Loading) -> Person:
    roles = taken.get(ROLES, ())
    for index, role in enumerate(roles):
        place = taken.at(ROLES, index)
        loading.refers(place, Fault.NO_ROLE_NEAR, Fault.NO_ROLE, "roles", role)
    return Person(id=id, roles=roles, department=taken.get(DEPARTMENT, ""))


def _example(id: str, taken: Taken, ids: set[str], loading: Loading) -> Example:
    values = taken.get(VALUES, {})
    name = taken.get(RECORD_TYPE, "")
    exists = name and loading.refers(
        taken.at(RECORD_TYPE), Fault.NO_TYPE_NEAR, Fault.NO_TYPE, "types", name
    )
    type = loading.types.get(name) if exists else None
    for field, node in values.items():
        if type is not None and loading.field(node.place, type, field):
            _check_value(type.fields[field], node, ids, loading)
    if type is not None and type.owned_by and type.owned_by not in values:
        loading.problems.add(taken.place, Fault.EXAMPLE_OWNED, name=id, by=type.owned_by)
    return Example(
        id=id,
        type=name,
        values=MappingProxyType({field: node.plain() for field, node in values.items()}),
        place=taken.place,
    )


def _check_value(field: Field, node: Node, ids: set[str], loading: Loading) -> None:
    """The value must be one of the field; links name people and records of this file."""
    written = node.plain()
    if field.system or not field_type(field).written:
        loading.problems.add(node.place, Fault.EXAMPLE_UNWRITTEN, name=field.id)
    elif field.type in LINKED:
        for name in written if isinstance(written, list) else [written]:
            if field.type != "department" and name not in ids:
                loading.problems.unknown(
                    node.place, Fault.NO_RECORD_NEAR, Fault.NO_RECORD, str(name), sorted(ids)
                )
    else:
        try:
            convert(field, written)
        except BadValue:
            loading.problems.add(
                node.place, Fault.BAD_EXAMPLE_VALUE, value=written, type=field.type
            )


def _case(
    taken: Taken, people: set[str], types: Mapping[str, str], loading: Loading
) -> Case | None:
    who, record = taken.get(WHO, ""), taken.get(RECORD, "")
    if who and who not in people:
        loading.problems.unknown(
            taken.at(WHO), Fault.NO_PERSON_NEAR, Fault.NO_PERSON, who, sorted(people)
        )
    if record and record not in types:
        loading.problems.unknown(
            taken.at(RECORD), Fault.NO_RECORD_NEAR, Fault.NO_RECORD, record, sorted(types)
        )
    asked = [key for key in (CAN, CANNOT, FIELD_NAME) if taken.has(key)]
    shown = [key for key in (SHOWS, HIDDEN) if taken.has(key)]
    if len(asked) != 1 or bool(shown) != (asked == [FIELD_NAME]) or len(shown) > 1:
        loading.problems.add(taken.place, Fault.CASE_UNCLEAR)
        return None
    name = taken.get(FIELD_NAME, "")
    type = loading.types.get(types.get(record, ""))
    if name and type is not None:
        loading.field(taken.at(FIELD_NAME), type, name)
    return Case(
        who=who,
        record=record,
        action=taken[CAN] or taken[CANNOT],
        allowed=taken[CANNOT] is None,
        field_name=name,
        shows=taken[SHOWS],
        place=taken.place,
    )
