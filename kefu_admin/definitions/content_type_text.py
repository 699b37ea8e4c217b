"""Reads `types/*.yaml`: content types.

Drafted first, all of them; then computed and rollup results, formulas, and at last conditions,
each step knowing what the one before understood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kefu_admin import registry
from kefu_admin.definitions import field_keys, field_text, layout_text, likeness_text
from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.content_type import Check, ContentType, Unique
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.keys import CLAUSES, Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading, Settings, TypeDraft
from kefu_admin.definitions.naming import Id, MapOf
from kefu_admin.definitions.rollup_results import derive_results
from kefu_admin.definitions.system_fields import SYSTEM_FIELDS
from kefu_admin.definitions.takers import CONDITION, ListOf, OneOf, Schema, Text
from kefu_admin.definitions.tree import Node

_NAMES = ListOf(field_keys.FIELD, least=1, distinct=True)


@dataclass(frozen=True)
class Offered:
    """The name of something that installed extensions offer."""

    kind: str  # of registry.KINDS

    def take(self, node: Node, problems: Problems) -> str | None:
        """The name."""
        return OneOf(self._names()).take(node, problems)

    def schema(self) -> Schema:
        """An enumeration; any text where nothing is installed."""
        names = self._names()
        return OneOf(names).schema() if names else {"type": "string"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("扩展包提供的名称", "name an extension offers")

    def _names(self) -> tuple[str, ...]:
        return tuple(getattr(registry.installed(), self.kind))


LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
PLURAL = Key("plural", LabelText(), Label("复数名称，默认同名称", "plural, the name by default"))
HELP = Key("help", LabelText(), Label("说明", "what it is"))
ICON = Key("icon", Text(40), Label("图标（Tabler）", "Tabler icon"))
FIELDS = Key(
    "fields",
    MapOf(field_keys.FIELD_ID, field_keys.SHAPE),
    Label("字段，依次", "fields in order"),
    required=True,
)
TITLE = Key("title", field_keys.FIELD, Label("代表记录的字段", "field that stands for a record"))
OWNER = Key("owner", field_keys.FIELD, Label("负责人字段", "person who owns the record"))
DEPARTMENT = Key("department", field_keys.FIELD, Label("所属部门字段", "department of the record"))
SECRECY = Key("secrecy", field_keys.FIELD, Label("密级字段", "secrecy level of the record"))
OWNED_BY = Key(
    "owned_by", field_keys.FIELD, Label("指向主记录的字段（明细类型）", "reference to the parent")
)
ORDER = Key(
    "order",
    field_keys.FIELD,
    Label("明细行按它排列（整数字段）", "integer the rows of the parent stand in order by"),
)
SEARCH = Key("search", _NAMES, Label("快速搜索的字段", "fields of the quick search"))

UNIQUE_FIELDS = Key("fields", _NAMES, Label("字段", "fields"), required=True)
UNIQUE_WHERE: Key[Node] = Key(
    "where", CONDITION, Label("只在符合条件的记录中", "only among rows that match")
)
UNIQUE = Key(
    "unique", ListOf(Shape(UNIQUE_FIELDS, UNIQUE_WHERE)), Label("合起来不得重复", "unique together")
)

CHECK_ID = Key("id", Id(40), Label("标识", "id"), required=True)
CHECK_CONDITION: Key[Node] = Key(
    "condition", CONDITION, Label("必须成立的条件", "what must hold"), required=True
)
CHECK_MESSAGE = Key("message", LabelText(), Label("不成立时的提示", "said if not"), required=True)
CHECK_FIELDS = Key("fields", _NAMES, Label("提示显示在这些字段", "fields it is shown at"))
CHECK = Shape(CHECK_ID, CHECK_CONDITION, CHECK_MESSAGE, CHECK_FIELDS, CLAUSES)
CHECKS = Key("checks", ListOf(CHECK, keys=("id",)), Label("整条记录的检查", "checks of the record"))

GUARDS = Key(
    "guards",
    ListOf(Offered("guards"), distinct=True),
    Label(
        "每次改动前询问的扩展，可以拒绝", "extensions asked before each change, which may refuse"
    ),
)
EFFECTS = Key(
    "effects",
    ListOf(Offered("effects"), distinct=True),
    Label("每次改动后执行的扩展", "extensions that act after each change"),
)

INDEXES = Key("indexes", ListOf(_NAMES), Label("额外的索引", "further indexes"))

RENAMED_FROM = Key("renamed_from", Id(30), Label("改名前的标识", "id before renaming"))

SHAPE = Shape(
    LABEL, PLURAL, HELP, ICON, TITLE, OWNER, DEPARTMENT, SECRECY, OWNED_BY, ORDER, SEARCH, FIELDS,
    UNIQUE, CHECKS, GUARDS, EFFECTS, INDEXES, layout_text.SECTIONS, layout_text.TABS,
    layout_text.SUMMARY, likeness_text.MERGE, likeness_text.ALIKE, RENAMED_FROM, CLAUSES,
)  # fmt: skip


def read(loading: Loading) -> dict[str, ContentType]:
    """Every content type, finished."""
    for source in loading.sources["types"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            loading.drafts[source.id] = _draft(source.id, taken, loading)
    derive_results(loading)
    for draft in loading.drafts.values():
        _put(draft, field_text.with_formula, loading)
    finished = {id: _finish(draft, loading) for id, draft in loading.drafts.items()}
    for id, type in finished.items():
        loading.drafts[id].type = type
    return finished


def _draft(id: str, taken: Taken, loading: Loading) -> TypeDraft:
    problems = loading.problems
    written = taken.get(FIELDS, {})
    fields = {name: field_text.draft(name, one, loading) for name, one in written.items()}
    if taken[FIELDS] is not None and not taken[FIELDS]:
        problems.add(taken.at(FIELDS), Fault.NO_FIELDS)
    label = taken.get(LABEL, Label(id))
    sections = layout_text.sections(taken, fields, taken.get(OWNED_BY, ""), problems)
    type = ContentType(
        id=id,
        label=label,
        plural=taken.get(PLURAL, label),
        help=taken.get(HELP, Label("")),
        icon=taken.get(ICON, ""),
        fields=_all(fields, loading.settings),
        title=taken.get(TITLE, _first_title(fields)),
        owner=taken.get(OWNER, ""),
        department=taken.get(DEPARTMENT, ""),
        secrecy=taken.get(SECRECY, ""),
        owned_by=taken.get(OWNED_BY, ""),
        order=taken.get(ORDER, ""),
        search=taken.get(SEARCH, ()),
        guards=taken.get(GUARDS, ()),
        effects=taken.get(EFFECTS, ()),
        indexes=taken.get(INDEXES, ()),
        sections=sections,
        tabs=layout_text.tabs(taken, sections, problems),
        summary=taken.get(layout_text.SUMMARY, ()),
        merge=likeness_text.merging(taken, problems, is_owned=taken.has(OWNED_BY)),
        alike=likeness_text.alike(taken),
        renamed_from=taken.get(RENAMED_FROM, ""),
        clauses=taken.get(CLAUSES, ()),
        place=taken.place,
    )
    return TypeDraft(type, taken, written)


def _all(fields: Mapping[str, Field], settings: Settings) -> Mapping[str, Field]:
    system = {
        field.id: replace(field, zone=settings.time_zone)
        for field in SYSTEM_FIELDS
        if field.id not in fields
    }
    return MappingProxyType({**fields, **system})


_Step = Callable[[Field, Taken, ContentType, Loading], Field]


def _put(draft: TypeDraft, step: _Step, loading: Loading) -> None:
    fields = {
        name: step(field, draft.fields[name], draft.type, loading)
        if name in draft.fields
        else field
        for name, field in draft.type.fields.items()
    }
    draft.type = replace(draft.type, fields=MappingProxyType(fields))


def _finish(draft: TypeDraft, loading: Loading) -> ContentType:
    type, taken = draft.type, draft.taken
    finished = TypeDraft(type, taken, draft.fields)
    _put(finished, field_text.finish, loading)
    uniques = tuple(
        Unique(
            fields=one.get(UNIQUE_FIELDS, ()),
            where=_where(one, UNIQUE_WHERE, type, loading),
            place=one.place,
        )
        for one in taken.get(UNIQUE, ())
    )
    checks = tuple(_check(one, type, loading) for one in taken.get(CHECKS, ()))
    layout_text.distinct(taken, CHECKS, [check.id for check in checks], loading.problems)
    return replace(finished.type, unique=uniques, checks=checks)


def _check(taken: Taken, type: ContentType, loading: Loading) -> Check:
    return Check(
        id=taken.get(CHECK_ID, ""),
        condition=loading.condition(taken[CHECK_CONDITION], type),
        message=taken.get(CHECK_MESSAGE, Label("")),
        fields=taken.get(CHECK_FIELDS, ()),
        clauses=taken.get(CLAUSES, ()),
        place=taken.place,
    )


def _where(taken: Taken, key: Key[Node], type: ContentType, loading: Loading) -> Condition | None:
    node = taken[key]
    return None if node is None else loading.condition(node, type)


def _first_title(fields: Mapping[str, Field]) -> str:
    """The first text field, else the first number, else the first that reads as text at all."""
    for types in (("text",), ("number",), ("choice", "phone", "email", "address", "reference")):
        for field in fields.values():
            if field.type in types:
                return field.id
    return "id"
