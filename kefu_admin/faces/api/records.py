"""The endpoints of a type: list, query, get, create, change, delete, history, unmask, choices."""

from __future__ import annotations

from datetime import UTC

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json, Writers, reference
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import reading, records
from kefu_admin.operations.records import Outcome
from kefu_admin.problems import NotFound
from kefu_admin.store.idempotency import IdempotencyKey, idempotency_key
from kefu_admin.store.query import Row

MOST_VERSION = 2**31 - 1


def install(blueprint: Blueprint, writers: Writers) -> None:
    """Add the record endpoints to the API's blueprint."""

    @blueprint.get("/<type_id>")
    @declare("GET")
    def list_records(type_id: str) -> Response:
        content_type = lists.content_type(type_id)
        return _page(lists.from_url(content_type), writers)

    @blueprint.post("/<type_id>/query")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE, audit=Audit.READ)
    def query_records(type_id: str) -> Response:
        body.parameters()
        return _page(lists.from_body(lists.content_type(type_id)), writers)

    @blueprint.post("/<type_id>")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def create_record(type_id: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        outcome = records.create(
            runtime().desk, type_id, sent, actor=actor(), now=now(), key=_key(sent)
        )
        location = f"{request.path}/{outcome.id}"
        return _written(type_id, outcome, writers, status=201, Location=location)

    @blueprint.get("/<type_id>/<int:record_id>")
    @declare("GET")
    def get_record(type_id: str, record_id: int) -> Response:
        sent = body.parameters("fields", "expand")
        content_type = lists.content_type(type_id)
        columns = body.names_of("fields", sent["fields"]) if "fields" in sent else None
        row = _row(type_id, record_id, columns)
        written = writers.detail(row)
        if "expand" in sent:
            names = body.names_of("expand", sent["expand"], most=10)
            lists.expand((row,), [written], names, content_type.id, writers)
        return success(written, headers={"ETag": body.etag(row.version)})

    @blueprint.patch("/<type_id>/<int:record_id>")
    @declare("PATCH", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def change_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        outcome = records.change(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            version,
            sent,
            actor=actor(),
            now=now(),
            key=_key(sent, version),
        )
        return _written(type_id, outcome, writers)

    @blueprint.delete("/<type_id>/<int:record_id>")
    @declare("DELETE", body=Body.NONE, repeat=Repeat.KEY, audit=Audit.DATA)
    def delete_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        body.no_body()
        lists.content_type(type_id)
        version = body.version()
        records.remove(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            version,
            actor=actor(),
            now=now(),
            key=_key({}, version),
        )
        return success(None)

    @blueprint.get("/<type_id>/<int:record_id>/history")
    @declare("GET")
    def record_history(type_id: str, record_id: int) -> Response:
        sent = body.parameters("below_version", "limit")
        lists.content_type(type_id)
        entries = reading.history(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            actor=actor(),
            now=now(),
            below_version=body.whole(
                "below_version", sent.get("below_version", "0"), least=0, most=MOST_VERSION
            ),
            limit=body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST),
        )
        return success([_entry(type_id, entry, writers) for entry in entries])

    @blueprint.post("/<type_id>/<int:record_id>/unmask")
    @declare("POST", body=Body.JSON, repeat=Repeat.NATURAL, audit=Audit.UNMASK)
    def unmask_field(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ("field", "reason"))
        name = body.text_of("field", sent.get("field"), longest=64)
        reason = body.text_of("reason", sent.get("reason"), longest=500)
        value = reading.unmask(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            name,
            reason,
            actor=actor(),
            now=now(),
        )
        return success({"value": value})

    @blueprint.post("/<type_id>/choices")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE)
    def field_choices(type_id: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ("field", "term", "limit"))
        name = body.text_of("field", sent.get("field"), longest=64)
        found = reading.choices(
            runtime().desk,
            type_id,
            name,
            body.text_of("term", sent.get("term", ""), longest=200),
            actor=actor(),
            now=now(),
            limit=body.whole("limit", sent.get("limit", 20), least=1, most=50),
        )
        return success([reference(ref) for ref in found])


def _page(asked: lists.Asked, writers: Writers) -> Response:
    page = reading.list_rows(runtime().desk, asked.request, actor=actor(), now=now())
    rows, beside = lists.page_json(page, asked, writers)
    return success(rows, beside=beside)


def _row(type_id: str, record_id: int, columns: tuple[str, ...] | None) -> Row:
    return reading.get(
        runtime().desk,
        type_id,
        body.record_id(record_id),
        actor=actor(),
        now=now(),
        columns=columns,
    )


def _written(
    type_id: str, outcome: Outcome, writers: Writers, *, status: int = 200, **headers: str
) -> Response:
    """The record as it now reads for the actor; one he may no longer see is only named."""
    tag = {"ETag": body.etag(outcome.version), **headers}
    try:
        row = outcome.row or _row(type_id, outcome.id, None)
    except NotFound:
        bare: Json = {
            "id": outcome.id,
            "version": outcome.version,
            "title": "",
            "values": {},
            "masked": [],
        }
        return success(bare, status=status, headers=tag)
    return success(writers.detail(row), status=status, headers=tag)


def _entry(type_id: str, entry: reading.HistoryEntry, writers: Writers) -> Json:
    return {
        "version": entry.version,
        "action": entry.action,
        "by": reference(entry.by) if entry.by is not None else None,
        "at": entry.at.astimezone(UTC).isoformat(),
        "before": writers.values(type_id, entry.before, entry.masked),
        "after": writers.values(type_id, entry.after, entry.masked),
        "masked": sorted(entry.masked),
    }


def _key(sent: object, version: int = 0) -> IdempotencyKey | None:
    """The client's key with what it asked for: the address, the version and the body."""
    key = body.idempotency_key()
    return None if key is None else idempotency_key(key, [request.path, version, sent])
