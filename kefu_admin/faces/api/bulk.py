"""Bulk changes by program: what may be done, preview, run, each record's verdict, undo."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.definitions.action import BulkAction
from kefu_admin.definitions.condition_text import parse_filter
from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json, Writers
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import bulk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import FieldError, NotFound
from kefu_admin.store.batches import Batch
from kefu_admin.store.idempotency import IdempotencyKey, idempotency_key
from kefu_admin.store.verdicts import Verdict

_LARGEST_ID = 2**63 - 1
_MOST_IDS = 20_000
_CHOOSING = ("ids", "view", "filter", "search")


def install(blueprint: Blueprint, writers: Writers) -> None:
    """Add the endpoints of bulk changes to the API's blueprint."""

    @blueprint.get("/bulk")
    @declare("GET")
    def list_batches() -> Response:
        sent = body.parameters("before", "limit")
        before = body.whole("before", sent.get("before", "0"), least=0, most=_LARGEST_ID)
        limit = body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST)
        found = bulk.batches_of(runtime().desk, actor=actor(), before_id=before, limit=limit)
        return success([_batch(batch) for batch in found])

    @blueprint.get("/bulk/actions")
    @declare("GET")
    def bulk_actions() -> Response:
        body.parameters()
        desk, who = runtime().desk, actor()
        found = (
            action
            for type_id in desk.project.types
            for action in bulk.offered(desk, type_id, actor=who, now=now())
        )
        return success([_action(action) for action in found])

    @blueprint.post("/bulk")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def preview_batch() -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("action", "values", "reason", *_CHOOSING))
        action_id = body.text_of("action", sent.get("action"), longest=60)
        batch_id = bulk.preview(
            runtime().desk,
            action_id,
            _request(action_id, sent),
            body.object_of("values", sent.get("values", {})),
            reason=body.text_of("reason", sent.get("reason", ""), longest=500),
            actor=actor(),
            now=now(),
            key=_key(sent),
        )
        return shown(batch_id, status=201)

    @blueprint.get("/bulk/<int:id>")
    @declare("GET")
    def get_batch(id: int) -> Response:
        body.parameters()
        return shown(body.record_id(id))

    @blueprint.get("/bulk/<int:id>/rows")
    @declare("GET")
    def batch_rows(id: int) -> Response:
        sent = body.parameters("verdict", "after", "limit")
        limit = body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST)
        found = bulk.rows(
            runtime().desk,
            body.record_id(id),
            actor=actor(),
            now=now(),
            verdicts=_verdicts(sent.get("verdict", "")),
            after_id=body.whole("after", sent.get("after", "0"), least=0, most=_LARGEST_ID),
            limit=limit,
        )
        after = str(found[-1].told.id) if len(found) == limit else ""
        return success([_row(one, writers) for one in found], beside={"next": after})

    @blueprint.post("/bulk/<int:id>/run")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def run_batch(id: int) -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("selection",))
        selection = body.text_of("selection", sent.get("selection"), longest=64)
        bulk.run(
            runtime().desk,
            body.record_id(id),
            selection,
            actor=actor(),
            now=now(),
            key=_key(sent),
        )
        return shown(body.record_id(id))

    @blueprint.post("/bulk/<int:id>/undo")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def undo_batch(id: int) -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ())
        made = bulk.preview_undo(
            runtime().desk,
            body.record_id(id),
            actor=actor(),
            now=now(),
            key=_key(sent),
        )
        return shown(made, status=201)


def _request(action_id: str, sent: Mapping[str, object]) -> ListRequest:
    """What is selected: ids, or a list with its view, filter and search; never nothing at all.

    Raises:
        NotFound: no such action for him.
        Invalid: neither, or not well formed.
    """
    desk = runtime().desk
    action = desk.project.actions.get(action_id)
    if action is None or action not in bulk.offered(desk, action.type, actor=actor(), now=now()):
        raise NotFound
    if not any(name in sent for name in _CHOOSING):
        raise body.bad_parameter("ids", "required")
    condition = None
    if "filter" in sent:
        type = desk.project.types[action.type]
        condition = parse_filter(sent["filter"], type, desk.project.types)
    return ListRequest(
        type=action.type,
        view=body.text_of("view", sent.get("view", ""), longest=60),
        filter=condition,
        search=body.text_of("search", sent.get("search", ""), longest=200),
        ids=_ids(sent["ids"]) if "ids" in sent else None,
    )


def _ids(raw: object) -> tuple[int, ...]:
    listed = raw if isinstance(raw, list) else []
    if not listed or len(listed) > _MOST_IDS:
        raise body.bad_parameter("ids", "parameter_ids", most=_MOST_IDS)
    if not all(isinstance(id, int) and 0 < id <= _LARGEST_ID for id in listed):
        raise body.bad_parameter("ids", "parameter_ids", most=_MOST_IDS)
    return tuple(int(id) for id in listed if not isinstance(id, bool))


def _verdicts(text: str) -> tuple[Verdict, ...]:
    known = {verdict.value for verdict in Verdict}
    names = tuple(name for name in text.split(",") if name)
    if not known.issuperset(names):
        raise body.bad_parameter("verdict", "not_a_choice", value=text[:40])
    return tuple(Verdict(name) for name in names)


def shown(batch_id: int, *, status: int = 200) -> Response:
    """A batch as every answer about one tells it."""
    found = bulk.get(runtime().desk, batch_id, actor=actor(), now=now())
    written = _batch(found.batch)
    written |= {
        "counts": {verdict.value: count for verdict, count in sorted(found.counts.items())},
        "reasons": [
            {"count": one.count, "errors": [_error(error) for error in one.errors]}
            for one in found.reasons
        ],
        "may_undo": found.may_undo,
        "undone_by": found.undone_by,
    }
    if found.new_and_changed is not None:
        new, changed = found.new_and_changed
        written |= {"new": new, "changed": changed}
    return success(written, status=status)


def _batch(batch: Batch) -> Json:
    return {
        "id": batch.id,
        "type": batch.type,
        "action": batch.action,
        "deed": batch.deed,
        "state": batch.state.value,
        "values": batch.asked,
        "reason": batch.reason,
        "total": batch.total,
        "settled": batch.settled,
        "selection": batch.selection,
        "undoes": batch.of_batch,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
        "undo_until": batch.undo_until,
    }


def _row(one: bulk.Listed, writers: Writers) -> Json:
    return {
        "id": one.told.id,
        "version": one.told.version,
        "verdict": one.told.verdict.value,
        "errors": [_error(error) for error in one.told.errors],
        "record": writers.record(one.row) if one.row is not None else None,
    }


def _error(error: FieldError) -> Json:
    said = wording.field_error(error, locale())
    return {"code": error.code, "field": error.field, "message": said}


def _action(action: BulkAction) -> Json:
    return {
        "id": action.id,
        "type": action.type,
        "label": action.label.text(locale()),
        "help": action.help.text(locale()),
        "does": action.deed.value,
        "sets": sorted(action.values),
        "asks": list(action.asks),
        "needs_reason": action.needs_reason,
        "undo_hours": action.undo_hours,
    }


def _key(sent: object) -> IdempotencyKey | None:
    key = body.idempotency_key()
    return None if key is None else idempotency_key(key, [request.path, sent])
