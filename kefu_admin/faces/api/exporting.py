"""A list as a file, by program: what `query` would answer, as CSV or as a workbook."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.http import actor, locale, now, runtime, send_pieces
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import exports
from kefu_admin.operations.exports import Form, Wanted

_LIST = ("view", "filter", "search", "sort", "fields")


def install(blueprint: Blueprint) -> None:
    """Add the export of a type's records to the API's blueprint."""

    @blueprint.post("/<type_id>/export")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE, audit=Audit.EXPORT)
    def export_records(type_id: str) -> Response:
        body.parameters()
        content_type = lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, (*_LIST, "format", "full"))
        asked = lists.asked_of(content_type, {n: v for n, v in sent.items() if n in _LIST})
        form = body.text_of("format", sent.get("format", Form.CSV.value), longest=10)
        if form not in set(Form):
            raise body.bad_parameter("format", "parameter_format")
        made = exports.export(
            runtime().desk,
            Wanted(
                request=replace(asked.request, limit=0),
                form=Form(form),
                full=body.switch("full", sent.get("full", False)),
            ),
            actor=actor(),
            now=now(),
            locale=locale(),
        )
        return send_pieces(made.name, made.media_type, made.pieces)
