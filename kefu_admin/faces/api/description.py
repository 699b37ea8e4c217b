"""The API described: `openapi.json`, and the same as a page that needs nothing from outside.

Each caller reads of the types and fields that exist for him; whoever has the same rights reads the
same, so it is made once for them.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from dataclasses import replace
from functools import lru_cache

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.faces.api import body
from kefu_admin.faces.api.openapi import document
from kefu_admin.faces.api.openapi.reading_page import sections
from kefu_admin.faces.http import Runtime, actor, locale, now
from kefu_admin.faces.routes import declare
from kefu_admin.operations import reading
from kefu_admin.operations.reading import TypeView
from kefu_admin.wording import text

_MOST_KEPT = 64


def install(blueprint: Blueprint, runtime: Runtime) -> None:
    """Add the description and its page to the API's blueprint."""

    @lru_cache(maxsize=_MOST_KEPT)
    def described(rights: str, language: str) -> dict[str, object]:
        seen = reading.types(runtime.desk, actor(), now=now())
        project = replace(runtime.project, types=_in_sight(seen))
        return document(project, server=runtime.api_prefix, locale=language)

    @lru_cache(maxsize=_MOST_KEPT)
    def written(rights: str, language: str) -> bytes:
        found = described(rights, language)
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    def asked() -> tuple[str, str]:
        return runtime.desk.grants(actor()).key, locale()

    @blueprint.get("/openapi.json")
    @declare("GET")
    def openapi() -> Response:
        body.parameters()
        return Response(written(*asked()), mimetype="application/json")

    @blueprint.get("/docs")
    @declare("GET")
    def docs() -> Response:
        found = described(*asked())
        page = render_template(
            "kefu_api/docs.html",
            document=found,
            sections=sections(found),
            locale=locale(),
            prefix=runtime.prefix,
            say=lambda sentence: text(sentence, locale()),
        )
        return Response(page, mimetype="text/html")


def _in_sight(views: Iterable[TypeView]) -> dict[str, ContentType]:
    """The types as they are for somebody: only fields in his sight."""
    seen = {view.id: view for view in views}
    return {
        id: replace(
            view.type,
            fields={
                name: field
                for name, field in view.type.fields.items()
                if field.system or (name in view.fields and _is_whole(field, seen))
            },
        )
        for id, view in seen.items()
    }


def _is_whole(field: Field, seen: Container[str]) -> bool:
    """Owned rows are described by their own type, which must be in sight too."""
    return field.type != "children" or field.to in seen
