"""The operations about records of a type that are the same: naming them, merging two."""

from __future__ import annotations

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import ID, IF_MATCH, TEXT, Told, body, header
from kefu_admin.faces.api.openapi.schemas import Schema, ref

_FREE: Schema = {"type": "object"}
_NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
_NAMES: Schema = {"type": "array", "items": TEXT, "maxItems": 200, "uniqueItems": True}
_WANTED: Schema = {
    "type": "object",
    "properties": {"with": _NUMBER, "with_version": _NUMBER, "take": _NAMES},
    "required": ["with", "with_version"],
    "additionalProperties": False,
}
_NOTHING: Schema = {"type": "object", "additionalProperties": False}


def merge_paths(told: Told) -> dict[str, Schema]:
    """What may be there already, merging and taking it back, and finding by number."""
    say, merge = told.say, envelope(_FREE)
    keyed = [header("Idempotency-Key")]
    record = envelope(ref(f"{told.name}_record"))
    number: Schema = {"name": "name", "in": "path", "required": True, "schema": TEXT}
    return {
        f"/{told.name}/alike": {
            "post": told.operation(
                "alike",
                "{type}里可能已有的相同记录：按 alike 所列字段比较，只含看得到的",
                requestBody=body(_alike_schema(told.type)),
                responses=answers(
                    envelope({"type": "array", "items": {"type": "object"}}),
                    told.say("可能相同的记录；by 是哪些字段相同"),
                    errors=(*READING, 415, 429),
                ),
            )
        },
        f"{told.one}/merge": {
            "parameters": [ID],
            "post": told.operation(
                "merge",
                "把另一条{type}并入这一条：引用都转过来，take 的字段取另一条的值",
                parameters=[IF_MATCH, *keyed],
                requestBody=body(_WANTED),
                responses=answers(merge, say("合并的结果"), errors=(*WRITING, 428), status=200)
                | {"202": {"description": say("引用很多，由后台继续转移")}},
            ),
        },
        f"{told.one}/merges": {
            "parameters": [ID],
            "get": told.operation(
                "merges",
                "并入这条{type}的记录",
                responses=answers(
                    envelope({"type": "array", "items": _FREE}), say("每次合并，最近的在前")
                ),
            ),
        },
        f"/{told.name}/merges/{{id}}": {
            "parameters": [ID],
            "get": told.operation(
                "merge_of",
                "一次{type}合并：转移了哪些引用",
                responses=answers(merge, say("合并的结果")),
            ),
        },
        f"/{told.name}/merges/{{id}}/undo": {
            "parameters": [ID],
            "post": told.operation(
                "unmerge",
                "撤销一次{type}合并：之后没有动过的引用回到原处",
                parameters=keyed,
                requestBody=body(_NOTHING),
                responses=answers(merge, say("合并的结果"), errors=WRITING)
                | {"202": {"description": say("引用很多，由后台继续转移")}},
            ),
        },
        f"/{told.name}/by-number/{{name}}": {
            "parameters": [number],
            "get": told.operation(
                "by_number",
                "按业务编号读取一条{type}；已并入别的记录时读到那一条",
                responses=answers(record, say("一条{type}"), etag=True),
            ),
        },
    }


def _alike_schema(content_type: ContentType) -> Schema:
    return {
        "type": "object",
        "properties": {
            "values": {
                "type": "object",
                "properties": {one.name: TEXT for one in content_type.alike},
                "additionalProperties": False,
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": 20},
        },
        "required": ["values"],
        "additionalProperties": False,
    }
