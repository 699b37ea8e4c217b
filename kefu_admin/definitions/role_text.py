"""Reads `roles/*.yaml` and completes grants: every field of the type gets its rights.

    grants:
      - type: customer
        actions: [read, update]
        rows: {department: {in: $my_departments}}
        fields: {"*": edit, phone: [masked, search], credit: see, notes: hide}
    deny:
      - {type: customer, rows: {level: a}, actions: [delete]}

`edit` and `export` bring `see`, and `see` brings `search`; next to `masked` they do not: such a
value may be written or searched, and is still shown masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.field_keys import FIELD, FIELD_ID, TYPE
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.naming import Id, MapOf, To
from kefu_admin.definitions.role import Action, Denial, Grant, Permission, Right, Role
from kefu_admin.definitions.takers import CONDITION, ListOf, Member, OneOf, Schema
from kefu_admin.definitions.tree import ListNode, Node

HIDE = "hide"
EVERY = "*"
_WORDS = OneOf((*(right.value for right in Right), HIDE))


@dataclass(frozen=True)
class RightsText:
    """One right or a list of rights; `hide` takes all away."""

    def take(self, node: Node, problems: Problems) -> frozenset[Right] | None:
        """The rights with all that they bring."""
        nodes = node.items if isinstance(node, ListNode) else (node,)
        words = [word for word in (_WORDS.take(n, problems) for n in nodes) if word is not None]
        if HIDE in words:
            if len(words) > 1:
                problems.add(node.place, Fault.HIDE_WITH_OTHERS)
            return frozenset()
        return _brought(frozenset(Right(word) for word in words))

    def schema(self) -> Schema:
        """A word or an array of words."""
        return {"anyOf": [_WORDS.schema(), {"type": "array", "items": _WORDS.schema()}]}

    def meaning(self) -> Label:
        """In a few words."""
        shown = _WORDS.meaning()
        return Label(f"{shown.zh} 之一或列表", f"one or a list of {shown.en}")


LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
HELP = Key("help", LabelText(), Label("说明", "what it is for"))
CLEARANCE = Key(
    "clearance", To(Label("密级", "secrecy level")), Label("可看的最高密级", "highest level read")
)
EXCLUSIVE = Key(
    "exclusive", Id(30), Label("互斥组：同组角色一人只能有一个", "one role of the group a person")
)
_WRITTEN = tuple(one.value for one in Permission if one is not Permission.VALUES)
MAY = Key("may", ListOf(OneOf(_WRITTEN), distinct=True), Label("系统权限", "permissions"))
KEEPS = Key(
    "keeps",
    ListOf(To(Label("放在行里的定义", "definition kept in rows")), distinct=True),
    Label(
        '可维护哪些 kept_in: rows 的定义，如 choices.source；"*" 是全部',
        'which kept_in: rows definitions he keeps, such as choices.source; "*" for all',
    ),
)

GRANT_TYPE = Key("type", TYPE, Label("内容类型", "content type"), required=True)
ACTIONS = Key(
    "actions",
    ListOf(Member(Action), least=1, distinct=True),
    Label("可做的操作", "what may be done"),
    required=True,
)
ROWS: Key[Node] = Key("rows", CONDITION, Label("哪些记录，默认全部", "which rows; all by default"))
RIGHTS = Key(
    "fields",
    MapOf(FIELD_ID, RightsText(), extra=frozenset({EVERY})),
    Label('各字段的权利，"*" 是其余字段', 'rights by field; "*" for the others'),
    required=True,
)
GRANT_ID = Key(
    "id", Id(40), Label("标识；同一类型有几条授权时用", "tells grants on one type apart")
)
GRANT = Shape(GRANT_ID, GRANT_TYPE, ACTIONS, ROWS, RIGHTS)
GRANTS = Key(
    "grants", ListOf(GRANT, keys=("id", "type")), Label("授权", "what is granted"), required=True
)

DENIED_ACTIONS = Key(
    "actions", ListOf(Member(Action), distinct=True), Label("不许做的操作", "taken away")
)
DENIED_FIELDS = Key("fields", ListOf(FIELD, distinct=True), Label("不许看的字段", "hidden"))
DENIAL = Shape(GRANT_TYPE, DENIED_ACTIONS, ROWS, DENIED_FIELDS)
DENY = Key("deny", ListOf(DENIAL), Label("禁止，优先于任何授权", "taken away, whoever grants it"))
SHAPE = Shape(LABEL, HELP, CLEARANCE, EXCLUSIVE, MAY, KEEPS, GRANTS, DENY)


def read(loading: Loading) -> dict[str, Role]:
    """Every role."""
    found: dict[str, Role] = {}
    for source in loading.sources["roles"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            found[source.id] = _role(source.id, taken, loading)
    return found


def _role(id: str, taken: Taken, loading: Loading) -> Role:
    grants = (_grant(one, loading) for one in taken.get(GRANTS, ()))
    denials = (_denial(one, loading) for one in taken.get(DENY, ()))
    clearance = taken.get(CLEARANCE, "")
    levels = [level.id for level in loading.settings.secrecy_levels]
    if clearance and clearance not in levels:
        loading.problems.unknown(
            taken.at(CLEARANCE), Fault.NO_LEVEL_NEAR, Fault.NO_LEVEL, clearance, levels
        )
    keeps = _keeps(taken, loading)
    may = frozenset(Permission(one) for one in taken.get(MAY, ()))
    return Role(
        id=id,
        label=taken.get(LABEL, Label(id)),
        help=taken.get(HELP, Label("")),
        grants=tuple(grant for grant in grants if grant is not None),
        denials=tuple(denial for denial in denials if denial is not None),
        may=may | {Permission.VALUES} if keeps else may,
        keeps=keeps,
        clearance=clearance,
        exclusive=taken.get(EXCLUSIVE, ""),
        place=taken.place,
    )


def _keeps(taken: Taken, loading: Loading) -> frozenset[str]:
    written = taken.get(KEEPS, ())
    for index, name in enumerate(written):
        if name != EVERY and name not in loading.dated:
            loading.problems.unknown(
                taken.at(KEEPS, index), Fault.NOT_KEPT_NEAR, Fault.NOT_KEPT, name, loading.dated
            )
    return frozenset(loading.dated if EVERY in written else written)


def _type(taken: Taken, loading: Loading) -> ContentType | None:
    name = taken[GRANT_TYPE]
    if name is None or not loading.refers(
        taken.at(GRANT_TYPE), Fault.NO_TYPE_NEAR, Fault.NO_TYPE, "types", name
    ):
        return None
    return loading.types.get(name)


def _grant(taken: Taken, loading: Loading) -> Grant | None:
    type = _type(taken, loading)
    if type is None:
        return None
    written = taken.get(RIGHTS, {})
    if type.owned_by and taken.has(ROWS):
        loading.problems.add(taken.at(ROWS), Fault.ROWS_ON_OWNED, type=type.id)
    actions = frozenset(taken.get(ACTIONS, ()))
    if actions and Action.READ not in actions:
        loading.problems.add(taken.at(ACTIONS), Fault.GRANT_WITHOUT_READ)
    for name, rights in written.items():
        if name != EVERY and loading.field(taken.at(RIGHTS, name), type, name):
            _check_rights(type.fields[name], rights, taken, loading.problems)
    every = written.get(EVERY, frozenset())
    fields = {
        name: _fitting(field, written.get(name, every)) for name, field in type.fields.items()
    }
    if Action.READ in actions:
        fields["id"] = fields["version"] = _brought(frozenset({Right.SEE}))
    return Grant(
        type=type.id,
        actions=actions,
        rows=loading.condition(taken[ROWS], type) if taken[ROWS] else ALWAYS,
        fields=MappingProxyType(fields),
        place=taken.place,
    )


def _check_rights(field: Field, rights: frozenset[Right], taken: Taken, problems: Problems) -> None:
    place = taken.at(RIGHTS, field.id)
    if Right.SEE_MASKED in rights and not field.mask:
        problems.add(place, Fault.MASKED_WITHOUT_MASK, name=field.id)
    if Right.EDIT in rights and (field.system or not field_type(field).written):
        problems.add(place, Fault.EDIT_UNWRITTEN, name=field.id)


def _denial(taken: Taken, loading: Loading) -> Denial | None:
    type = _type(taken, loading)
    if type is None:
        return None
    if type.owned_by and taken.has(ROWS):
        loading.problems.add(taken.at(ROWS), Fault.ROWS_ON_OWNED, type=type.id)
    actions, fields = taken.get(DENIED_ACTIONS, ()), taken.get(DENIED_FIELDS, ())
    if not taken.has(DENIED_ACTIONS) and not taken.has(DENIED_FIELDS):
        loading.problems.add(taken.place, Fault.DENY_NOTHING)
    for index, name in enumerate(fields):
        loading.field(taken.at(DENIED_FIELDS, index), type, name)
    return Denial(
        type=type.id,
        actions=frozenset(actions),
        rows=loading.condition(taken[ROWS], type) if taken[ROWS] else ALWAYS,
        fields=frozenset(fields),
        place=taken.place,
    )


def _brought(rights: frozenset[Right]) -> frozenset[Right]:
    """The rights with those they bring; a masked value stays masked."""
    if Right.SEE_MASKED in rights and Right.SEE not in rights:
        return rights
    if rights & {Right.EDIT, Right.EXPORT}:
        rights |= {Right.SEE}
    if Right.SEE in rights:
        rights = (rights | {Right.SEARCH_EXACT}) - {Right.SEE_MASKED}
    return rights


def _fitting(field: Field, rights: frozenset[Right]) -> frozenset[Right]:
    """The rights that make sense for the field: nobody edits what is worked out, and what has no
    mask is seen where "masked" is granted to all fields."""
    if field.system or not field_type(field).written:
        rights -= {Right.EDIT}
    if Right.SEE_MASKED in rights and not field.mask:
        rights = _brought((rights - {Right.SEE_MASKED}) | {Right.SEE})
    return rights
