"""The API described: `openapi.json`, and the same as a page that needs nothing from outside."""

from __future__ import annotations

import json
from functools import cache

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body
from kefu_admin.faces.api.openapi import document
from kefu_admin.faces.api.openapi.reading_page import sections
from kefu_admin.faces.http import Runtime, locale
from kefu_admin.faces.routes import declare
from kefu_admin.wording import text


def install(blueprint: Blueprint, runtime: Runtime) -> None:
    """Add the description and its page to the API's blueprint."""

    @cache
    def described(language: str) -> dict[str, object]:
        return document(runtime.project, server=runtime.api_prefix, locale=language)

    @cache
    def written(language: str) -> bytes:
        return json.dumps(described(language), ensure_ascii=False, separators=(",", ":")).encode()

    @blueprint.get("/openapi.json")
    @declare("GET")
    def openapi() -> Response:
        body.parameters()
        return Response(written(locale()), mimetype="application/json")

    @blueprint.get("/docs")
    @declare("GET")
    def docs() -> Response:
        page = render_template(
            "kefu_api/docs.html",
            document=described(locale()),
            sections=sections(described(locale())),
            locale=locale(),
            prefix=runtime.prefix,
            say=lambda sentence: text(sentence, locale()),
        )
        return Response(page, mimetype="text/html")
