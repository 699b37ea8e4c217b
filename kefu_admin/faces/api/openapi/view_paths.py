"""The operations of list views."""

from __future__ import annotations

from kefu_admin.definitions.saved_view import Density, Sharing
from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import ID, IF_MATCH, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.wording import text

_FREE: Schema = {"type": "object"}
_NAMES: Schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_GIVEN: Schema = {
    "name": {"type": "string", "maxLength": 64},
    "shared": {"enum": [one.value for one in Sharing]},
    "role": {"type": "string", "maxLength": 64},
    "on": {"type": "string", "maxLength": 64},
    "columns": _NAMES,
    "sort": _NAMES,
    "filter": {"type": "object"},
    "density": {"enum": ["", *(one.value for one in Density)]},
}


def _schema(*required: str, **more: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**more, **_GIVEN},
        "required": list(required),
        "additionalProperties": False,
    }


def view_paths(locale: str) -> dict[str, Schema]:
    """Every path below `/views`."""

    def one(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": id, "summary": text(summary, locale), "tags": ["desk"], **rest}

    view = envelope(_FREE)
    said = text("视图", locale)
    kept = text("保留的视图", locale)
    made = _schema("type", "name", type={"type": "string", "maxLength": 64})
    return {
        "/views": {
            "get": one(
                "views",
                "我能用的列表视图：配置的、自己的、共享给我的",
                parameters=[query("type")],
                responses=answers(envelope({"type": "array", "items": _FREE}), said),
            ),
            "post": one(
                "create_view",
                "保留一个视图；共享给角色或全体要有权限 views",
                parameters=[header("Idempotency-Key")],
                requestBody=body(made),
                responses=answers(view, kept, status=201, errors=WRITING, etag=True),
            ),
        },
        "/views/{id}": {
            "parameters": [ID],
            "get": one("view", "一个保留的视图", responses=answers(view, said, etag=True)),
            "patch": one(
                "change_view",
                "修改保留的视图：只改所给的部分",
                parameters=[IF_MATCH, header("Idempotency-Key")],
                requestBody=body(_schema()),
                responses=answers(view, kept, errors=(*WRITING, 428), etag=True),
            ),
            "delete": one(
                "delete_view",
                "删除保留的视图",
                parameters=[IF_MATCH],
                responses=answers(
                    envelope({"type": "null"}), text("已删除", locale), errors=(*READING, 409, 428)
                ),
            ),
        },
    }
