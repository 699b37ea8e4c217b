"""The operation that hands out a list as a file."""

from __future__ import annotations

from kefu_admin.faces.api.openapi.answers import READING, file_answers
from kefu_admin.faces.api.openapi.pieces import TEXT, Told, body
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.operations.exports import Form

_NAMES: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}
_WANTED: Schema = {
    "type": "object",
    "properties": {
        "format": {"enum": [form.value for form in Form]},
        "view": {"type": "string", "maxLength": 60},
        "filter": {"type": "object"},
        "search": {"type": "string", "maxLength": 200},
        "sort": _NAMES,
        "fields": _NAMES,
        "full": {"type": "boolean"},
    },
    "additionalProperties": False,
}


def export_paths(told: Told) -> dict[str, Schema]:
    """The path of a type's export."""
    return {
        f"/{told.name}/export": {
            "post": told.operation(
                "export",
                "把{type}列表导出为文件（CSV 或 XLSX）",
                description=told.say(
                    "只含有导出权的记录和列，个人信息打码，会记入审计。"
                    "条数超过限额，或要完整的个人信息（full），一个人不能导出（403）。"
                ),
                requestBody=body(_WANTED),
                responses=file_answers(told.say("文件内容"), errors=(*READING, 415)),
            )
        }
    }
