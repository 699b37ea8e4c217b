"""The operations of one type, and those that belong to none."""

from __future__ import annotations

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.fields import Storage
from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope, file_answers
from kefu_admin.faces.api.openapi.export_paths import export_paths
from kefu_admin.faces.api.openapi.merge_paths import merge_paths
from kefu_admin.faces.api.openapi.past_paths import past_paths
from kefu_admin.faces.api.openapi.pieces import ID, IF_MATCH, TEXT, Told, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema, ref
from kefu_admin.wording import text

_NAMES: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}


def type_paths(content_type: ContentType, locale: str) -> dict[str, Schema]:
    """The paths of one content type."""
    told = Told(content_type, locale)
    return {
        **_list_paths(told),
        **export_paths(told),
        **_look_up_paths(told),
        **_record_paths(told),
        **past_paths(told),
        **merge_paths(told),
        **_file_paths(told),
    }


def _list_paths(told: Told) -> dict[str, Schema]:
    name, say = told.name, told.say
    record = envelope(ref(f"{name}_record"))
    page = envelope({"type": "array", "items": ref(f"{name}_record")}, page=True)
    return {
        f"/{name}": {
            "get": told.operation(
                "list",
                "{type}列表",
                description=say("涉及个人信息的条件不能写在网址里，请用 query。"),
                parameters=_list_parameters(),
                responses=answers(page, say("一页{type}")),
            ),
            "post": told.operation(
                "create",
                "新建{type}",
                parameters=[header("Idempotency-Key")],
                requestBody=body(ref(f"{name}_create")),
                responses=answers(
                    record, say("新建的{type}"), status=201, errors=WRITING, etag=True
                ),
            ),
        },
        f"/{name}/query": {
            "post": told.operation(
                "query",
                "按条件查找{type}（条件写在内容里）",
                requestBody=body(_query_schema()),
                responses=answers(page, say("一页{type}"), errors=(*READING, 415)),
            )
        },
    }


def _look_up_paths(told: Told) -> dict[str, Schema]:
    uncovered: Schema = {"type": "object", "properties": {"value": {}}, "required": ["value"]}
    return {
        f"/{told.name}/choices": {
            "post": told.operation(
                "choices",
                "{type}某个关联字段可选的记录",
                requestBody=body(_choices_schema(told.type)),
                responses=answers(
                    envelope({"type": "array", "items": ref("reference")}),
                    told.say("可选的记录"),
                    errors=(*READING, 415),
                ),
            )
        },
        f"{told.one}/unmask": {
            "parameters": [ID],
            "post": told.operation(
                "unmask",
                "说明理由后看一个打码的值；会记入审计并限次数",
                requestBody=body(_unmask_schema()),
                responses=answers(
                    envelope(uncovered), told.say("完整的值"), errors=(*READING, 415)
                ),
            ),
        },
    }


def _record_paths(told: Told) -> dict[str, Schema]:
    name, say = told.name, told.say
    record = envelope(ref(f"{name}_record"))
    return {
        told.one: {
            "parameters": [ID],
            "get": told.operation(
                "get",
                "读取一条{type}",
                parameters=[query("fields"), query("expand")],
                responses=answers(record, say("一条{type}"), etag=True),
            ),
            "patch": told.operation(
                "change",
                "修改一条{type}：只改所给的字段",
                parameters=[IF_MATCH, header("Idempotency-Key")],
                requestBody=body(ref(f"{name}_change")),
                responses=answers(record, say("改后的{type}"), errors=(*WRITING, 428), etag=True),
            ),
            "delete": told.operation(
                "delete",
                "删除一条{type}：进入回收站；仍被引用时拒绝",
                parameters=[IF_MATCH, header("Idempotency-Key")],
                responses=answers(
                    envelope({"type": "null"}), say("已删除"), errors=(*READING, 409, 428)
                ),
            ),
        }
    }


def _file_paths(told: Told) -> dict[str, Schema]:
    fields = [
        field.id
        for field in told.type.fields.values()
        if field_type(field).storage is Storage.FILES
    ]
    if not fields:
        return {}
    say = told.say
    return {
        f"/{told.name}/files": {
            "post": told.operation(
                "upload",
                "为{type}上传附件；随后在附件字段中写它的编号",
                requestBody=_upload_body(fields),
                responses=answers(envelope(ref("file")), say("已上传"), status=201, errors=WRITING),
            )
        },
        f"{told.one}/files/{{file}}": {
            "parameters": [ID, {**ID, "name": "file"}],
            "get": told.operation(
                "download", "下载{type}的一个附件", responses=file_answers(say("文件内容"))
            ),
        },
    }


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
        "/values": {
            "get": {
                "operationId": "values",
                "summary": say("由我维护的选项与参数"),
                "tags": ["desk"],
                "responses": answers(envelope({"type": "array", "items": free}), say("选项与参数")),
            }
        },
        "/values/{name}": {
            "parameters": [{"name": "name", "in": "path", "required": True, "schema": TEXT}],
            "get": {
                "operationId": "values_of",
                "summary": say("一组选项或参数的值和有效日期"),
                "tags": ["desk"],
                "responses": answers(envelope(free), say("选项与参数")),
            },
        },
    }


def _list_parameters() -> list[Schema]:
    return [
        query("view"),
        {
            "name": "filter",
            "in": "query",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        query("sort"),
        query("fields"),
        query("expand"),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
        query("cursor"),
        query("count", {"type": "boolean"}),
    ]


def _query_schema() -> Schema:
    return {
        "type": "object",
        "properties": {
            "view": {"type": "string", "maxLength": 64},
            "filter": {"type": "object"},
            "search": {"type": "string", "maxLength": 200},
            "sort": _NAMES,
            "fields": _NAMES,
            "expand": _NAMES,
            "limit": {"type": "integer", "minimum": 1, "maximum": 200},
            "cursor": TEXT,
            "count": {"type": "boolean"},
        },
        "additionalProperties": False,
    }


def search_paths(locale: str) -> dict[str, Schema]:
    """Global search."""
    asked: Schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": 100},
            "types": {**_NAMES, "items": {"type": "string", "minLength": 1}, "maxItems": 100},
            "limit": {"type": "integer", "minimum": 1, "maximum": 20},
        },
        "required": ["text"],
        "additionalProperties": False,
    }
    found = envelope({"type": "array", "items": {"type": "object"}})
    return {
        "/search": {
            "post": {
                "operationId": "search_everywhere",
                "summary": text("在看得到的全部类型里查找，每类列出最相近的几条", locale),
                "tags": ["desk"],
                "requestBody": body(asked),
                "responses": answers(found, text("查到的记录", locale), errors=(*READING, 415)),
            }
        }
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
            "field": {"enum": linked} if linked else TEXT,
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
            "field": TEXT,
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
