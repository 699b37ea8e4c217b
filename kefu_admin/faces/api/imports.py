"""Files to be imported by program: sent, mapped, and their faults. What becomes of the lines is
shown, run and undone as a bulk change of the same id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.bulk import shown
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime, send_pieces
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import imports
from kefu_admin.operations.imports import Staged
from kefu_admin.problems import NotFound
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import IdempotencyKey, idempotency_key

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_COLUMNS = 200
_LAST_LINE = 2_000_000


def install(blueprint: Blueprint) -> None:
    """Add the endpoints of imports to the API's blueprint."""

    @blueprint.post("/imports")
    @declare("POST", body=Body.TABLE, repeat=Repeat.KEY, audit=Audit.NONE)
    def take_import() -> Response:
        body.parameters()
        if request.mimetype != "multipart/form-data":
            raise UnsupportedMediaType
        names = (*request.form, *request.files)
        body.known(dict.fromkeys(name or "" for name in names), ("type", "file"))
        type_id = body.text_of("type", request.form.get("type"), longest=64)
        lists.content_type(type_id)
        imports.check_right(runtime().desk, type_id, actor=actor(), now=now())
        sent = request.files.get("file")
        if sent is None:
            raise body.bad_parameter("file", "upload_missing")
        batch_id = imports.take(
            runtime().desk,
            type_id,
            sent.filename or "",
            sent.stream,
            most_bytes=runtime().settings.max_import_mib * 1024 * 1024,
            actor=actor(),
            now=now(),
            key=_key(type_id, sent),
        )
        return success(_staged(batch_id, None, None), status=201)

    @blueprint.get("/imports/<int:id>")
    @declare("GET")
    def get_import(id: int) -> Response:
        sent = body.parameters("sheet", "heads")
        return success(_staged(body.record_id(id), *_place(sent)))

    @blueprint.post("/imports/<int:id>/columns")
    @declare("POST", body=Body.JSON, repeat=Repeat.NATURAL, audit=Audit.NONE)
    def map_import(id: int) -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("columns", "key", "sheet", "heads"))
        number, heads_line = _place({name: str(sent[name]) for name in sent})
        imports.choose(
            runtime().desk,
            body.record_id(id),
            _columns(body.object_of("columns", sent.get("columns", {}))),
            body.text_of("key", sent.get("key", ""), longest=64),
            number=number,
            heads_line=heads_line,
            actor=actor(),
            now=now(),
        )
        return shown(body.record_id(id))

    @blueprint.get("/imports/<int:id>/faults")
    @declare("GET")
    def import_faults(id: int) -> Response:
        body.parameters()
        made = imports.faults(
            runtime().desk, body.record_id(id), actor=actor(), now=now(), locale=locale()
        )
        return send_pieces(f"import-{id}.xlsx", _XLSX, iter([made]))

    @blueprint.get("/imports/<type_id>/template")
    @declare("GET")
    def import_template(type_id: str) -> Response:
        body.parameters()
        type = lists.content_type(type_id)
        made = imports.template(runtime().desk, type_id, actor=actor(), now=now(), locale=locale())
        return send_pieces(f"{type.plural.text(locale())}.xlsx", _XLSX, iter([made]))


def _staged(batch_id: int, number: int | None, heads_line: int | None) -> Json:
    """What is known of a file, and what its columns probably hold.

    Raises:
        NotFound: none of his, or its columns have been mapped.
    """
    found = imports.staged(
        runtime().desk,
        batch_id,
        number=number,
        heads_line=heads_line,
        actor=actor(),
        now=now(),
    )
    if found.batch.state is not State.FREEZING:
        raise NotFound
    return _written(found)


def _written(found: Staged) -> Json:
    sheet = found.sheet
    return {
        "id": found.batch.id,
        "type": found.batch.type,
        "file": sheet.file,
        "encoding": sheet.encoding,
        "sheets": [{"name": name, "lines": count} for name, count in sheet.sheets],
        "sheet": sheet.number,
        "heads": sheet.first_line - 1,
        "lines": found.lines,
        "columns": [
            {"head": head, "samples": list(samples), "field": found.suggested.get(place)}
            for place, (head, samples) in enumerate(zip(sheet.heads, found.samples, strict=True))
        ],
        "fields": [field.id for field in found.takes],
        "keys": [field.id for field in found.keys],
    }


def _place(sent: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Sheet and row of heads, where they are said."""
    number = body.whole("sheet", sent["sheet"], least=0, most=99) if "sheet" in sent else None
    heads = (
        body.whole("heads", sent["heads"], least=1, most=_LAST_LINE) if "heads" in sent else None
    )
    return number, heads


def _columns(sent: Mapping[str, object]) -> dict[int, str]:
    """Fields by place of their column.

    Raises:
        Invalid: a key is no place.
    """
    return {
        body.whole("columns", place, least=0, most=_MOST_COLUMNS): body.text_of(
            "columns", field, longest=64
        )
        for place, field in sent.items()
    }


def _key(type_id: str, sent: FileStorage) -> IdempotencyKey | None:
    key = body.idempotency_key()
    if key is None:
        return None
    digest = hashlib.file_digest(sent.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # seekable, readable
    sent.stream.seek(0)
    return idempotency_key(key, [request.path, type_id, sent.filename, digest])
