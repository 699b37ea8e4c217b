"""The endpoints of a type: list, query, get, create, change, delete, unmask, choices."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists, merging
from kefu_admin.faces.api.answering import differing, key_of, row, written
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Writers, reference
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import reading, records
from kefu_admin.problems import Conflict, NotFound


def install(blueprint: Blueprint, writers: Writers) -> None:
    """Add the record endpoints to the API's blueprint."""
    _install_reading(blueprint, writers)
    _install_writing(blueprint, writers)
    _install_looking_up(blueprint, writers)


def _install_reading(blueprint: Blueprint, writers: Writers) -> None:
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

    @blueprint.get("/<type_id>/<int:record_id>")
    @declare("GET")
    def get_record(type_id: str, record_id: int) -> Response:
        sent = body.parameters("fields", "expand")
        content_type = lists.content_type(type_id)
        columns = body.names_of("fields", sent["fields"]) if "fields" in sent else None
        try:
            found = row(type_id, record_id, columns)
        except NotFound:
            if sent:
                raise
            return merging.kept_for(type_id, body.record_id(record_id), writers)
        shown = writers.detail(found)
        if "expand" in sent:
            names = body.names_of("expand", sent["expand"], most=10)
            lists.expand((found,), [shown], names, content_type.id, writers)
        return success(shown, headers={"ETag": body.etag(found.version)})


def _install_writing(blueprint: Blueprint, writers: Writers) -> None:
    @blueprint.post("/<type_id>")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def create_record(type_id: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        outcome = records.create(
            runtime().desk, type_id, sent, actor=actor(), now=now(), key=key_of(sent)
        )
        location = f"{request.path}/{outcome.id}"
        return written(type_id, outcome, writers, status=201, Location=location)

    @blueprint.patch("/<type_id>/<int:record_id>")
    @declare("PATCH", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def change_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        try:
            outcome = records.change(
                runtime().desk,
                type_id,
                body.record_id(record_id),
                version,
                sent,
                actor=actor(),
                now=now(),
                key=key_of(sent, version),
            )
        except Conflict as refusal:
            raise differing(refusal, type_id, record_id, version, writers) from refusal
        return written(type_id, outcome, writers)

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
            key=key_of({}, version),
        )
        return success(None)


def _install_looking_up(blueprint: Blueprint, writers: Writers) -> None:
    @blueprint.post("/<type_id>/<int:record_id>/unmask")
    @declare("POST", body=Body.JSON, repeat=Repeat.NATURAL, audit=Audit.UNMASK)
    def unmask_field(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ("field", "reason"))
        value = reading.unmask(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            body.text_of("field", sent.get("field"), longest=64),
            body.text_of("reason", sent.get("reason"), longest=500),
            actor=actor(),
            now=now(),
        )
        return success({"value": value})

    @blueprint.post("/<type_id>/alike")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE, audit=Audit.READ)
    def records_alike(type_id: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ("values", "limit"))
        found = reading.alike(
            runtime().desk,
            type_id,
            body.object_of("values", sent.get("values")),
            actor=actor(),
            now=now(),
            limit=body.whole("limit", sent.get("limit", 5), least=1, most=20),
        )
        return success([{**writers.record(one.row), "by": list(one.fields)} for one in found])

    @blueprint.post("/<type_id>/choices")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE)
    def field_choices(type_id: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ("field", "term", "limit"))
        found = reading.choices(
            runtime().desk,
            type_id,
            body.text_of("field", sent.get("field"), longest=64),
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
