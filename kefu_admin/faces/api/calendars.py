"""Calendars, for everyone signed in: `calendars`, `calendars/<id>`, `calendars/<id>/due`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.definitions.calendar import Calendar, Clock, Duration
from kefu_admin.definitions.spans import Span
from kefu_admin.faces.api import body
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import locale, now, runtime
from kefu_admin.faces.routes import declare
from kefu_admin.operations import calendars
from kefu_admin.operations.calendars import FIRST_YEAR, LAST_YEAR, MOST_AMOUNT, DayMark


def install(blueprint: Blueprint) -> None:
    """Add calendars to the API's blueprint."""

    @blueprint.get("/calendars")
    @declare("GET")
    def list_calendars() -> Response:
        body.parameters()
        return success([_calendar(one) for one in calendars.calendars(runtime().desk)])

    @blueprint.get("/calendars/<name>")
    @declare("GET")
    def get_calendar(name: str) -> Response:
        sent = body.parameters("year")
        desk = runtime().desk
        number = now().astimezone(desk.zone).year
        if "year" in sent:
            number = body.whole("year", sent["year"], least=FIRST_YEAR, most=LAST_YEAR)
        year = calendars.year(desk, name, number, now=now())
        days = [_day(mark) for month in year.months for mark in month]
        found = calendars.calendar(desk, name)
        return success({**_calendar(found), "year": number, "days": days})

    @blueprint.get("/calendars/<name>/due")
    @declare("GET")
    def calendar_due(name: str) -> Response:
        sent = body.parameters("from", "amount", "clock")
        duration = Duration(
            body.whole("amount", sent.get("amount"), least=-MOST_AMOUNT, most=MOST_AMOUNT),
            _clock(sent.get("clock", Clock.WORKING_DAYS.value)),
        )
        begins = calendars.beginning(runtime().desk, sent.get("from", ""))
        answer = calendars.due(runtime().desk, name, duration, begins, now=now())
        return success({"at": _text(answer.value), "provisional": answer.provisional})


def _calendar(found: Calendar) -> Json:
    until = calendars.known_until(runtime().desk, now=now()).get(found.id)
    return {
        "id": found.id,
        "label": found.label.text(locale()),
        "default": found.default,
        "known_until": until.isoformat() if until else None,
        "week": [_spans(spans) for spans in found.week],
        "quiet": _spans(found.quiet),
        "recommended": _spans(found.recommended),
    }


def _day(mark: DayMark) -> Json:
    return {
        "on": mark.day.isoformat(),
        "works": mark.works,
        "hours": _spans(mark.spans),
        "name": mark.label.text(locale()) or None,
        "own": mark.own,
        "provisional": mark.provisional,
    }


def _spans(spans: Sequence[Span]) -> list[str]:
    return [str(span) for span in spans]


def _clock(text: str) -> Clock:
    if text not in set(Clock):
        raise body.bad_parameter("clock", "parameter_one_of", names=", ".join(Clock))
    return Clock(text)


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
