"""Attachments: upload for a field, download from a record."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import file as file_json
from kefu_admin.faces.http import actor, now, runtime, send_download
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import files


def install(blueprint: Blueprint) -> None:
    """Add upload and download to the API's blueprint."""

    @blueprint.post("/<type_id>/files")
    @declare("POST", body=Body.UPLOAD, repeat=Repeat.NATURAL, audit=Audit.NONE)
    def upload_file(type_id: str) -> Response:
        """A file sent twice is two uploads; the one no record claims is swept away."""
        body.parameters()
        lists.content_type(type_id)
        if request.mimetype != "multipart/form-data":
            raise UnsupportedMediaType
        names = (*request.form, *request.files)  # None where a part has no name
        body.known(dict.fromkeys(name or "" for name in names), ("field", "file"))
        sent = request.files.get("file")
        if sent is None:
            raise body.bad_parameter("file", "upload_missing")
        taken = files.upload(
            runtime().desk,
            type_id,
            body.text_of("field", request.form.get("field"), longest=64),
            sent.filename or "",
            sent.stream,
            most_bytes=runtime().settings.max_upload_mib * 1024 * 1024,
            actor=actor(),
            now=now(),
        )
        return success(file_json(taken), status=201)

    @blueprint.get("/<type_id>/<int:record_id>/files/<int:file_id>")
    @declare("GET")
    def download_file(type_id: str, record_id: int, file_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        found = files.download(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            body.record_id(file_id),
            actor=actor(),
            now=now(),
        )
        return send_download(found)
