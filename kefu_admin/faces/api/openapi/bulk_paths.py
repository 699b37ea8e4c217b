"""The operations of bulk changes."""

from __future__ import annotations

from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import ID, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.store.verdicts import Verdict
from kefu_admin.wording import text

_FREE: Schema = {"type": "object"}
_LARGEST = 2**63 - 1
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200}
_AFTER: Schema = {"type": "integer", "minimum": 0, "maximum": _LARGEST}
_WANTED: Schema = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "maxLength": 60},
        "ids": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": _LARGEST},
            "minItems": 1,
            "maxItems": 20_000,
        },
        "view": {"type": "string", "maxLength": 60},
        "filter": {"type": "object"},
        "search": {"type": "string", "maxLength": 200},
        "values": {"type": "object"},
        "reason": {"type": "string", "maxLength": 500},
    },
    "required": ["action"],
    "additionalProperties": False,
}
_CONFIRMED: Schema = {
    "type": "object",
    "properties": {"selection": {"type": "string", "maxLength": 64}},
    "required": ["selection"],
    "additionalProperties": False,
}
_NOTHING: Schema = {"type": "object", "additionalProperties": False}


def bulk_paths(locale: str) -> dict[str, Schema]:
    """Every path below `/bulk`."""

    def one(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": id, "summary": text(summary, locale), "tags": ["desk"], **rest}

    def told(sentence: str) -> str:
        return text(sentence, locale)

    several = envelope({"type": "array", "items": _FREE})
    batch, keyed = envelope(_FREE), [header("Idempotency-Key")]
    errors = WRITING
    return {
        "/bulk": {
            "get": one(
                "batches",
                "我执行过的批量操作",
                parameters=[query("before", _AFTER), query("limit", _LIMIT)],
                responses=answers(several, told("批量操作")),
            ),
            "post": one(
                "preview_batch",
                "预览批量操作：冻结所选记录的编号和版本，逐条判断；不改任何记录",
                parameters=keyed,
                requestBody=body(_WANTED),
                responses=answers(batch, told("预览"), status=201, errors=errors),
            ),
        },
        "/bulk/actions": {
            "get": one(
                "bulk_actions",
                "我能用的批量操作",
                responses=answers(several, told("批量操作")),
            )
        },
        "/bulk/{id}": {
            "parameters": [ID],
            "get": one("batch", "一批操作的进度和结果", responses=answers(batch, told("批量操作"))),
        },
        "/bulk/{id}/rows": {
            "parameters": [ID],
            "get": one(
                "batch_rows",
                "一批操作里每条记录的结论",
                parameters=[
                    query("verdict", {"enum": [verdict.value for verdict in Verdict]}),
                    query("after", _AFTER),
                    query("limit", _LIMIT),
                ],
                responses=answers(
                    envelope({"type": "array", "items": _FREE}, page=True),
                    told("逐条结论"),
                    errors=READING,
                ),
            ),
        },
        "/bulk/{id}/run": {
            "parameters": [ID],
            "post": one(
                "run_batch",
                "执行预览过的一批；selection 是预览给出的摘要，不一致则拒绝（409）",
                parameters=keyed,
                requestBody=body(_CONFIRMED),
                responses=answers(batch, told("批量操作"), errors=errors),
            ),
        },
        "/bulk/{id}/undo": {
            "parameters": [ID],
            "post": one(
                "undo_batch",
                "预览撤销一批操作；再用 run 执行",
                parameters=keyed,
                requestBody=body(_NOTHING),
                responses=answers(batch, told("预览"), status=201, errors=errors),
            ),
        },
    }
