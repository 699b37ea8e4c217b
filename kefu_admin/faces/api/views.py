"""List views by program: those one has, and keeping one's own."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.saved_view import SavedView, Sharing
from kefu_admin.definitions.view import SortKey
from kefu_admin.faces.api import body
from kefu_admin.faces.api.answering import key_of
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import reading, views
from kefu_admin.operations.reading import ShownView
from kefu_admin.operations.views import Wanted
from kefu_admin.problems import NotFound

_TEXTS = {"name": 200, "shared": 20, "role": 64, "on": 64, "density": 20}
_GIVEN = (*_TEXTS, "columns", "sort", "filter")


def install(blueprint: Blueprint) -> None:
    """Add the endpoints of views to the API's blueprint."""

    @blueprint.get("/views")
    @declare("GET")
    def list_views() -> Response:
        sent = body.parameters("type")
        desk, who = runtime().desk, actor()
        types = reading.types(desk, who, now=now())
        found = [
            _shown(reading.shown_view(desk, key, one.id, actor=who, now=now()))
            for one in types
            if one.id == sent.get("type", one.id)
            for key, _ in reading.named_views(one, reading.saved_views(desk, who, one.id))
        ]
        if "type" in sent and sent["type"] not in {one.id for one in types}:
            raise NotFound
        return success(found)

    @blueprint.post("/views")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def create_view() -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("type", *_GIVEN))
        made = views.create(
            runtime().desk,
            body.text_of("type", sent.get("type"), longest=64),
            _wanted(Wanted(name=""), sent),
            actor=actor(),
            now=now(),
            key=key_of(sent),
        )
        return _answer(made, status=201, Location=f"{request.path}/{made.id}")

    @blueprint.get("/views/<int:id>")
    @declare("GET")
    def get_view(id: int) -> Response:
        body.parameters()
        return _answer(_his(id))

    @blueprint.patch("/views/<int:id>")
    @declare("PATCH", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def change_view(id: int) -> Response:
        body.parameters()
        sent, version = body.json_object(), body.version()
        body.known(sent, _GIVEN)
        made = views.change(
            runtime().desk,
            body.record_id(id),
            version,
            lambda before: _wanted(before, sent),
            actor=actor(),
            now=now(),
            key=key_of(sent, version),
        )
        return _answer(made)

    @blueprint.delete("/views/<int:id>")
    @declare("DELETE", repeat=Repeat.NATURAL, audit=Audit.DATA)
    def delete_view(id: int) -> Response:
        body.parameters()
        views.remove(runtime().desk, body.record_id(id), body.version(), actor=actor(), now=now())
        return success(None)


def _wanted(before: Wanted, sent: dict[str, object]) -> Wanted:
    """The view with what was sent of it.

    Raises:
        Invalid: a part of another kind.
    """
    given: dict[str, object] = {
        name: body.text_of(name, sent[name], longest=longest)
        for name, longest in _TEXTS.items()
        if name in sent
    }
    for name in ("columns", "sort"):
        if name in sent:
            given[name] = body.names_of(name, sent[name]) if sent[name] else ()
    if "filter" in sent:
        given["filter"] = body.object_of("filter", sent["filter"]) if sent["filter"] else None
    return replace(before, **given)  # type: ignore[arg-type]  # read by name just above


def _his(id: int) -> SavedView:
    found = reading.saved_views(runtime().desk, actor())
    one = next((view for view in found if view.id == id), None)
    if one is None:
        raise NotFound(type="view", id=id)
    return one


def _answer(view: SavedView, *, status: int = 200, **headers: str) -> Response:
    shown = reading.shown_view(runtime().desk, view.key, view.type, actor=actor(), now=now())
    headers["ETag"] = body.etag(view.version)
    return success(_shown(shown), status=status, headers=headers)


def _shown(shown: ShownView) -> Json:
    view, kept = shown.view, shown.kept
    written: Json = {
        "id": view.id,
        "type": view.type,
        "name": view.label.text(locale()),
        "shared": kept.shared.value if kept is not None else "config",
        "columns": list(view.columns),
        "sort": [_sort(key) for key in view.sort],
    }
    if kept is None:
        return written | {"default": view.default}
    mine = kept.owner_id == actor().user_id
    return written | {
        "version": kept.version,
        "own": mine,
        "role": kept.role if kept.shared is Sharing.ROLE else None,
        "on": kept.on or None,
        "filter": shown.plain,
        "density": kept.density or None,
        "left_out": shown.left_out,
        "may_change": views.may_change(runtime().desk, kept, actor()),
    }


def _sort(key: SortKey) -> str:
    return f"-{key.field}" if key.descending else key.field
