"""Reads `views/*.yaml`: list views; a type without one gets a view made from its fields."""

from __future__ import annotations

from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_keys import FIELD, TYPE
from kefu_admin.definitions.field_types import FILTERED, listable, operators, sortable
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.takers import CONDITION, Boolean, Integer, ListOf
from kefu_admin.definitions.tree import Node
from kefu_admin.definitions.view import NEWEST_FIRST, ListView, SortKey

LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
TYPE_OF = Key("type", TYPE, Label("内容类型", "content type"), required=True)
COLUMNS = Key(
    "columns", ListOf(FIELD, least=1, distinct=True), Label("列", "columns"), required=True
)
SORT = Key(
    "sort", ListOf(FIELD, distinct=True), Label("排序，“-”为倒序", "order; - for descending")
)
FILTERS = Key("filters", ListOf(FIELD, distinct=True), Label("筛选字段", "filters offered"))
WHERE: Key[Node] = Key("where", CONDITION, Label("固定条件", "fixed condition"))
PAGE_SIZE = Key("page_size", Integer(10, 200), Label("每页行数", "rows a page"))
DEFAULT = Key("default", Boolean(), Label("打开类型时用此视图", "the view a type opens with"))
SHAPE = Shape(LABEL, TYPE_OF, COLUMNS, SORT, FILTERS, WHERE, PAGE_SIZE, DEFAULT)

_MOST_COLUMNS = 8
_MOST_FILTERS = 6


def read(loading: Loading) -> dict[str, ListView]:
    """Every view, with one for each type that has none and is not owned."""
    found: dict[str, ListView] = {}
    for source in loading.sources["views"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None and (view := _view(source.id, taken, loading)):
            found[source.id] = view
    viewed = {view.type for view in found.values()}
    for type in loading.types.values():
        if type.id not in viewed and not type.owned_by:
            view = made(type, type.id if type.id not in found else f"{type.id}_records")
            found[view.id] = view
    return found


def made(type: ContentType, id: str) -> ListView:
    """The list view of a type without one."""
    columns = dict.fromkeys([type.title, *(n for n, f in type.fields.items() if not f.system)])
    shown = [name for name in columns if name in type.fields and listable(type.fields[name])]
    filters = [
        name
        for name, field in type.fields.items()
        if not field.system and not field.encrypted and field.type in FILTERED
    ]
    return ListView(
        id=id,
        label=type.plural,
        type=type.id,
        columns=(*shown[:_MOST_COLUMNS], "created_at"),
        sort=NEWEST_FIRST,
        filters=tuple(filters[:_MOST_FILTERS]),
        default=True,
        place=type.place,
    )


def _view(id: str, taken: Taken, loading: Loading) -> ListView | None:
    type = loading.type_of(taken, TYPE_OF, Fault.VIEW_OF_OWNED)
    if type is None:
        return None
    return ListView(
        id=id,
        label=taken.get(LABEL, Label(id)),
        type=type.id,
        columns=_columns(taken, type, loading),
        sort=_sort(taken, type, loading),
        filters=_filters(taken, type, loading),
        where=loading.condition(taken[WHERE], type) if taken[WHERE] else ALWAYS,
        page_size=taken.get(PAGE_SIZE, 50),
        default=taken.get(DEFAULT, False),
        place=taken.place,
    )


def _columns(taken: Taken, type: ContentType, loading: Loading) -> tuple[str, ...]:
    columns = taken.get(COLUMNS, ())
    for index, name in enumerate(columns):
        place = taken.at(COLUMNS, index)
        if loading.field(place, type, name) and not listable(type.fields[name]):
            loading.problems.add(
                place, Fault.COLUMN_UNSUITED, name=name, type=type.fields[name].type
            )
    return columns


def _sort(taken: Taken, type: ContentType, loading: Loading) -> tuple[SortKey, ...]:
    keys: list[SortKey] = []
    for index, written in enumerate(taken.get(SORT, ())):
        name = written.removeprefix("-")
        place = taken.at(SORT, index)
        if loading.field(place, type, name):
            if not sortable(type.fields[name]):
                loading.problems.add(place, Fault.SORT_UNSUITED, name=name)
            keys.append(SortKey(name, descending=written.startswith("-")))
    return tuple(keys) or NEWEST_FIRST


def _filters(taken: Taken, type: ContentType, loading: Loading) -> tuple[str, ...]:
    filters = taken.get(FILTERS, ())
    for index, name in enumerate(filters):
        place = taken.at(FILTERS, index)
        if loading.field(place, type, name) and not operators(type.fields[name]):
            loading.problems.add(
                place, Fault.FILTER_UNSUITED, name=name, type=type.fields[name].type
            )
    return filters
