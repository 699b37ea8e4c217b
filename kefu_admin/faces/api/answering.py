"""What the endpoints of a type share: the record after a write, and the key of a request."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json, Writers
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.operations import reading
from kefu_admin.operations.records import Outcome
from kefu_admin.problems import Conflict, Forbidden, Invalid, NotFound
from kefu_admin.store.idempotency import IdempotencyKey, idempotency_key
from kefu_admin.store.query import Row


def row(type_id: str, record_id: int, columns: tuple[str, ...] | None = None) -> Row:
    """A record as the client may see it, with the given fields or all.

    Raises:
        NotFound, UnknownParameter: as `reading.get`.
    """
    return reading.get(
        runtime().desk,
        type_id,
        body.record_id(record_id),
        actor=actor(),
        now=now(),
        columns=columns,
    )


def written(
    type_id: str, outcome: Outcome, writers: Writers, *, status: int = 200, **headers: str
) -> Response:
    """The record as it now reads for the actor; one he may no longer see is only named."""
    tag = {"ETag": body.etag(outcome.version), **headers}
    try:
        found = outcome.row or row(type_id, outcome.id)
    except NotFound:
        bare: Json = {
            "id": outcome.id,
            "version": outcome.version,
            "title": "",
            "values": {},
            "masked": [],
        }
        return success(bare, status=status, headers=tag)
    return success(writers.detail(found), status=status, headers=tag)


def key_of(sent: object, version: int = 0) -> IdempotencyKey | None:
    """The client's key with what it asked for: the address, the version and the body.

    Raises:
        BadRequest: it is not one.
    """
    key = body.idempotency_key()
    return None if key is None else idempotency_key(key, [request.path, version, sent])


def differing(
    refusal: Conflict, type_id: str, record_id: int, version: int, writers: Writers
) -> Conflict:
    """The refusal with the record's version now and, for one who may read its history, what others
    have changed since the version that was sent."""
    found = row(type_id, record_id, ("version",))
    told: dict[str, object] = {"version": found.version}
    try:
        since = reading.difference(
            runtime().desk, type_id, record_id, version, found.version, actor=actor(), now=now()
        )
    except (Forbidden, Invalid):  # or a version there never was
        return Conflict(**refusal.facts, told=told)
    texts = since.masked | since.unfit
    told["before"] = writers.values(type_id, since.before, texts)
    told["after"] = writers.values(type_id, since.after, texts)
    return Conflict(**refusal.facts, told=told)
