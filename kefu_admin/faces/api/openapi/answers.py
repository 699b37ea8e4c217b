"""The envelopes and error answers every operation shares."""

from __future__ import annotations

from collections.abc import Iterable

from kefu_admin.faces.api.openapi.schemas import Schema, ref
from kefu_admin.wording import text

ERRORS = {
    400: "请求无法识别",
    401: "没有登录，或者令牌无效、过期",
    403: "没有权限",
    404: "没有，或者无权查看",
    405: "这个地址不接受这种请求方式",
    406: "只能以 JSON 回答",
    409: "与现在的状态冲突：已被别人修改、仍被引用等",
    413: "内容太大",
    415: "内容类型不对",
    422: "参数或字段不认识，或者值不对；逐项列出",
    428: "缺少 If-Match",
    429: "操作太频繁",
    500: "系统出错",
    503: "系统正忙，请稍后再试",
}
READING = (400, 401, 403, 404, 405, 406, 413, 422, 429, 500, 503)
WRITING = (*READING, 409, 415)


_REFERRER: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "id": {"type": "integer"},
        "label": {"type": "string"},
    },
    "required": ["type", "id", "label"],
    "additionalProperties": False,
}


def responses(locale: str) -> dict[str, Schema]:
    """The error answers as shared responses, by name `error_<status>`."""
    return {
        f"error_{status}": {
            "description": text(sentence, locale),
            "content": {"application/json": {"schema": ref("error")}},
        }
        for status, sentence in ERRORS.items()
    }


def error_schema() -> Schema:
    """The error envelope."""
    return {
        "type": "object",
        "properties": {
            "ok": {"const": False},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "code": {"type": "string"},
                        "field": {"type": "string"},
                        "message": {"type": "string"},
                        "referrers": {"type": "array", "items": _REFERRER},
                        "hidden": {"type": "boolean"},
                        "version": {"type": "integer"},
                        "before": {"type": "object"},
                        "after": {"type": "object"},
                    },
                    "required": ["code", "field", "message"],
                    "additionalProperties": False,
                },
            },
            "status": {"type": "integer"},
        },
        "required": ["ok", "errors", "status"],
        "additionalProperties": False,
    }


def envelope(data: Schema, *, page: bool = False) -> Schema:
    """The success envelope around `data`; a page adds `next` and, when asked, the count."""
    properties: dict[str, object] = {"ok": {"const": True}, "data": data}
    required = ["ok", "data"]
    if page:
        properties |= {
            "next": {"type": "string"},
            "count": {"type": "integer"},
            "count_is_capped": {"type": "boolean"},
        }
        required.append("next")
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def file_answers(description: str, *, errors: Iterable[int] = READING) -> dict[str, object]:
    """The `responses` of an operation that hands out a file."""
    found = answers({}, description, errors=errors)
    binary: Schema = {"type": "string", "format": "binary"}
    found["200"] = {"description": description, "content": {"*/*": {"schema": binary}}}
    return found


def answers(
    schema: Schema,
    description: str,
    *,
    status: int = 200,
    errors: Iterable[int] = READING,
    etag: bool = False,
) -> dict[str, object]:
    """The `responses` of an operation: its success and the errors it may answer with."""
    good: Schema = {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
    if etag:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    found: dict[str, object] = {str(status): good}
    for error in sorted(errors):
        found[str(error)] = {"$ref": f"#/components/responses/error_{error}"}
    return found
