"""The operations of calendars and of values kept in rows."""

from __future__ import annotations

from kefu_admin.definitions.calendar import Clock
from kefu_admin.faces.api.openapi.answers import WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import TEXT, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.operations.calendars import FIRST_YEAR, LAST_YEAR, MOST_AMOUNT
from kefu_admin.operations.dated import MOST_VALUES
from kefu_admin.wording import text

_FREE: Schema = {"type": "object"}
_NAME: Schema = {"name": "name", "in": "path", "required": True, "schema": TEXT}
_YEAR: Schema = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}
_AMOUNT: Schema = {"type": "integer", "minimum": -MOST_AMOUNT, "maximum": MOST_AMOUNT}
_CLOCK: Schema = {"enum": [*Clock], "default": Clock.WORKING_DAYS}
_DUE: Schema = {
    "type": "object",
    "properties": {
        "at": {"type": "string", "format": "date-time"},
        "provisional": {"type": "boolean"},
    },
    "required": ["at", "provisional"],
    "additionalProperties": False,
}
_PUT: Schema = {
    "type": "object",
    "properties": {
        "values": {"type": "array", "items": _FREE, "minItems": 1, "maxItems": MOST_VALUES}
    },
    "required": ["values"],
    "additionalProperties": False,
}
_COUNTS: Schema = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ("new", "changed", "same")},
    "required": ["new", "changed", "same"],
    "additionalProperties": False,
}


def calendar_paths(locale: str) -> dict[str, Schema]:
    """Every path below `/calendars` and `/values`."""

    def one(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": id, "summary": text(summary, locale), "tags": ["desk"], **rest}

    listed = envelope({"type": "array", "items": _FREE})
    calendar, values = text("工作日历", locale), text("选项与参数", locale)
    sums = [
        {**query("from"), "required": True},
        {**query("amount", _AMOUNT), "required": True},
        query("clock", _CLOCK),
    ]
    return {
        "/calendars": {
            "get": one("calendars", "工作日历，已知到哪天", responses=answers(listed, calendar)),
        },
        "/calendars/{name}": {
            "parameters": [_NAME],
            "get": one(
                "calendar",
                "一个日历：一年里的每一天",
                parameters=[query("year", _YEAR)],
                responses=answers(envelope(_FREE), calendar),
            ),
        },
        "/calendars/{name}/due": {
            "parameters": [_NAME],
            "get": one(
                "calendar_due",
                "一段时间到何时为止",
                parameters=sums,
                responses=answers(envelope(_DUE), text("到期", locale)),
            ),
        },
        "/values": {
            "get": one("values", "我维护的选项与参数", responses=answers(listed, values)),
        },
        "/values/{name}": {
            "parameters": [_NAME],
            "get": one("kept_values", "一组值", responses=answers(envelope(_FREE), values)),
            "put": one(
                "put_values",
                "一次写入多个没有日期的值，要么全部写入，要么一个也不写",
                parameters=[header("Idempotency-Key")],
                requestBody=body(_PUT),
                responses=answers(envelope(_COUNTS), values, errors=WRITING),
            ),
        },
    }
