"""Merging by program: two records become one, and two again; an old number finds what is left."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.answering import key_of, row
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json, Writers, reference
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import merging
from kefu_admin.problems import NotFound

_MOST_FIELDS = 200
_LARGEST = 2**63 - 1


def install(blueprint: Blueprint, writers: Writers) -> None:
    """Add the endpoints of merging to the API's blueprint."""

    @blueprint.post("/<type_id>/<int:record_id>/merge")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def merge_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        body.known(sent, ("with", "with_version", "take"))
        done = merging.merge(
            runtime().desk,
            type_id,
            (body.record_id(record_id), version),
            (_id(sent, "with"), _id(sent, "with_version")),
            body.names_of("take", sent.get("take", []), most=_MOST_FIELDS),
            actor=actor(),
            now=now(),
            key=key_of(sent, version),
        )
        return _answer(type_id, done)

    @blueprint.get("/<type_id>/<int:record_id>/merges")
    @declare("GET")
    def merges_into(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        row(type_id, record_id, ("id",))
        found = merging.merged_into(
            runtime().desk, type_id, body.record_id(record_id), actor=actor(), now=now()
        )
        return success([_merge(one) for one in found])

    @blueprint.get("/<type_id>/merges/<int:id>")
    @declare("GET")
    def get_merge(type_id: str, id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        return success(_one(type_id, body.record_id(id)))

    @blueprint.post("/<type_id>/merges/<int:id>/undo")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def undo_merge(type_id: str, id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        sent = body.json_object()
        body.known(sent, ())
        done = merging.undo(
            runtime().desk,
            type_id,
            body.record_id(id),
            actor=actor(),
            now=now(),
            key=key_of(sent),
        )
        return _answer(type_id, done)

    @blueprint.get("/<type_id>/by-number/<name>")
    @declare("GET")
    def get_by_number(type_id: str, name: str) -> Response:
        body.parameters()
        lists.content_type(type_id)
        found, is_former = merging.by_number(
            runtime().desk, type_id, name[:64], actor=actor(), now=now()
        )
        return kept(type_id, found, {"number": name[:64]} if is_former else None, writers)


def kept(
    type_id: str, record_id: int, former: Mapping[str, object] | None, writers: Writers
) -> Response:
    """A record; with a note where it was asked for by what a merged one was called."""
    found = row(type_id, record_id)
    note = {} if former is None else {"merged": {**former, "into": record_id}}
    address = f"{request.path.rpartition(f'/{type_id}/')[0]}/{type_id}/{record_id}"
    headers = {"ETag": body.etag(found.version), "Content-Location": address}
    return success(writers.detail(found), beside=note, headers=headers)


def kept_for(type_id: str, record_id: int, writers: Writers) -> Response:
    """The record a merged one is part of.

    Raises:
        NotFound: it was not merged, or what it became is not for him.
    """
    found = merging.leads_to(runtime().desk, type_id, record_id, actor=actor(), now=now())
    if found is None:
        raise NotFound
    return kept(type_id, found, {"id": record_id}, writers)


def _id(sent: Mapping[str, object], name: str) -> int:
    return body.whole(name, sent.get(name), least=1, most=_LARGEST)


def _answer(type_id: str, done: merging.Merged) -> Response:
    """What was done, 202 while a worker still moves references; one who may not look at the merge
    is told no more than its number."""
    status = 200 if done.is_done else 202
    try:
        return success(_one(type_id, done.merge), status=status)
    except NotFound:
        return success({"id": done.merge, "kept": done.kept_id}, status=status)


def _one(type_id: str, merge_id: int) -> Json:
    desk = runtime().desk
    shown = merging.get(desk, type_id, merge_id, actor=actor(), now=now())
    parts = merging.rows(desk, type_id, merge_id, actor=actor(), now=now())
    return {
        **_merge(shown),
        "references": [
            {"type": one.type.id, "field": one.field, "verdict": one.verdict.value}
            | reference(one.ref)
            for one in parts
        ],
    }


def _merge(shown: merging.Shown) -> Json:
    merge = shown.merge
    return {
        "id": merge.id,
        "kept": merge.kept_id,
        "gone": merge.gone_id if shown.former is not None else None,
        "title": shown.former.label if shown.former is not None else None,
        "state": merge.state.value,
        "taken": list(shown.taken),
        "left": list(shown.left),
        "by": shown.by,
        "created_at": merge.created_at,
        "finished_at": merge.finished_at,
        "undo_until": merge.undo_until,
        "undone_at": merge.undone_at,
        "may_undo": shown.may_undo,
    }
