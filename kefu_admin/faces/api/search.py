"""Global search by program: the closest records of every type the caller sees."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.faces.routes import Body, Repeat, declare
from kefu_admin.operations import reading
from kefu_admin.operations.reading import Found

_EACH = 5
_MOST = 20
_LONGEST = 100


def install(blueprint: Blueprint) -> None:
    """Add global search to the API's blueprint."""

    @blueprint.post("/search")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE)
    def search_everywhere() -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("text", "types", "limit"))
        found = reading.search_all(
            runtime().desk,
            body.text_of("text", sent.get("text"), longest=_LONGEST),
            actor=actor(),
            now=now(),
            types=body.names_of("types", sent["types"]) if "types" in sent else (),
            each=body.whole("limit", sent.get("limit", _EACH), least=1, most=_MOST),
        )
        return success([_group(one) for one in found])


def _group(found: Found) -> Json:
    return {
        "type": found.type.id,
        "more": found.more,
        "hits": [
            {
                "id": hit.id,
                "title": hit.title,
                "field": hit.field.id,
                "text": hit.text,
                "marks": [list(span) for span in hit.marks],
                "match": hit.closeness.name.lower(),
            }
            for hit in found.hits
        ],
    }
