"""The calendar as an office looks at it: a year of months, and when a period ends. Who keeps it
comes from here to each day, and to the yearly announcement."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.definitions.calendar import CLOCK_LABELS, Calendar, Clock, Duration
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.pages.announcing import AnnouncementPage
from kefu_admin.faces.admin.pages.year import (
    facts,
    heads,
    month,
    run_lines,
    weekday_text,
    year_of,
)
from kefu_admin.faces.admin.view import expose, prefix, typed, zone
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import declare
from kefu_admin.operations import calendars, dated
from kefu_admin.operations.calendars import FIRST_YEAR, LAST_YEAR
from kefu_admin.problems import FieldError, Invalid, Refusal

WORKDAYS = 5


class CalendarView(AnnouncementPage):
    """`/calendar/`."""

    def __init__(self) -> None:
        super().__init__(name="工作日历", endpoint="kefu_calendar", url="calendar")

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """The default calendar."""
        return self._year(calendars.calendar(self.desk, ""))

    @expose("/<calendar>/")
    @declare("GET")
    def year(self, calendar: str) -> Response:
        """One calendar; `?year=2027`, and `?from=…&amount=3&clock=working_days` for a period."""
        return self._year(calendars.calendar(self.desk, calendar))

    def _year(self, found: Calendar) -> Response:
        locale = http.locale()
        said, today = translator(locale), http.now().astimezone(zone()).date()
        number = year_of(request.args.get("year", ""), today.year)
        year = calendars.year(self.desk, found.id, number, now=http.now())
        keeps = calendars.keeps(self.desk, found, http.actor())
        links = self._links(found) if keeps else {}
        base = f"{prefix()}/calendar/"
        return self.page(
            "admin/pages/calendar.html",
            heading=found.label.text(locale),
            help=found.help.text(locale),
            here=f"{base}{found.id}/",
            year=number,
            before=number - 1 if number > FIRST_YEAR else 0,
            after=number + 1 if number < LAST_YEAR else 0,
            this_year=today.year,
            others=[
                (one.label.text(locale), f"{base}{one.id}/?year={number}", one is found)
                for one in calendars.calendars(self.desk)
            ],
            months=[month(marks, today, links, said) for marks in year.months],
            weekdays=[(name, number >= WORKDAYS) for number, name in enumerate(heads())],
            worked=sum(mark.works for marks in year.months for mark in marks),
            runs=run_lines(year.runs, said),
            provisional=year.provisional,
            known_until=calendars.known_until(self.desk, now=http.now()).get(found.id),
            facts=facts(found, said),
            announce=f"{base}{found.id}/announce" if keeps else "",
            values=f"{prefix()}/values/calendars.{found.id}/" if keeps else "",
            sum=self._sum(found),
        )

    def _links(self, found: Calendar) -> Mapping[str, str]:
        """From a day to where its keeper writes it; "" from one nothing was said of."""
        name = f"calendars.{found.id}"
        base = f"{prefix()}/values/{name}/"
        kept = dated.values(self.desk, name, actor=http.actor(), now=http.now())
        there = {one.value.key: f"{base}{one.value.id}" for one in kept if one.value.id}
        return {**there, "": f"{base}new?on="}

    def _sum(self, found: Calendar) -> Mapping[str, object]:
        """A period as it was asked, and when it ends."""
        clock = typed(request.args.get("clock", Clock.WORKING_DAYS.value))
        begins, amount = typed(request.args.get("from", "")), typed(request.args.get("amount", "3"))
        shown: dict[str, object] = {
            "clocks": [
                Option(one.value, label.text(http.locale()), one.value == clock)
                for one, label in CLOCK_LABELS.items()
            ],
            "begins": begins or http.now().astimezone(zone()).strftime("%Y-%m-%dT%H:%M"),
            "amount": amount,
        }
        if not begins:
            return shown
        try:
            duration, moment = _duration(clock, amount), calendars.beginning(self.desk, begins)
            answer = calendars.due(self.desk, found.id, duration, moment, now=http.now())
        except Refusal as refusal:
            return {**shown, "fault": _sentence(refusal)}
        local = answer.value.astimezone(zone())
        text = f"{local:%Y-%m-%d %H:%M} {weekday_text(local.date())}"
        return {**shown, "answer": text, "provisional": answer.provisional}


def _duration(clock: str, amount: str) -> Duration:
    """A duration as it was typed.

    Raises:
        Invalid: on `clock` or `amount`.
    """
    if clock not in set(Clock):
        raise Invalid([FieldError("clock", "not_a_choice", {"value": clock})])
    digits = amount.removeprefix("-")
    if (
        not (digits.isascii() and digits.isdigit() and len(digits) < 10)
        or int(digits) > calendars.MOST_AMOUNT
    ):
        raise Invalid(
            [
                FieldError(
                    "amount",
                    "parameter_whole",
                    {"least": -calendars.MOST_AMOUNT, "most": calendars.MOST_AMOUNT},
                )
            ]
        )
    return Duration(int(amount), Clock(clock))


def _sentence(refusal: Refusal) -> str:
    locale = http.locale()
    if isinstance(refusal, Invalid):
        return " ".join(wording.field_error(error, locale) for error in refusal.errors)
    return wording.refusal(refusal, locale)
