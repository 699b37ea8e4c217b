"""Values kept in rows, for who keeps them: `values`, `values/<name>`."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.definitions.dated import Dated
from kefu_admin.definitions.role import Permission
from kefu_admin.faces.api import body
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import declare
from kefu_admin.operations import dated
from kefu_admin.operations.dated import Kept


def install(blueprint: Blueprint) -> None:
    """Add reading values to the API's blueprint."""

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
