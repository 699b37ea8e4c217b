"""The operations about what was: history, the recycle bin."""

from __future__ import annotations

from kefu_admin.faces.api.openapi.answers import READING, WRITING, answers, envelope
from kefu_admin.faces.api.openapi.pieces import ID, IF_MATCH, TEXT, Told, body, header, query
from kefu_admin.faces.api.openapi.schemas import Schema, ref
from kefu_admin.wording import text

_INTEGER: Schema = {"type": "integer"}
_NAMES: Schema = {"type": "array", "items": TEXT}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 200}
_VERSION: Schema = {"type": "integer", "minimum": 0}
_ROWS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": ref("row_difference")},
}


def past_paths(told: Told) -> dict[str, Schema]:
    """The paths of one content type."""
    return {**_history_paths(told), **_version_paths(told), **_bin_paths(told)}


def _history_paths(told: Told) -> dict[str, Schema]:
    return {
        f"{told.one}/history": {
            "parameters": [ID],
            "get": told.operation(
                "history",
                "一条{type}的修改历史，新的在前",
                parameters=[query("below_version", _VERSION), query("limit", _LIMIT)],
                responses=answers(
                    envelope({"type": "array", "items": ref("history_entry")}),
                    told.say("修改历史"),
                ),
            ),
        },
    }


def _version_paths(told: Told) -> dict[str, Schema]:
    one: Schema = {"type": "integer", "minimum": 1}
    asked = _object({"version": one, "fields": {**_NAMES, "minItems": 1}}, "version")
    return {
        f"{told.one}/history/diff": {
            "parameters": [ID],
            "get": told.operation(
                "history_diff",
                "一条{type}任意两个版本之间的不同",
                parameters=[query("older", one), query("newer", one)],
                responses=answers(envelope(ref("difference")), told.say("不同之处")),
            ),
        },
        f"{told.one}/history/restore": {
            "parameters": [ID],
            "post": told.operation(
                "restore_version",
                "把一条{type}恢复到旧版本，或只恢复所列字段；作为一次新的修改",
                parameters=[IF_MATCH, header("Idempotency-Key")],
                requestBody=body(asked),
                responses=answers(
                    envelope(ref(f"{told.name}_record")),
                    told.say("改后的{type}"),
                    errors=(*WRITING, 428),
                    etag=True,
                ),
            ),
        },
    }


def whole_bin_paths(locale: str) -> dict[str, Schema]:
    """The bin over all types."""
    page = answers(
        envelope({"type": "array", "items": ref("binned")}, page=True), text("一页", locale)
    )
    asked = {"type": TEXT, "cursor": TEXT, "limit": _LIMIT}

    def one(id: str, summary: str, **rest: object) -> Schema:
        return {"operationId": id, "summary": text(summary, locale), "tags": ["desk"], **rest}

    return {
        "/bin": {
            "get": one(
                "whole_bin",
                "回收站里您可以恢复或清除的所有记录，最近删除的在前",
                parameters=[query("type"), query("cursor"), query("limit", _LIMIT)],
                responses=page,
            )
        },
        "/bin/query": {
            "post": one(
                "query_bin",
                "在回收站里查找：只找您看得到全文的字段",
                requestBody=body(
                    _object({**asked, "search": {"type": "string", "maxLength": 200}})
                ),
                responses=page,
            )
        },
    }


def difference() -> Schema:
    """What differs between two versions."""
    return _object(
        {
            "older": _INTEGER,
            "newer": _INTEGER,
            "before": {"type": "object"},
            "after": {"type": "object"},
            "masked": _NAMES,
            "rows": _ROWS,
        },
        *("older", "newer", "before", "after", "masked", "rows"),
    )


def row_difference() -> Schema:
    """What differs in an owned row between two versions of its owner."""
    return _object(
        {
            "change": {"enum": ["added", "changed", "removed"]},
            "row": ref("reference"),
            "before": {"type": "object"},
            "after": {"type": "object"},
            "masked": _NAMES,
            "rows": _ROWS,
        },
        *("change", "row", "before", "after", "masked", "rows"),
    )


def _bin_paths(told: Told) -> dict[str, Schema]:
    bin, say = f"/{told.name}/bin", told.say
    binned, record = ref("binned"), envelope(ref(f"{told.name}_record"))
    sent = [IF_MATCH, header("Idempotency-Key")]
    errors = (*WRITING, 428)
    return {
        bin: {
            "get": told.operation(
                "bin",
                "回收站里的{type}，最近删除的在前",
                parameters=[query("cursor"), query("limit", _LIMIT)],
                responses=answers(
                    envelope({"type": "array", "items": binned}, page=True), say("一页{type}")
                ),
            )
        },
        f"{bin}/{{id}}": {
            "parameters": [ID],
            "get": told.operation(
                "get_binned",
                "回收站里的一条{type}，连同会一起恢复的明细",
                responses=answers(envelope(binned), say("一条{type}"), etag=True),
            ),
        },
        f"{bin}/{{id}}/restore": {
            "parameters": [ID],
            "post": told.operation(
                "restore",
                "恢复一条{type}；values 代替会被拒绝的原值",
                parameters=sent,
                requestBody=body(_object({"values": ref(f"{told.name}_change")})),
                responses=answers(record, say("恢复的{type}"), errors=errors, etag=True),
            ),
        },
        f"{bin}/{{id}}/purge": {
            "parameters": [ID],
            "post": told.operation(
                "purge",
                "彻底清除一条{type}：历史和附件一并删除，不能恢复；理由记入审计",
                parameters=sent,
                requestBody=body(
                    _object(
                        {"reason": {"type": "string", "minLength": 2, "maxLength": 500}}, "reason"
                    )
                ),
                responses=answers(
                    envelope({"type": "null"}), say("已彻底清除"), errors=(*READING, 409, 415, 428)
                ),
            ),
        },
    }


def history_entry() -> Schema:
    """One version of a record in its history."""
    return {
        "type": "object",
        "properties": {
            "version": {"type": "integer"},
            "action": TEXT,
            "by": {"anyOf": [ref("reference"), {"type": "null"}]},
            "at": {"type": "string", "format": "date-time"},
            "before": {"type": "object"},
            "after": {"type": "object"},
            "masked": {"type": "array", "items": TEXT},
        },
        "required": ["version", "action", "by", "at", "before", "after", "masked"],
        "additionalProperties": False,
    }


def binned() -> Schema:
    """A deleted record in the bin."""
    return _object(
        {
            "type": TEXT,
            "id": _INTEGER,
            "version": _INTEGER,
            "title": TEXT,
            "deleted_at": _INSTANT,
            "by": ref("reference"),
            "values": {"type": "object"},
            "masked": _NAMES,
            "actions": {"type": "array", "items": {"enum": ["purge", "restore"]}},
            "along": _INTEGER,
            "rows": {"type": "array", "items": ref("binned_row")},
            "lost": _NAMES,
        },
        *("type", "id", "version", "title", "deleted_at", "by", "values", "masked", "actions"),
        *("along", "rows", "lost"),
    )


def binned_row() -> Schema:
    """A row that comes back with its owner."""
    return _object(
        {
            "type": TEXT,
            "id": _INTEGER,
            "title": TEXT,
            "values": {"type": "object"},
            "masked": _NAMES,
            "rows": {"type": "array", "items": ref("binned_row")},
        },
        *("type", "id", "title", "values", "masked", "rows"),
    )


def _object(properties: dict[str, object], *required: str) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(required)} if required else made
