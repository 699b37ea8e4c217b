"""The types every desk has without configuring them: `person` and `department`.

Their rows are accounts and departments (`kefu_user`, `kefu_department`), written only by
`store.accounts`. References, paths (`owner.department.name`) and pick-lists treat them like any
other type; no role grants anything on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.label import Label


def _fields(*fields: Field) -> Mapping[str, Field]:
    return MappingProxyType({field.id: field for field in fields})


_ID = Field(id="id", type="integer", label=Label("序号", "ID"), system=True)

PERSON = ContentType(
    id="person",
    label=Label("人员", "Person"),
    plural=Label("人员", "People"),
    title="name",
    department="department",
    fields=_fields(
        Field(id="login", type="text", label=Label("账号", "Login"), max_length=64),
        Field(id="name", type="text", label=Label("姓名", "Name"), max_length=64),
        Field(id="department", type="department", label=Label("部门", "Department")),
        Field(id="active", type="boolean", label=Label("启用", "Active")),
        _ID,
    ),
)

DEPARTMENT = ContentType(
    id="department",
    label=Label("部门", "Department"),
    plural=Label("部门", "Departments"),
    title="name",
    fields=_fields(
        Field(id="name", type="text", label=Label("名称", "Name"), max_length=64),
        Field(id="code", type="text", label=Label("代码", "Code"), max_length=32),
        Field(id="parent", type="department", label=Label("上级部门", "Above")),
        Field(id="active", type="boolean", label=Label("启用", "Active")),
        _ID,
    ),
)

BUILTIN_TYPES: Mapping[str, ContentType] = MappingProxyType(
    {PERSON.id: PERSON, DEPARTMENT.id: DEPARTMENT}
)

_TABLES = {"person": "kefu_user", "department": "kefu_department"}
_COLUMNS = {("person", "department"): "department_id", ("department", "parent"): "parent_id"}


def content_type(types: Mapping[str, ContentType], id: str) -> ContentType | None:
    """A configured or built-in type, or None."""
    return types.get(id) or BUILTIN_TYPES.get(id)


def table_name(type_id: str) -> str:
    """The table that holds a type's rows: its own id, or the fixed table of a built-in type."""
    return _TABLES.get(type_id, type_id)


def column_name(type_id: str, field_id: str) -> str:
    """The column of a field: its own id, but for the links of the fixed tables."""
    return _COLUMNS.get((type_id, field_id), field_id)


def target_type(type: str, to: str) -> str:
    """The type id a link field leads to: `to`, or the built-in type of a person or department."""
    return type if type in BUILTIN_TYPES else to
