"""The recycle bin: what was deleted, brought back as it was or erased for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.faces import http
from kefu_admin.faces.admin.cells import Shown
from kefu_admin.faces.admin.inputs import Filled, Input, from_row, posted
from kefu_admin.faces.admin.inputs.build import control
from kefu_admin.faces.admin.inputs.sheet import Sheet
from kefu_admin.faces.admin.pages.binned import along, lines
from kefu_admin.faces.admin.pages.parts import cursor
from kefu_admin.faces.admin.pages.sheets import Spot, choice, entry
from kefu_admin.faces.admin.record.forms import (
    fresh_key,
    sent_key,
    sent_version,
    told_errors,
    with_labels,
)
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import Translate, clock_text, exact_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import reading, recycling
from kefu_admin.problems import Busy, Conflict, Invalid, NotFound, Refusal
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.query import BinRow, Ref, Row

_ASKED = frozenset({"children", "attachment", "attachments", "image", "images"})


class BinView(PanelView):
    """`/bin/`."""

    def __init__(self) -> None:
        super().__init__(name="回收站", endpoint="kefu_bin", url="bin")

    @property
    def base(self) -> str:
        """The path of the bin."""
        return f"{prefix()}/bin/"

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """Deleted records the person may restore or purge, newest first; of one type or all."""
        said, type_id = translator(http.locale()), request.args.get("type", "")
        below, term = cursor("below"), self._term()
        asked = {"actor": http.actor(), "now": http.now(), "text": term}
        views = reading.bin_types(self.desk, http.actor(), now=http.now())
        page = (
            reading.bin_page(self.desk, type_id, **asked, below=below)  # type: ignore[arg-type]  # by name
            if type_id
            else reading.bin_all(self.desk, **asked, below=below)  # type: ignore[arg-type]  # by name
        )
        options = [(view.id, view.type.label.text(http.locale())) for view in views]
        labels = dict(options)
        return self.page(
            "admin/pages/table.html",
            heading=said("回收站"),
            help=said("删除的记录先到这里：可以原样恢复；彻底清除之后就再也找不回来了。"),
            buttons=[],
            base=self.base,
            find=f"{self.base}find",
            finder=[
                entry("term", "查找", term),
                choice("type", "类型", options, (type_id,)),
            ],
            narrowed=bool(type_id or term),
            empty=said("往前再找找：较早删除的记录还没有看完。") if page.next else "",
            opens=True,
            heads=[said(t) for t in ("内容", "类型", "删除人", "删除时间")],
            rows=[
                (
                    Spot(
                        text=row.title,
                        href=f"{self.base}{row.type}/{row.id}",
                        small=self._beside(row, said),
                    ),
                    Spot(text=labels[row.type]),
                    Spot(text=row.by.label),
                    Spot(text=clock_text(row.deleted_at, zone()), css="d"),
                )
                for row in page.rows
            ],
            first=self._address(type_id, term) if below else "",
            next=self._address(type_id, term, page.next) if page.next else "",
        )

    @expose("/find", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the part asked for; what was typed stays out of the address."""
        type_id, term = request.form.get("type", ""), typed(request.form.get("term", ""))
        known = type_id in self.desk.project.types
        return redirect(self._address(type_id if known else "", term), 303)

    def _address(self, type_id: str, term: str, below: int | None = None) -> str:
        plain = {"type": type_id, "below": str(below or "")}
        if term:
            secret = self.desk.store.secret
            plain["q"] = seal(secret, term, owner=self._owner(), now=http.now())
        kept = urlencode({name: text for name, text in plain.items() if text})
        return f"{self.base}?{kept}" if kept else self.base

    def _term(self) -> str:
        sealed = request.args.get("q", "")
        if not sealed:
            return ""
        return str(unseal(self.desk.store.secret, sealed, owner=self._owner(), now=http.now()))

    def _owner(self) -> str:
        return f"{http.actor().user_id}:bin"

    @expose("/<type_id>/<int:id>")
    @declare("GET")
    def detail(self, type_id: str, id: int) -> Response:
        """One deleted record, with what may be done with it."""
        return self._shown(self._row(type_id, id))

    @expose("/<type_id>/<int:id>/restore", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def restore(self, type_id: str, id: int) -> Response:
        """Bring it back; what would be refused may be typed anew."""
        row = self._row_or_none(type_id, id)
        key, version = sent_key(), sent_version()
        content = self._content(type_id)
        was = self._filled(content, row) if row is not None else Filled()
        typed = posted(request.form, content, self.desk.project.types, masked=was.masked)
        try:
            recycling.restore(
                self.desk,
                type_id,
                id,
                version,
                typed.raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, {"restore": id, "version": version, "values": typed.raw}),
            )
        except (Invalid, Conflict, Busy) as refusal:
            if row is None:
                raise
            return self._shown(row, refusal, typed.filled)
        return self.go(f"/records/{type_id}/{id}", "restored")

    @expose("/<type_id>/<int:id>/purge", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def purge(self, type_id: str, id: int) -> Response:
        """Erase it for good."""
        row = self._row_or_none(type_id, id)
        key, version = sent_key(), sent_version()
        reason = request.form.get("reason", "")
        self._content(type_id)
        try:
            recycling.purge(
                self.desk,
                type_id,
                id,
                version,
                reason,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, {"purge": id, "version": version, "reason": reason}),
            )
        except (Invalid, Conflict, Busy) as refusal:
            if row is None:
                raise
            return self._shown(row, refusal)
        return self.go("/bin/", "purged")

    def _content(self, type_id: str) -> ContentType:
        content = self.desk.project.types.get(type_id)
        if content is None or type_id not in self.desk.grants(http.actor()).types:
            raise NotFound
        return content

    def _row(self, type_id: str, id: int) -> BinRow:
        return reading.bin_get(self.desk, type_id, id, actor=http.actor(), now=http.now())

    def _row_or_none(self, type_id: str, id: int) -> BinRow | None:
        """The record while it is in the bin: a form sent twice finds it gone, its answer kept."""
        try:
            return self._row(type_id, id)
        except NotFound:
            return None

    def _shown(
        self, row: BinRow, refusal: Refusal | None = None, filled: Filled | None = None
    ) -> Response:
        locale, said = http.locale(), translator(http.locale())
        content, shown = self.desk.project.types[row.type], Shown(locale, zone())
        return self.page(
            "admin/record/binned.html",
            status=refusal.status if refusal is not None else 200,
            heading=row.title,
            base=self.base,
            here=f"{self.base}{row.type}/{row.id}",
            kind=content.label.text(locale),
            lines=lines(content, row, shown),
            along=[along(one, self.desk.project.types, shown) for one in row.rows],
            lost=row.lost,
            deleted=said(
                "{who} 于 {at} 删除", who=row.by.label, at=exact_text(row.deleted_at, zone())
            ),
            until=self._until(row, said),
            may_restore="restore" in row.actions,
            may_purge="purge" in row.actions,
            problems=told_errors(content, refusal) if refusal is not None else (),
            inputs=self._inputs(content, refusal, filled, self._filled(content, row)),
            key=fresh_key(),
            version_sent=row.version,
        )

    def _until(self, row: BinRow, said: Translate) -> str:
        """When it is purged by itself; "" for never."""
        days = self.desk.project.bin_days
        if not days:
            return ""
        at = row.deleted_at + timedelta(days=days)
        return said("{at} 以后自动彻底清除。", at=clock_text(at, zone()))

    def _beside(self, row: BinRow, said: Translate) -> str:
        """What is told of a deleted record beside its title."""
        owner = row.values.get(self.desk.project.types[row.type].owned_by)
        if isinstance(owner, Ref):
            return said("属于“{owner}”", owner=owner.label)
        return said("连同 {count} 条明细", count=row.along) if row.along else ""

    def _inputs(
        self, content: ContentType, refusal: Refusal | None, typed: Filled | None, was: Filled
    ) -> list[Input]:
        """Controls for the values that were refused, to type others; filled with what was typed,
        else with what was recorded."""
        if not isinstance(refusal, Invalid):
            return []
        views = {one.id: one for one in reading.types(self.desk, http.actor(), now=http.now())}
        fields = views[content.id].fields if content.id in views else {}
        names = [
            name
            for name in dict.fromkeys(error.field for error in refusal.errors)
            if name in fields
            and (fields[name].edit or fields[name].create)
            and field_type(fields[name].field).written
            and fields[name].field.type not in _ASKED
            and name != content.owned_by
        ]
        sheet = Sheet(
            type=content,
            types=self.desk.project.types,
            views=views,
            writable=frozenset(names),
            path=f"{prefix()}/records/{content.id}/",
            region_path=f"{prefix()}/regions",
            file_path="",
            shown=Shown(http.locale(), zone()),
            errors=refusal.errors,
            new=True,
        )
        filled = replace(was, texts={**was.texts, **(typed.texts if typed else {})})
        filled = with_labels(content, filled)
        return [control(fields[name].field, filled, sheet) for name in names]

    def _filled(self, content: ContentType, row: BinRow) -> Filled:
        """What was recorded, as a form holds it."""
        values = {
            name: value
            for name, value in row.values.items()
            if name not in row.unfit and not content.fields[name].system
        }
        as_row = Row(
            type=row.type,
            id=row.id,
            version=row.version,
            title=row.title,
            values=values,
            masked=row.masked,
        )
        return from_row(content, as_row, self.desk.project.types, zone())
