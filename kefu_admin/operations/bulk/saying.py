"""How a selection is told: the view, the conditions, the words searched for. What is personal in it
stands there as a keyed hash, as everywhere in the audit book."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kefu_admin.definitions.builtin import content_type
from kefu_admin.definitions.condition import All, Any_, Children, Compare, Condition, Count, Not
from kefu_admin.definitions.condition_text import write_condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import PersonalClass
from kefu_admin.definitions.saved_view import id_of
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.store import audit, views

_LOGIC = frozenset({"all", "any", "not"})


def described(desk: Desk, request: ListRequest) -> str:
    """The selection as canonical JSON."""
    told: dict[str, object] = {}
    if request.ids is not None:
        told["ids"] = len(set(request.ids))
    if request.view:
        told["view"] = request.view
    number = id_of(request.view)
    kept = views.view(desk.store, number) if number is not None else None
    type_id = request.type or (kept or desk.project.views[request.view]).type
    type = desk.project.types[type_id]
    asked = request.filter
    if isinstance(asked, Compare | All | Any_ | Not | Children | Count):
        asked = _written(asked, type, desk)
    if kept is not None and kept.filter:
        asked = {"all": [kept.filter, asked]} if asked else kept.filter
    if asked:
        told["filter"] = _without_persons(desk, type, asked)
    if request.search:
        told["search"] = audit.keyed_hash(desk.store, request.search)
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _written(condition: Condition, type: ContentType, desk: Desk) -> object:
    return write_condition(condition, type, desk.project.types)


def _without_persons(desk: Desk, type: ContentType, asked: object) -> object:
    """A plain condition with the operands of personal fields hashed."""
    if isinstance(asked, list | tuple):
        return [_without_persons(desk, type, one) for one in asked]
    if not isinstance(asked, Mapping):
        return asked
    told: dict[str, object] = {}
    for name, inner in asked.items():
        if name in _LOGIC:
            told[name] = _without_persons(desk, type, inner)
        elif _is_open(desk, type, str(name)):
            told[name] = inner
        else:
            told[name] = audit.keyed_hash(desk.store, json.dumps(inner, default=str))
    return told


def _is_open(desk: Desk, type: ContentType, path: str) -> bool:
    """Whether no step of a path is personal; what leads to owned rows or nowhere is not told."""
    here: ContentType | None = type
    for name in path.split("."):
        field = here.fields.get(name) if here is not None else None
        if field is None or field.type == "children":
            return False
        if field.personal is not PersonalClass.NONE or field.mask or field.encrypted:
            return False
        here = content_type(desk.project.types, field.to or value_type(field).id)
    return True
