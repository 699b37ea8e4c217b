"""The operations of imports."""

from __future__ import annotations

from collections.abc import Iterable

from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope, file_answers
from kefu_admin.faces.api.openapi.pieces import ID, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.wording import text

_FREE: Schema = {"type": "object"}
_SHEET: Schema = {"type": "integer", "minimum": 0, "maximum": 99}
_HEADS: Schema = {"type": "integer", "minimum": 1, "maximum": 2_000_000}
_FILE: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "maxLength": 64},
        "file": {"type": "string", "format": "binary"},
    },
    "required": ["type", "file"],
}
_MAPPED: Schema = {
    "type": "object",
    "properties": {
        "columns": {"type": "object", "additionalProperties": {"type": "string"}},
        "key": {"type": "string", "maxLength": 64},
        "sheet": _SHEET,
        "heads": _HEADS,
    },
    "required": ["columns"],
    "additionalProperties": False,
}


def import_paths(types: Iterable[str], locale: str) -> dict[str, Schema]:
    """Every path below `/imports`, a template for each type."""

    def one(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": id, "summary": text(summary, locale), "tags": ["desk"], **rest}

    def told(sentence: str) -> str:
        return text(sentence, locale)

    free = envelope(_FREE)
    upload = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
    return {
        "/imports": {
            "post": one(
                "take_import",
                "上传要导入的文件（CSV 或 XLSX）；随后说明每列对应的字段",
                parameters=[header("Idempotency-Key")],
                requestBody=upload,
                responses=answers(free, told("列和建议的字段"), status=201, errors=WRITING),
            )
        },
        "/imports/{id}": {
            "parameters": [ID],
            "get": one(
                "import_columns",
                "还没有对应列的文件：工作表、列和建议的字段",
                parameters=[query("sheet", _SHEET), query("heads", _HEADS)],
                responses=answers(free, told("列和建议的字段"), errors=READING),
            ),
        },
        "/imports/{id}/columns": {
            "parameters": [ID],
            "post": one(
                "map_import",
                "说明每列对应的字段（列的序号从 0 起）并逐行检查；结果和执行见 /bulk/{id}",
                requestBody=body(_MAPPED),
                responses=answers(free, told("预览"), errors=WRITING),
            ),
        },
        "/imports/{id}/faults": {
            "parameters": [ID],
            "get": one(
                "import_faults",
                "下载标出错误的工作簿",
                responses=file_answers(told("文件内容"), errors=READING),
            ),
        },
        **{
            f"/imports/{type_id}/template": {
                "get": one(
                    f"import_template_{type_id}",
                    "下载导入模板",
                    responses=file_answers(told("文件内容"), errors=READING),
                ),
            }
            for type_id in types
        },
    }
