"""Reads `actions/*.yaml`: what may be done to many records at once.

# actions/reassign_customers.yaml
label: {zh: 批量改派客服, en: Reassign}
type: customer
ask: [owner, department]
when: {key_customer: "false"}
otherwise: {zh: 重点客户须由主管逐条改派。, en: Key customers are reassigned one by one.}
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kefu_admin.definitions.action import BulkAction, Deed
from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_keys import FIELD, FIELD_ID, TYPE
from kefu_admin.definitions.field_text import fixed_value
from kefu_admin.definitions.field_types import field_type, storage
from kefu_admin.definitions.fields import Field, PersonalClass, Storage
from kefu_admin.definitions.keys import CLAUSES, Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.naming import MapOf
from kefu_admin.definitions.takers import CONDITION, VALUE, Boolean, Integer, ListOf, Member, Text
from kefu_admin.definitions.tree import Node
from kefu_admin.problems import Place

LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
HELP = Key("help", LabelText(), Label("说明", "what it is for"))
ICON = Key("icon", Text(40), Label("图标（Tabler）", "Tabler icon"))
TYPE_OF = Key("type", TYPE, Label("内容类型", "content type"), required=True)
DO = Key("do", Member(Deed), Label("做什么，默认 edit", "what is done; edit by default"))
WHEN: Key[Node] = Key("when", CONDITION, Label("只对这些记录做", "done to these records only"))
OTHERWISE = Key(
    "otherwise", LabelText(), Label("不符合 when 时怎样说明", "what is said of the others")
)
SET: Key[Mapping[str, Node]] = Key(
    "set", MapOf(FIELD_ID, VALUE), Label("写入的固定值", "values written into each")
)
ASK = Key(
    "ask",
    ListOf(FIELD, distinct=True),
    Label("由操作人填写的字段，留空的不改", "fields the person fills in; blank ones stay"),
)
REASON = Key("reason", Boolean(), Label("必须填写原因", "a reason must be given"))
UNDO = Key(
    "undo_hours",
    Integer(0, 720),
    Label("多少小时内可以撤销，默认 24", "hours it may be undone; 24 by default"),
)
SHAPE = Shape(LABEL, HELP, ICON, TYPE_OF, DO, WHEN, OTHERWISE, SET, ASK, REASON, UNDO, CLAUSES)

_UNSUITED = frozenset({Storage.FILES, Storage.ROWS, Storage.SECRET})


def read(loading: Loading) -> dict[str, BulkAction]:
    """Every action."""
    found: dict[str, BulkAction] = {}
    for source in loading.sources["actions"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None and (action := _action(source.id, taken, loading)):
            found[source.id] = action
    return found


def _action(id: str, taken: Taken, loading: Loading) -> BulkAction | None:
    type = loading.type_of(taken, TYPE_OF, Fault.ACTION_OF_OWNED)
    if type is None:
        return None
    deed = taken.get(DO, Deed.EDIT)
    _check_form(taken, deed, loading)
    return BulkAction(
        id=id,
        label=taken.get(LABEL, Label(id)),
        help=taken.get(HELP, Label("")),
        icon=taken.get(ICON, ""),
        type=type.id,
        deed=deed,
        when=loading.condition(taken[WHEN], type) if taken[WHEN] else ALWAYS,
        otherwise=taken.get(OTHERWISE, Label("")),
        values=MappingProxyType(_values(taken, type, loading)),
        asks=_asks(taken, type, loading),
        needs_reason=taken.get(REASON, False),
        undo_hours=taken.get(UNDO, 24),
        clauses=taken.get(CLAUSES, ()),
        place=taken.place,
    )


def _check_form(taken: Taken, deed: Deed, loading: Loading) -> None:
    """An edit says what it changes, a deletion changes no field."""
    writes = bool(taken.get(SET, {})) or bool(taken.get(ASK, ()))
    if deed is Deed.DELETE and (taken.has(SET) or taken.has(ASK)):
        loading.problems.add(taken.place, Fault.ACTION_DELETE_SETS)
    if deed is Deed.EDIT and not writes and not (taken.has(SET) and taken[SET] is None):
        loading.problems.add(taken.place, Fault.ACTION_EMPTY)


def _values(taken: Taken, type: ContentType, loading: Loading) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, node in taken.get(SET, {}).items():
        if not loading.field(node.place, type, name):
            continue
        field = type.fields[name]
        if not _suited(field, node.place, loading):
            continue
        written = node.plain()
        if storage(field) in (Storage.LINK, Storage.LINKS) and not str(written).startswith("$"):
            loading.problems.add(node.place, Fault.ACTION_FIXED_LINK, name=name)
            continue
        values[name] = fixed_value(field, node, loading.problems, Fault.BAD_EXAMPLE_VALUE)
    return values


def _asks(taken: Taken, type: ContentType, loading: Loading) -> tuple[str, ...]:
    asks = taken.get(ASK, ())
    for index, name in enumerate(asks):
        place = taken.at(ASK, index)
        if name in taken.get(SET, {}):
            loading.problems.add(place, Fault.ACTION_TWICE, name=name)
        elif loading.field(place, type, name):
            _suited(type.fields[name], place, loading)
    return asks


def _suited(field: Field, place: Place, loading: Loading) -> bool:
    """Whether one value of the field makes sense in many records; noted when not."""
    fits = (
        not field.system
        and field_type(field).written
        and storage(field) not in _UNSUITED
        and field.personal is PersonalClass.NONE
        and not field.unique
    )
    if not fits:
        loading.problems.add(place, Fault.ACTION_FIELD, name=field.id, type=field.type)
    return fits
