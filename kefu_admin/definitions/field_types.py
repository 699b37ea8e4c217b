"""The closed table of field types, read by every layer.

Each row says how values become canonical and JSON, how they rest in the database, which operators
and config keys they take. Extensions add rows with `register` before any config is loaded. Store,
faces and forms key their own converters by the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kefu_admin.definitions import identifiers, times, values
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.fields import BadValue, Field, FieldType, Storage
from kefu_admin.definitions.formula import ValueType
from kefu_admin.definitions.label import Label

Converter = Callable[[Field, object], object]

_EQUAL = frozenset({Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.IS_EMPTY})
_ORDERED = _EQUAL | {Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN}
_TEXT = _ORDERED | {Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH}
_MEMBERS = frozenset({Op.HAS, Op.HAS_ANY, Op.HAS_ALL, Op.IS_EMPTY})
_FILES = frozenset({Op.IS_EMPTY})

_WRITTEN = frozenset({"required", "read_only"})
_SINGLE = _WRITTEN | {"default", "unique"}
_LENGTHS = frozenset({"min_length", "max_length"})
_RANGE = frozenset({"min", "max"})

ENCRYPTABLE = frozenset({"text", "long_text", "phone", "id_number", "email", "url", "address"})
RESULTS = (
    "text", "integer", "decimal", "money", "boolean", "date", "datetime", "duration",
)  # fmt: skip

LINKED = frozenset({"person", "department", "reference", "references"})
FILTERED = frozenset(
    {"choice", "boolean", "date", "datetime", "person", "department", "reference", "region"}
)  # offered as filters where a view does not say
_NOT_LISTED = frozenset({Storage.ROWS, Storage.LONG_TEXT})

_MASKABLE = frozenset(Storage) - {Storage.LINK, Storage.LINKS, Storage.FILES, Storage.ROWS}
_MASKS: Mapping[str, tuple[str, ...]] = {
    "text": ("phone", "id_number", "name", "address", "email"),
    "phone": ("phone",),
    "id_number": ("id_number",),
    "address": ("address",),
    "email": ("email",),
}


def _type(
    id: str,
    label: Label,
    storage: Storage,
    convert: Converter,
    *,
    plain: Converter = values.unchanged,
    operators: frozenset[Op] = _EQUAL,
    options: frozenset[str] = _SINGLE,
    many: bool = False,
    written: bool = True,
    sortable: bool = True,
    formula_type: ValueType | None = None,
    json_schema: Mapping[str, object],
) -> FieldType:
    if id in ENCRYPTABLE:
        options |= {"encrypted"}
    if "default" in options and storage is not Storage.LINK:
        options |= {"backfill", "old_values"}
    return FieldType(
        id=id,
        label=label,
        storage=storage,
        convert=convert,
        plain=plain,
        operators=operators,
        options=options,
        many=many,
        written=written,
        sortable=sortable,
        formula_type=formula_type,
        json_schema=json_schema,
    )


def _of_value(field: Field, raw: object) -> object:
    """Computed and rollup values convert as the type of their result."""
    return value_type(field).convert(field, raw)


def _plain_of_value(field: Field, value: object) -> object:
    return value_type(field).plain(field, value)


_STRING: Mapping[str, object] = {"type": "string"}
_INTEGER: Mapping[str, object] = {"type": "integer"}
_NUMERIC_TEXT: Mapping[str, object] = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_STRINGS: Mapping[str, object] = {"type": "array", "items": {"type": "string"}}
_IDS: Mapping[str, object] = {"type": "array", "items": {"type": "integer", "minimum": 1}}
_ID: Mapping[str, object] = {"type": "integer", "minimum": 1}

_ROWS = (
    _type("text", Label("文本", "Text"), Storage.TEXT, values.to_text, operators=_TEXT,
          options=_SINGLE | _LENGTHS | {"pattern"}, formula_type=ValueType.TEXT,
          json_schema=_STRING),
    _type("long_text", Label("长文本", "Long text"), Storage.LONG_TEXT, values.to_long_text,
          operators=frozenset({Op.IS_EMPTY, Op.CONTAINS}), sortable=False,
          options=_WRITTEN | _LENGTHS | {"default"}, formula_type=ValueType.TEXT,
          json_schema=_STRING),
    _type("integer", Label("整数", "Integer"), Storage.INTEGER, values.to_integer,
          operators=_ORDERED, options=_SINGLE | _RANGE | {"unit"},
          formula_type=ValueType.NUMBER, json_schema=_INTEGER),
    _type("decimal", Label("小数", "Decimal"), Storage.INTEGER, values.to_decimal,
          plain=values.from_decimal, operators=_ORDERED,
          options=_SINGLE | _RANGE | {"unit", "scale"}, formula_type=ValueType.NUMBER,
          json_schema=_NUMERIC_TEXT),
    _type("money", Label("金额", "Money"), Storage.INTEGER, values.to_decimal,
          plain=values.from_decimal, operators=_ORDERED, options=_SINGLE | _RANGE | {"unit"},
          formula_type=ValueType.NUMBER, json_schema=_NUMERIC_TEXT),
    _type("boolean", Label("是否", "Yes or no"), Storage.BOOLEAN, values.to_boolean,
          operators=frozenset({Op.EQ, Op.NE, Op.IS_EMPTY}), options=_WRITTEN | {"default"},
          formula_type=ValueType.BOOLEAN, json_schema={"type": "boolean"}),
    _type("date", Label("日期", "Date"), Storage.DATE, times.to_date, plain=times.from_date,
          operators=_ORDERED, options=_SINGLE | _RANGE, formula_type=ValueType.DATE,
          json_schema={"type": "string", "format": "date"}),
    _type("datetime", Label("日期时间", "Date and time"), Storage.INSTANT, times.to_instant,
          plain=times.from_instant, operators=_ORDERED, options=_SINGLE | _RANGE,
          formula_type=ValueType.INSTANT, json_schema={"type": "string", "format": "date-time"}),
    _type("time", Label("时间", "Time"), Storage.INTEGER, times.to_time, plain=times.from_time,
          operators=_ORDERED, options=_SINGLE | _RANGE,
          json_schema={"type": "string", "pattern": r"^\d{2}:\d{2}$"}),
    _type("duration", Label("时长（分钟）", "Duration (minutes)"), Storage.INTEGER,
          times.to_duration, operators=_ORDERED, options=_SINGLE | _RANGE,
          formula_type=ValueType.NUMBER, json_schema={"type": "integer", "minimum": 0}),
    _type("choice", Label("单选", "Choice"), Storage.TEXT, values.to_choice,
          options=_SINGLE | {"choices"}, formula_type=ValueType.TEXT, json_schema=_STRING),
    _type("multi_choice", Label("多选", "Several choices"), Storage.MEMBERS, values.to_choices,
          plain=values.from_members, operators=_MEMBERS,
          options=_WRITTEN | {"choices", "default"}, many=True, sortable=False,
          json_schema=_STRINGS),
    _type("tags", Label("标签", "Tags"), Storage.MEMBERS, values.to_tags,
          plain=values.from_members, operators=_MEMBERS, options=_WRITTEN | {"default"},
          many=True, sortable=False, json_schema=_STRINGS),
    _type("phone", Label("电话", "Phone"), Storage.TEXT, identifiers.to_phone, operators=_TEXT,
          formula_type=ValueType.TEXT, json_schema=_STRING),
    _type("id_number", Label("身份证号", "ID number"), Storage.TEXT, identifiers.to_id_number,
          operators=_TEXT, formula_type=ValueType.TEXT, json_schema=_STRING),
    _type("email", Label("电子邮箱", "E-mail"), Storage.TEXT, identifiers.to_email,
          operators=_TEXT, formula_type=ValueType.TEXT,
          json_schema={"type": "string", "format": "email"}),
    _type("url", Label("网址", "Web address"), Storage.TEXT, identifiers.to_url, operators=_TEXT,
          options=_SINGLE | {"max_length"}, formula_type=ValueType.TEXT,
          json_schema={"type": "string", "format": "uri"}),
    _type("region", Label("地区（省/市/区）", "Region"), Storage.TEXT, values.to_region,
          operators=_EQUAL | {Op.UNDER}, formula_type=ValueType.TEXT,
          json_schema={"type": "string", "pattern": r"^\d{6}$"}),
    _type("address", Label("地址", "Address"), Storage.TEXT, values.to_text, operators=_TEXT,
          options=_SINGLE | _LENGTHS, formula_type=ValueType.TEXT, json_schema=_STRING),
    _type("person", Label("人员", "Person"), Storage.LINK, values.to_id, sortable=False,
          json_schema=_ID),
    _type("department", Label("部门", "Department"), Storage.LINK, values.to_id, sortable=False,
          operators=_EQUAL | {Op.UNDER}, json_schema=_ID),
    _type("reference", Label("关联", "Reference"), Storage.LINK, values.to_id, sortable=False,
          options=_WRITTEN | {"to", "unique"}, json_schema=_ID),
    _type("references", Label("多个关联", "References"), Storage.LINKS, values.to_ids,
          plain=values.from_members, operators=_MEMBERS, options=_WRITTEN | {"to"}, many=True,
          sortable=False, json_schema=_IDS),
    _type("children", Label("明细", "Children"), Storage.ROWS, values.to_rows,
          plain=values.from_rows, operators=frozenset(), options=_WRITTEN | {"of", "by"},
          many=True, sortable=False, json_schema={"type": "array", "items": {"type": "object"}}),
    _type("attachment", Label("附件", "Attachment"), Storage.FILES, values.to_id,
          operators=_FILES, options=_WRITTEN, sortable=False, json_schema=_ID),
    _type("attachments", Label("多个附件", "Attachments"), Storage.FILES, values.to_ids,
          plain=values.from_members, operators=_FILES, options=_WRITTEN | {"max_count"},
          many=True, sortable=False, json_schema=_IDS),
    _type("image", Label("图片", "Image"), Storage.FILES, values.to_id, operators=_FILES,
          options=_WRITTEN, sortable=False, json_schema=_ID),
    _type("images", Label("多张图片", "Images"), Storage.FILES, values.to_ids,
          plain=values.from_members, operators=_FILES, options=_WRITTEN | {"max_count"},
          many=True, sortable=False, json_schema=_IDS),
    _type("number", Label("业务编号", "Business number"), Storage.TEXT, values.to_identifier,
          operators=_TEXT, options=frozenset({"series"}), written=False,
          formula_type=ValueType.TEXT, json_schema=_STRING),
    _type("computed", Label("计算", "Computed"), Storage.TEXT, _of_value, plain=_plain_of_value,
          operators=frozenset(), options=frozenset({"formula", "result", "scale", "unit"}),
          written=False, json_schema={}),
    _type("rollup", Label("汇总", "Rollup"), Storage.TEXT, _of_value, plain=_plain_of_value,
          operators=frozenset(),
          options=frozenset({"of", "by", "function", "field", "where", "order", "public", "unit"}),
          written=False, json_schema={}),
)  # fmt: skip

# How values of an extension's type are shown and typed in: as those of ours at rest alike.
EXTENSION_STORAGES: Mapping[Storage, str] = MappingProxyType(
    {
        Storage.TEXT: "text",
        Storage.LONG_TEXT: "long_text",
        Storage.INTEGER: "integer",
        Storage.BOOLEAN: "boolean",
        Storage.DATE: "date",
        Storage.INSTANT: "datetime",
        Storage.MEMBERS: "tags",
    }
)

_TABLE: dict[str, FieldType] = {row.id: row for row in _ROWS}
FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(_TABLE)
OWN_TYPES = frozenset(row.id for row in _ROWS)  # those no extension brought


def register(field_type: FieldType) -> None:
    """Add an extension's field type.

    Raises:
        ValueError: the id is taken.
    """
    if field_type.id in _TABLE:
        raise ValueError(f"field type {field_type.id!r} exists already")
    _TABLE[field_type.id] = field_type


def field_type(field: Field | str) -> FieldType:
    """The row of a field or of a field type's id."""
    return _TABLE[field if isinstance(field, str) else field.type]


