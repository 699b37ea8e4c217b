"""Values kept in rows, for who keeps them: `values`, `values/<name>`."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.definitions.dated import Dated
from kefu_admin.definitions.role import Permission
from kefu_admin.faces.api import body
from kefu_admin.faces.api.answering import key_of
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import dated
from kefu_admin.operations.dated import MOST_VALUES, Kept


def install(blueprint: Blueprint) -> None:
    """Add values to the API's blueprint."""

    @blueprint.get("/values")
    @declare("GET", access=Permission.VALUES)
    def list_values() -> Response:
        body.parameters()
        return success([_definition(one) for one in dated.kept_by(runtime().desk, actor())])

    @blueprint.get("/values/<name>")
    @declare("GET", access=Permission.VALUES)
    def get_values(name: str) -> Response:
        body.parameters()
        found = dated.definition(runtime().desk, name, actor())
        values = dated.values(runtime().desk, name, actor=actor(), now=now())
        return success({**_definition(found), "values": [_value(found, one) for one in values]})

    @blueprint.put("/values/<name>")
    @declare("PUT", access=Permission.VALUES, body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def put_values(name: str) -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("values",))
        dated.definition(runtime().desk, name, actor())
        listed = sent.get("values")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_VALUES:
            raise body.bad_parameter("values", "parameter_list", least=1, most=MOST_VALUES)
        values = [body.object_of("values", one) for one in listed]
        done = dated.put(runtime().desk, name, values, actor=actor(), now=now(), key=key_of(sent))
        return success({"new": done.new, "changed": done.changed, "same": done.same})


def _definition(found: Dated) -> Json:
    return {
        "name": found.name,
        "kind": found.kind.id,
        "label": found.label.text(locale()),
        "parts": [part.id for part in found.kind.parts],
    }


def _value(found: Dated, kept: Kept) -> Json:
    value = kept.value
    return {
        "id": value.id or None,
        "version": value.version or None,
        "key": value.key,
        "state": kept.state.value,
        **dated.as_plain(found, value),
        "changed_by": kept.by or None,
        "changed_at": kept.at.isoformat().replace("+00:00", "Z") if kept.at else None,
    }
