"""The operations about background jobs and messages to other systems."""

from __future__ import annotations

from kefu_admin.faces.api.openapi.answers import WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import ID, TEXT, query
from kefu_admin.faces.api.openapi.schemas import Schema, ref
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.jobs import JobState
from kefu_admin.wording import text

_INTEGER: Schema = {"type": "integer"}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
_FAULT: Schema = {
    "type": ["object", "null"],
    "properties": {"code": TEXT, "message": TEXT},
    "required": ["code", "message"],
    "additionalProperties": False,
}


def job_paths(locale: str) -> dict[str, Schema]:
    """The paths of jobs and deliveries."""
    job, delivery = ref("job"), ref("delivery")
    return {
        "/jobs": _list(
            locale, "list_jobs", "后台任务，新的在前；没有权限时只有自己的", job, [*JobState]
        ),
        "/jobs/{id}": _one(locale, "get_job", "一个后台任务", job),
        "/jobs/{id}/retry": _deed(locale, "retry_job", "让停下的任务再试；不是停下的不变", job),
        "/jobs/{id}/cancel": _deed(locale, "cancel_job", "取消没有结束的任务；已做的保留", job),
        "/deliveries": _list(
            locale, "list_deliveries", "发给别的系统的消息，新的在前", delivery, [*DeliveryState]
        ),
        "/deliveries/{id}": _one(locale, "get_delivery", "一条消息", delivery),
        "/deliveries/{id}/resend": _deed(
            locale, "resend_delivery", "用同一个编号重新发送；等待中的不变", delivery
        ),
        "/deliveries/resend": _many(
            locale, "resend_parked_deliveries", "重新发送全部停下待处理的消息"
        ),
        "/deliveries/{id}/skip": _deed(
            locale, "skip_delivery", "跳过没有送达的消息，让同一记录后面的先走", delivery
        ),
    }


def job_schemas() -> dict[str, Schema]:
    """A job and a delivery as answered."""
    flag: Schema = {"type": "boolean"}
    maybe_instant: Schema = {**_INSTANT, "type": ["string", "null"]}
    return {
        "job": _object(
            {
                "id": _INTEGER,
                "label": TEXT,
                "state": {"enum": [*JobState]},
                "done": _INTEGER,
                "total": {"type": ["integer", "null"]},
                "tries": _INTEGER,
                "fault": _FAULT,
                "result": {"type": ["object", "null"]},
                "asker": TEXT,
                "asked_at": _INSTANT,
                "finished_at": maybe_instant,
                "may_retry": flag,
                "may_cancel": flag,
            }
        ),
        "delivery": _object(
            {
                "id": _INTEGER,
                "event": TEXT,
                "type": TEXT,
                "record_id": _INTEGER,
                "version": _INTEGER,
                "at": _INSTANT,
                "receiver": TEXT,
                "state": {"enum": [*DeliveryState]},
                "held": flag,
                "tries": _INTEGER,
                "fault": _FAULT,
                "ended_at": maybe_instant,
            }
        ),
    }


def _list(locale: str, name: str, summary: str, item: Schema, states: list[str]) -> Schema:
    state = query("state", {"enum": states})
    schema = envelope({"type": "array", "items": item}, page=True)
    return {
        "get": {
            **_operation(locale, name, summary),
            "parameters": [state, query("cursor"), query("limit", _LIMIT)],
            "responses": answers(schema, text(summary, locale)),
        }
    }


def _one(locale: str, name: str, summary: str, item: Schema) -> Schema:
    operation = _operation(locale, name, summary)
    responses = answers(envelope(item), text(summary, locale))
    return {"parameters": [ID], "get": {**operation, "responses": responses}}


def _deed(locale: str, name: str, summary: str, item: Schema) -> Schema:
    operation = _operation(locale, name, summary)
    responses = answers(envelope(item), text(summary, locale), errors=WRITING)
    return {"parameters": [ID], "post": {**operation, "responses": responses}}


def _many(locale: str, name: str, summary: str) -> Schema:
    operation = _operation(locale, name, summary)
    schema = envelope(_object({"count": _INTEGER}))
    return {
        "post": {**operation, "responses": answers(schema, text(summary, locale), errors=WRITING)}
    }


def _operation(locale: str, name: str, summary: str) -> Schema:
    return {"operationId": name, "summary": text(summary, locale), "tags": ["desk"]}


def _object(properties: dict[str, object]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }
