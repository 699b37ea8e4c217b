"""The void register of business numbers."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.parts import SIZE, cursor, part
from kefu_admin.faces.admin.pages.sheets import (
    NONE,
    Button,
    Refused,
    Spot,
    choice,
    entry,
    refused,
)
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import clock_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import numbers
from kefu_admin.problems import Busy, Invalid, NumbersExhausted
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.numbers import PURGED


class NumbersView(PanelView):
    """`/numbers/`."""

    def __init__(self) -> None:
        super().__init__(name="编号", endpoint="kefu_numbers", url="numbers")

    @property
    def base(self) -> str:
        """The path of the register."""
        return f"{prefix()}/numbers/"

    def _series(self) -> list[tuple[str, str]]:
        locale = http.locale()
        return [(id, one.label.text(locale)) for id, one in self.desk.project.numbers.items()]

    @expose("/")
    @declare("GET", access=Permission.NUMBERS)
    def index(self) -> Response:
        """Numbers that stand on no record, and why."""
        said = translator(http.locale())
        series = request.args.get("series", "")
        found = numbers.register(
            self.desk, actor=http.actor(), series_id=series, before_id=cursor(), limit=SIZE + 1
        )
        listed = part(found, [id for id, _ in found], self.base, {"series": series})
        labels = dict(self._series())
        return self.page(
            "admin/pages/table.html",
            heading=said("作废编号"),
            help=said(
                "连续编号里的每一个空号都要有去处：彻底清除的记录、写坏的单据都登记在这里；"
                "回收站里的记录保留自己的编号。"
            ),
            buttons=[
                Button(label=said("登记作废"), href=f"{self.base}new", icon="plus", primary=True)
            ],
            find=f"{self.base}find",
            base=self.base,
            finder=[choice("series", "编号种类", self._series(), (series,))],
            narrowed=bool(series),
            heads=[said(t) for t in ("编号", "种类", "原因", "登记人", "登记时间")],
            rows=[
                (
                    Spot(text=one.number, css="c"),
                    Spot(text=labels.get(one.series, one.series)),
                    Spot(text=said("彻底清除") if one.reason == PURGED else one.reason),
                    Spot(text=one.actor),
                    Spot(text=clock_text(one.at, zone()), css="d"),
                )
                for _, one in listed.shown
            ],
            first=listed.first,
            next=listed.next,
        )

    @expose("/find", methods=("POST",))
    @declare("POST", access=Permission.NUMBERS, repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the register of one series."""
        series = request.form.get("series", "")
        known = series in self.desk.project.numbers
        return redirect(self.base + (f"?series={series}" if known else ""), 303)

    @expose("/new", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.NUMBERS, audit=Audit.DATA, repeat=Repeat.KEY)
    def new(self) -> Response:
        """Take the next number of a series out of use: a spoilt paper form."""
        if request.method == "GET":
            return self._form()
        said, form = translator(http.locale()), request.form
        series, reason = form.get("series", ""), form.get("reason", "")
        department = form.get("department", "")
        key = idempotency_key(sent_key(), [series, reason, department])
        try:
            number = numbers.void_next(
                self.desk,
                series,
                reason,
                actor=http.actor(),
                now=http.now(),
                department=department,
                key=key,
            )
        except (Invalid, NumbersExhausted, Busy) as refusal:
            return self._form(refused(refusal), refusal.status)
        return self.page(
            "admin/pages/form.html",
            heading=said("已作废"),
            above=said("作废编号"),
            base=self.base,
            secret=number,
            secret_head=said("作废的编号："),
        )

    def _form(self, faults: Refused = NONE, status: int = 200) -> Response:
        said, form = translator(http.locale()), request.form
        return self.page(
            "admin/pages/form.html",
            status=status,
            heading=said("登记作废"),
            above=said("作废编号"),
            base=self.base,
            action=f"{self.base}new",
            submit=said("作废下一个编号"),
            inputs=[
                choice(
                    "series",
                    "编号种类",
                    self._series(),
                    (form.get("series", ""),),
                    refused=faults,
                    required=True,
                ),
                entry(
                    "department",
                    "部门代码",
                    form.get("department", ""),
                    refused=faults,
                    help="编号里带部门代码时填写。",
                ),
                entry(
                    "reason",
                    "原因",
                    form.get("reason", ""),
                    refused=faults,
                    required=True,
                    max_length=255,
                ),
            ],
            key=fresh_key(),
            refused=faults,
        )
