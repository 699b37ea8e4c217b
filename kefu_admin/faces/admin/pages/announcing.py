"""A year's days off and worked at once, as they are announced: pasted, looked over, then kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.calendar_days import DAY_KINDS, DayKind
from kefu_admin.definitions.dated import DatedValue
from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input
from kefu_admin.faces.admin.pages.sheets import Spot, choice, entry, refused
from kefu_admin.faces.admin.pages.year import weekday_text, year_of
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import calendars, dated
from kefu_admin.operations.calendars import Reading
from kefu_admin.problems import Busy, Invalid
from kefu_admin.store.idempotency import idempotency_key

_LONGEST_TEXT = 20_000
_COLORS = {DayKind.REST: "green", DayKind.WORK: "orange", DayKind.KNOWN: "blue"}
Values = Sequence[Mapping[str, object]]


class AnnouncementPage(PanelView):
    """`/calendar/<calendar>/announce`."""

    @expose("/<calendar>/announce", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.VALUES, audit=Audit.DATA, repeat=Repeat.KEY)
    def announce(self, calendar: str) -> Response:
        """The text, then what is understood of it, then (`sure`) it is kept."""
        name = f"calendars.{calendar}"
        dated.definition(self.desk, name, http.actor())
        found = calendars.calendar(self.desk, calendar)
        if request.method == "GET":
            return self._page(found, year_of(request.args.get("year", ""), self._next(found)))
        year = year_of(request.form.get("year", ""), self._next(found))
        key, text = sent_key(), request.form.get("text", "")[:_LONGEST_TEXT]
        reading = calendars.read_announcement(self.desk, name, text, year, actor=http.actor())
        values = [*reading.values]
        if values and "1" in request.form.getlist("whole"):
            values.append({"on": str(year), "is": DayKind.KNOWN.value})
        if not values or not request.form.get("sure"):
            return self._page(found, year, reading, values)
        try:
            dated.put(
                self.desk,
                name,
                values,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, values),
            )
        except (Invalid, Busy) as refusal:
            told = [text for some in refused(refusal).by_field.values() for text in some]
            return self._page(found, year, reading, (), told=told, status=refusal.status)
        return self.go(f"/calendar/{found.id}/?year={year}", "value_saved")

    def _page(
        self,
        found: Calendar,
        year: int,
        reading: Reading | None = None,
        values: Values = (),
        *,
        told: Sequence[str] = (),
        status: int = 200,
    ) -> Response:
        rows: list[tuple[Spot, ...]] = []
        try:
            rows = self._rows(found, values)
        except Invalid as refusal:
            told = [text for some in refused(refusal).by_field.values() for text in some]
            status = refusal.status
        return self.page(
            "admin/pages/announcement.html",
            status=422 if reading is not None and not reading.values else status,
            heading=translator(http.locale())("录入 {year} 年放假安排", year=year),
            above=found.label.text(http.locale()),
            base=f"{prefix()}/calendar/{found.id}/?year={year}",
            action=f"{prefix()}/calendar/{found.id}/announce",
            year=year,
            inputs=_inputs(year),
            reading=reading,
            rows=rows,
            told=told,
            key=fresh_key(),
        )

    def _rows(self, found: Calendar, values: Values) -> list[tuple[Spot, ...]]:
        """What would be kept, and what stands there now."""
        name = f"calendars.{found.id}"
        compared = dated.compared(self.desk, name, values, actor=http.actor())
        return [
            (
                Spot(text=_day_text(after.key), css="d"),
                _spot(after),
                Spot(text=str(after.parts.get("name") or "—")),
                _spot(before) if before else Spot(text="—"),
            )
            for after, before in compared
        ]

    def _next(self, found: Calendar) -> int:
        """The first year that is not known."""
        until = calendars.known_until(self.desk, now=http.now()).get(found.id)
        return until.year + 1 if until else http.now().astimezone(zone()).year + 1


def _inputs(year: int) -> list[Input]:
    said, first = translator(http.locale()), request.method == "GET"
    whole = first or "1" in request.form.getlist("whole")
    return [
        entry("year", "年份", str(year), kind="number", required=True, max_length=4),
        entry(
            "text",
            "放假安排",
            request.form.get("text", "")[:_LONGEST_TEXT],
            kind="textarea",
            required=True,
            help="把公布的通知原文粘贴进来；或每行一条：日期（或起止）、休或班、名称，"
            "例如 2027-10-01~2027-10-07, 休, 国庆节；也可以从表格复制。",
        ),
        choice(
            "whole",
            "录全",
            [("1", said("这是全年的安排，录入后这一年不再是暂定"))],
            ("1",) if whole else (),
            kind="checks",
        ),
    ]


def _day_text(key: str) -> str:
    return key if len(key) == 4 else f"{key} {weekday_text(date.fromisoformat(key))}"


def _spot(value: DatedValue) -> Spot:
    kind = DayKind(str(value.parts["is"]))
    return Spot(text=DAY_KINDS[kind].text(http.locale()), color=_COLORS.get(kind, "gray"))
