"""The operations of one type, and those that belong to none."""

from __future__ import annotations

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.fields import Storage
from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope
from kefu_admin.faces.api.openapi.schemas import Schema, ref
from kefu_admin.wording import text

_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
}
_TEXT: Schema = {"type": "string"}
_NAMES: Schema = {"type": "array", "items": _TEXT, "uniqueItems": True}


def type_paths(content_type: ContentType, locale: str) -> dict[str, Schema]:
    """The paths of one content type."""
    name, label = content_type.id, content_type.label.text(locale)

    def say(sentence: str) -> str:
        return text(sentence, locale, type=label)

    record = envelope(ref(f"{name}_record"))
    page = envelope({"type": "array", "items": ref(f"{name}_record")}, page=True)

    def operation(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": f"{id}_{name}", "summary": summary, "tags": [name], **rest}

    one = f"/{name}/{{id}}"
    paths: dict[str, Schema] = {
        f"/{name}": {
            "get": operation(
                "list",
                say("{type}列表"),
                description=say("涉及个人信息的条件不能写在网址里，请用 query。"),
                parameters=_list_parameters(),
                responses=answers(page, say("一页{type}")),
            ),
            "post": operation(
                "create",
                say("新建{type}"),
                parameters=[_header("Idempotency-Key")],
                requestBody=_body(ref(f"{name}_create")),
                responses=answers(
                    record, say("新建的{type}"), status=201, errors=WRITING, etag=True
                ),
            ),
        },
        f"/{name}/query": {
            "post": operation(
                "query",
                say("按条件查找{type}（条件写在内容里）"),
                requestBody=_body(_query_schema()),
                responses=answers(page, say("一页{type}"), errors=(*READING, 415)),
            )
        },
        f"/{name}/choices": {
            "post": operation(
                "choices",
                say("{type}某个关联字段可选的记录"),
                requestBody=_body(_choices_schema(content_type)),
                responses=answers(
                    envelope({"type": "array", "items": ref("reference")}),
                    say("可选的记录"),
                    errors=(*READING, 415),
                ),
            )
        },
        one: {
            "parameters": [_ID],
            "get": operation(
                "get",
                say("读取一条{type}"),
                parameters=[_query("fields"), _query("expand")],
                responses=answers(record, say("一条{type}"), etag=True),
            ),
            "patch": operation(
                "change",
                say("修改一条{type}：只改所给的字段"),
                parameters=[_header("If-Match", required=True), _header("Idempotency-Key")],
                requestBody=_body(ref(f"{name}_change")),
                responses=answers(record, say("改后的{type}"), errors=(*WRITING, 428), etag=True),
            ),
            "delete": operation(
                "delete",
                say("删除一条{type}；仍被引用时拒绝"),
                parameters=[_header("If-Match", required=True), _header("Idempotency-Key")],
                responses=answers(
                    envelope({"type": "null"}), say("已删除"), errors=(*READING, 409, 428)
                ),
            ),
        },
        f"{one}/history": {
            "parameters": [_ID],
            "get": operation(
                "history",
                say("一条{type}的修改历史，新的在前"),
                parameters=[
                    _query("below_version", {"type": "integer", "minimum": 0}),
                    _query("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
                ],
                responses=answers(
                    envelope({"type": "array", "items": ref("history_entry")}), say("修改历史")
                ),
            ),
        },
        f"{one}/unmask": {
            "parameters": [_ID],
            "post": operation(
                "unmask",
                say("说明理由后看一个打码的值；会记入审计并限次数"),
                requestBody=_body(_unmask_schema()),
                responses=answers(
                    envelope(
                        {"type": "object", "properties": {"value": {}}, "required": ["value"]}
                    ),
                    say("完整的值"),
                    errors=(*READING, 415),
                ),
            ),
        },
    }
    files = [
        field.id
        for field in content_type.fields.values()
        if field_type(field).storage is Storage.FILES
    ]
    if files:
        paths[f"/{name}/files"] = {
            "post": operation(
                "upload",
                say("为{type}上传附件；随后在附件字段中写它的编号"),
                requestBody=_upload_body(files),
                responses=answers(envelope(ref("file")), say("已上传"), status=201, errors=WRITING),
            )
        }
        paths[f"{one}/files/{{file}}"] = {
            "parameters": [_ID, {**_ID, "name": "file"}],
            "get": operation(
                "download",
                say("下载{type}的一个附件"),
                responses=_file_answers(say("文件内容")),
            ),
        }
    return paths


def common_paths(locale: str) -> dict[str, Schema]:
    """The paths that belong to no type."""

    def say(sentence: str) -> str:
        return text(sentence, locale)

    free: Schema = {"type": "object"}
    return {
        "/me": {
            "get": {
                "operationId": "me",
                "summary": say("我是谁、能做什么"),
                "tags": ["desk"],
                "responses": answers(envelope(free), say("当前用户或令牌")),
            }
        },
        "/types": {
            "get": {
                "operationId": "types",
                "summary": say("我能看到的类型和字段，以及能对它们做什么"),
                "tags": ["desk"],
                "responses": answers(envelope({"type": "array", "items": free}), say("类型")),
            }
        },
    }


def history_entry() -> Schema:
    """One version of a record in its history."""
    return {
        "type": "object",
        "properties": {
            "version": {"type": "integer"},
            "action": _TEXT,
            "by": {"anyOf": [ref("reference"), {"type": "null"}]},
            "at": {"type": "string", "format": "date-time"},
            "before": {"type": "object"},
            "after": {"type": "object"},
            "masked": {"type": "array", "items": _TEXT},
        },
        "required": ["version", "action", "by", "at", "before", "after", "masked"],
        "additionalProperties": False,
    }


def _list_parameters() -> list[Schema]:
    return [
        {
            "name": "filter",
            "in": "query",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        _query("sort"),
        _query("fields"),
        _query("expand"),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
        _query("cursor"),
        _query("count", {"type": "boolean"}),
    ]


def _query_schema() -> Schema:
    return {
        "type": "object",
        "properties": {
            "filter": {"type": "object"},
            "search": {"type": "string", "maxLength": 200},
            "sort": _NAMES,
            "fields": _NAMES,
            "expand": _NAMES,
            "limit": {"type": "integer", "minimum": 1, "maximum": 200},
            "cursor": _TEXT,
            "count": {"type": "boolean"},
        },
        "additionalProperties": False,
    }


def _choices_schema(content_type: ContentType) -> Schema:
    linked = [
        field.id
        for field in content_type.fields.values()
        if field_type(field).storage in (Storage.LINK, Storage.LINKS) and not field.system
    ]
    return {
        "type": "object",
        "properties": {
            "field": {"enum": linked} if linked else _TEXT,
            "term": {"type": "string", "maxLength": 200},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50},
        },
        "required": ["field"],
        "additionalProperties": False,
    }


def _unmask_schema() -> Schema:
    return {
        "type": "object",
        "properties": {
            "field": _TEXT,
            "reason": {"type": "string", "minLength": 2, "maxLength": 500},
        },
        "required": ["field", "reason"],
        "additionalProperties": False,
    }


def _upload_body(fields: list[str]) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {"field": {"enum": fields}, "file": {"type": "string", "format": "binary"}},
        "required": ["field", "file"],
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _file_answers(description: str) -> dict[str, object]:
    found = answers({}, description)
    binary: Schema = {"type": "string", "format": "binary"}
    found["200"] = {"description": description, "content": {"*/*": {"schema": binary}}}
    return found


def _body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: Schema | None = None) -> Schema:
    return {"name": name, "in": "query", "schema": schema or _TEXT}


def _header(name: str, *, required: bool = False) -> Schema:
    if name == "If-Match":
        schema: Schema = {"type": "string", "pattern": '^"[1-9][0-9]{0,17}"$'}
    else:
        schema = {"type": "string", "pattern": r"^[A-Za-z0-9_\-:.]{8,100}$"}
    return {"name": name, "in": "header", "required": required, "schema": schema}