def value_type(field: Field) -> FieldType:
    """The field type that describes the field's values: for computed and rollup that of the
    result, else its own. The field's own scale and choices hold for it."""
    return _TABLE[field.result] if field.result else _TABLE[field.type]


def shown_as(type_id: str) -> str:
    """The field type of ours in whose way values of a field type are shown and typed in: itself,
    for an extension's the plain one of its storage."""
    return type_id if type_id in OWN_TYPES else EXTENSION_STORAGES[_TABLE[type_id].storage]


def storage(field: Field) -> Storage:
    """How the field rests in the database: its values' storage, or SECRET when encrypted."""
    return Storage.SECRET if field.encrypted else value_type(field).storage


def operators(field: Field) -> frozenset[Op]:
    """The operators a condition may use on the field: an encrypted one knows only its hash."""
    taken = value_type(field).operators
    return taken & _EQUAL if field.encrypted else taken


def sortable(field: Field) -> bool:
    """Whether a list may be sorted by the field."""
    return value_type(field).sortable and not field.encrypted


def listable(field: Field) -> bool:
    """Whether the field may be a column of a list."""
    return value_type(field).storage not in _NOT_LISTED


def maskable(type_id: str) -> bool:
    """Whether values of a field type can be shown masked."""
    return _TABLE[type_id].storage in _MASKABLE


def masks(field: Field) -> tuple[str, ...]:
    """The masks that suit the field's values; none for links, files and children."""
    if value_type(field).storage not in _MASKABLE:
        return ()
    return (*_MASKS.get(field.type, ()), "all")


def convert(field: Field, raw: object) -> object:
    """The canonical value of form text, JSON or a canonical value; None (or `()`) for blank.

    Raises:
        BadValue: it is not one of the field's type.
    """
    return value_type(field).convert(field, raw)


def plain(field: Field, value: object) -> object:
    """A canonical value as JSON; `convert` reads it back."""
    return value_type(field).plain(field, value)


__all__ = [
    "ENCRYPTABLE",
    "EXTENSION_STORAGES",
    "FIELD_TYPES",
    "FILTERED",
    "LINKED",
    "OWN_TYPES",
    "RESULTS",
    "BadValue",
    "convert",
    "field_type",
    "listable",
    "maskable",
    "masks",
    "operators",
    "plain",
    "register",
    "shown_as",
    "sortable",
    "storage",
    "value_type",
]
