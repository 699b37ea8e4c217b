"""Background jobs and messages to other systems: seen, tried again, cancelled, passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import job_book, messages
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.job_book import JobEntry
from kefu_admin.store.deliveries import Delivery, DeliveryState
from kefu_admin.store.jobs import JobState

State = TypeVar("State", bound=StrEnum)
Entry = TypeVar("Entry", covariant=True)


def install(blueprint: Blueprint) -> None:
    """Add them to the API's blueprint."""
    _install_jobs(blueprint)
    _install_deliveries(blueprint)


def _install_jobs(blueprint: Blueprint) -> None:
    @blueprint.get("/jobs")
    @declare("GET")
    def list_jobs() -> Response:
        states, before, limit = _asked(JobState)
        found = job_book.list_jobs(
            runtime().desk, actor=actor(), states=states, before_id=before, limit=limit + 1
        )
        return _page([_job(one) for one in found], limit)

    @blueprint.get("/jobs/<int:record_id>")
    @declare("GET")
    def get_job(record_id: int) -> Response:
        body.parameters()
        id = body.record_id(record_id)
        return success(_job(job_book.get_job(runtime().desk, id, actor=actor())))

    @blueprint.post("/jobs/<int:record_id>/retry")
    @declare("POST", body=Body.NONE, repeat=Repeat.NATURAL, audit=Audit.DATA)
    def retry_job(record_id: int) -> Response:
        return success(_job(_done(job_book.retry, record_id)))

    @blueprint.post("/jobs/<int:record_id>/cancel")
    @declare("POST", body=Body.NONE, repeat=Repeat.NATURAL, audit=Audit.DATA)
    def cancel_job(record_id: int) -> Response:
        return success(_job(_done(job_book.cancel, record_id)))


def _install_deliveries(blueprint: Blueprint) -> None:
    @blueprint.get("/deliveries")
    @declare("GET", access=Permission.JOBS)
    def list_deliveries() -> Response:
        states, before, limit = _asked(DeliveryState)
        found = messages.list_deliveries(
            runtime().desk, actor=actor(), states=states, before_id=before, limit=limit + 1
        )
        return _page([_delivery(one) for one in found], limit)

    @blueprint.get("/deliveries/<int:record_id>")
    @declare("GET", access=Permission.JOBS)
    def get_delivery(record_id: int) -> Response:
        body.parameters()
        id = body.record_id(record_id)
        return success(_delivery(messages.get_delivery(runtime().desk, id, actor=actor())))

    @blueprint.post("/deliveries/<int:record_id>/resend")
    @declare(
        "POST", access=Permission.JOBS, body=Body.NONE, repeat=Repeat.NATURAL, audit=Audit.DATA
    )
    def resend_delivery(record_id: int) -> Response:
        return success(_delivery(_done(messages.resend, record_id)))

    @blueprint.post("/deliveries/resend")
    @declare(
        "POST", access=Permission.JOBS, body=Body.NONE, repeat=Repeat.NATURAL, audit=Audit.DATA
    )
    def resend_parked_deliveries() -> Response:
        body.parameters()
        body.no_body()
        return success({"count": messages.resend_parked(runtime().desk, actor=actor(), now=now())})

    @blueprint.post("/deliveries/<int:record_id>/skip")
    @declare(
        "POST", access=Permission.JOBS, body=Body.NONE, repeat=Repeat.NATURAL, audit=Audit.DATA
    )
    def skip_delivery(record_id: int) -> Response:
        return success(_delivery(_done(messages.skip, record_id)))


class _Deed(Protocol[Entry]):
    """What a person does to one row."""

    def __call__(self, desk: Desk, id: int, /, *, actor: Actor, now: datetime) -> Entry: ...


def _done(deed: _Deed[Entry], record_id: int) -> Entry:
    """The row after a deed asked for by its address alone."""
    body.parameters()
    body.no_body()
    return deed(runtime().desk, body.record_id(record_id), actor=actor(), now=now())


def _asked(states: type[State]) -> tuple[tuple[State, ...], int | None, int]:
    """State, cursor and limit of a list request."""
    sent = body.parameters("state", "cursor", "limit")
    state = sent.get("state", "")
    if state and state not in set(states):
        raise body.bad_parameter("state", "parameter_one_of", names=", ".join(states))
    before = body.whole("cursor", sent.get("cursor") or "0", least=0, most=2**63 - 1)
    limit = body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST)
    return (states(state),) if state else (), before or None, limit


def _page(rows: list[Json], limit: int) -> Response:
    more = len(rows) > limit
    return success(rows[:limit], beside={"next": str(rows[limit - 1]["id"]) if more else ""})


def _job(job: JobEntry) -> Json:
    return {
        "id": job.id,
        "label": wording.text(job.label, locale()),
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "tries": job.tries,
        "fault": _fault(job.fault),
        "result": job.result,
        "asker": job.asker,
        "asked_at": _instant(job.asked_at),
        "finished_at": _instant(job.finished_at),
        "may_retry": job.may_retry,
        "may_cancel": job.may_cancel,
    }


def _delivery(one: Delivery) -> Json:
    return {
        "id": one.id,
        "event": one.event,
        "type": one.type,
        "record_id": one.record_id,
        "version": one.version,
        "at": _instant(one.at),
        "receiver": one.receiver,
        "state": one.state,
        "held": one.is_held,
        "tries": one.tries,
        "fault": _fault(one.fault),
        "ended_at": _instant(one.ended_at),
    }


def _fault(fault: Mapping[str, object] | None) -> Json | None:
    if fault is None:
        return None
    code = str(fault.get("code", ""))
    facts = {name: value for name, value in fault.items() if name != "code"}
    known = code in wording.sentences()
    return {"code": code, "message": wording.sentence(code, locale(), **facts) if known else code}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at is not None else None
