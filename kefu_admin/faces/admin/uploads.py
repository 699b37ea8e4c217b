"""Files sent with a form: taken in before the record is written, so that the record can claim them.

What no record claims is swept away a day later (`operations.files`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO

from flask import request

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces import http
from kefu_admin.operations import files
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store.query import File

PREFIX = "upload.f."
_SEVERAL = frozenset({"attachments", "images"})

Taken = Mapping[str, tuple[File, ...]]


def take_uploads(content: ContentType) -> Taken:
    """The files sent with the form, by field.

    Raises:
        Invalid: one is not taken, said of its field.
        UnknownParameter, Forbidden: a field the person may not put files into.
    """
    taken: dict[str, tuple[File, ...]] = {}
    here = http.runtime()
    for name in request.files:
        field_id = name.removeprefix(PREFIX)
        for sent in request.files.getlist(name):
            if not sent.filename:
                continue
            try:
                file = files.upload(
                    here.desk,
                    content.id,
                    field_id,
                    sent.filename,
                    sent.stream,
                    most_bytes=here.settings.max_upload_mib * 1024 * 1024,
                    actor=http.actor(),
                    now=http.now(),
                )
            except Invalid as refusal:
                raise Invalid(
                    [FieldError(field_id, e.code, e.facts, e.clause) for e in refusal.errors]
                ) from refusal
            taken[field_id] = (*taken.get(field_id, ()), file)
    return taken


def asked_for(content: ContentType, *asked: object) -> object:
    """What a form asked for, alike when it is sent twice: a file counts by its content, for it gets
    another id each time it is taken in."""
    sent = [
        (name, file.filename, _digest(file.stream))
        for name in sorted(request.files)
        for file in request.files.getlist(name)
        if file.filename
    ]
    return [content.id, *asked, sent]


def sent_form() -> list[tuple[str, list[str]]]:
    """The form as it was sent, without the token that a newer page has anew."""
    return [
        (name, request.form.getlist(name))
        for name in sorted(request.form)
        if name != http.FORM_FIELD
    ]


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # seekable, readable


def with_uploads(
    content: ContentType, raw: Mapping[str, object], taken: Taken
) -> dict[str, object]:
    """The raw values with the files just taken in: added where several may hang, else in place."""
    values = dict(raw)
    for name, found in taken.items():
        ids = tuple(str(file.id) for file in found)
        if content.fields[name].type in _SEVERAL:
            kept = values.get(name, ())
            values[name] = (*kept, *ids) if isinstance(kept, tuple) else ids
        else:
            values[name] = ids[-1]
    return values
