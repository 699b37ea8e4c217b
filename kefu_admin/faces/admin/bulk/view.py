"""The routes of bulk changes: choose, preview, run, look, undo."""

from __future__ import annotations

from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.bulk import choosing, page_batch
from kefu_admin.faces.admin.inputs import Filled
from kefu_admin.faces.admin.pages.parts import SIZE, cursor, part
from kefu_admin.faces.admin.pages.sheets import NONE, Spot, entry, refused
from kefu_admin.faces.admin.record.forms import (
    asks_again,
    fresh_key,
    sent_key,
    told_errors,
)
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import clock_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.bulk import workbook
from kefu_admin.problems import (
    Busy,
    Invalid,
    NotFound,
    NotReady,
    Refusal,
    SelectionMoved,
    SelectionTooLarge,
    UndoOver,
)
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import idempotency_key

_STATES = {State.RUNNING: ("执行中", "blue"), State.DONE: ("已结束", "green")}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BulkView(PanelView):
    """`/batches/`."""

    def __init__(self) -> None:
        super().__init__(name="批量操作", endpoint="kefu_batches", url="batches")

    @property
    def base(self) -> str:
        """The path of the list of one's own batches."""
        return f"{prefix()}/batches/"

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """What one has done in bulk."""
        said = translator(http.locale())
        found = bulk.batches_of(self.desk, actor=http.actor(), before_id=cursor(), limit=SIZE + 1)
        listed = part(found, [one.id for one in found], self.base)
        types = self.desk.project.types
        rows = []
        for batch in listed.shown:
            label = page_batch.action_label(self.desk, batch)
            name = page_batch.title(batch, types[batch.type], label, said)
            state, color = _STATES[batch.state]
            rows.append(
                (
                    Spot(text=f"#{batch.id}", href=f"{self.base}{batch.id}", css="c"),
                    Spot(text=name),
                    Spot(text=said(state), color=color),
                    Spot(text=f"{batch.settled:,} / {batch.total:,}", css="n"),
                    Spot(text=clock_text(batch.created_at, zone()), css="d"),
                )
            )
        return self.page(
            "admin/pages/table.html",
            heading=said("我的批量操作"),
            help=said("从列表里勾选记录，或取全部符合条件的记录，再选要做的事。"),
            buttons=[],
            heads=[said(t) for t in ("批次", "操作", "状态", "进度", "时间")],
            rows=rows,
            opens=True,
            first=listed.first,
            next=listed.next,
        )

    @expose("/of/<type_id>", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def choose(self, type_id: str) -> Response:
        """The form of an action, for what was ticked in a list or for all it holds."""
        return self._form(choosing.chosen(self.desk, type_id), Filled())

    @expose("/of/<type_id>/preview", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def preview(self, type_id: str) -> Response:
        """Freeze what was chosen, and lead to what would become of it."""
        what = choosing.chosen(self.desk, type_id)
        sent = choosing.posted(what)
        if asks_again():
            return self._form(what, sent.filled)
        reason = typed(request.form.get("reason", ""), longest=500)
        body = [what.action.id, what.query, list(what.ids or ()), dict(sent.raw), reason]
        try:
            batch = bulk.preview(
                self.desk,
                what.action.id,
                what.request,
                sent.raw,
                reason=reason,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(sent_key(), body),
            )
        except (Invalid, SelectionTooLarge, Busy) as refusal:
            return self._form(what, sent.filled, refusal)
        return self.go(f"/batches/{batch}")

    @expose("/<int:id>")
    @declare("GET")
    def batch(self, id: int) -> Response:
        """One batch: preview, progress or result."""
        return self._batch(id)

    @expose("/<int:id>/run", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def run(self, id: int) -> Response:
        """Do what the preview showed."""
        selection = request.form.get("selection", "")
        key = idempotency_key(sent_key(), [id, selection])
        try:
            bulk.run(self.desk, id, selection, actor=http.actor(), now=http.now(), key=key)
        except (SelectionMoved, NotReady, UndoOver, Busy) as refusal:
            return self._batch(id, refusal)
        return self.go(f"/batches/{id}")

    @expose("/<int:id>/undo", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def undo(self, id: int) -> Response:
        """Preview taking a batch back."""
        key = idempotency_key(sent_key(), [id])
        try:
            made = bulk.preview_undo(self.desk, id, actor=http.actor(), now=http.now(), key=key)
        except (NotReady, UndoOver, Invalid, Busy) as refusal:
            return self._batch(id, refusal)
        return self.go(f"/batches/{made}")

    @expose("/<int:id>/workbook")
    @declare("GET")
    def workbook(self, id: int) -> Response:
        """Every record's verdict as an .xlsx, masked as the person sees it."""
        made = workbook.written(
            self.desk, id, actor=http.actor(), now=http.now(), locale=http.locale(),
            verdicts={v: label for v, (label, _) in page_batch.VERDICTS.items()},
        )  # fmt: skip
        response = send_file(
            BytesIO(made), mimetype=_XLSX, as_attachment=True, download_name=f"batch-{id}.xlsx"
        )
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def _batch(self, id: int, refusal: Refusal | None = None) -> Response:
        shown = bulk.get(self.desk, id, actor=http.actor(), now=http.now())
        if shown.batch.deed == bulk.IMPORT and shown.batch.state is State.FREEZING:
            return self.go(f"/imports/{id}")  # its columns are still to be mapped
        wanted = request.args.get("v", "")
        after = cursor("after")
        refused = wording.refusal(refusal, http.locale()) if refusal is not None else ""
        context = page_batch.context(self.desk, shown, wanted, after, refused)
        status = refusal.status if refusal is not None else 200
        return self.page("admin/bulk/batch.html", context, status=status)

    def _form(
        self, what: choosing.Chosen, filled: Filled, refusal: Refusal | None = None
    ) -> Response:
        locale = http.locale()
        said = translator(locale)
        count = self._count(what)
        back = f"{prefix()}/records/{what.type.id}/"
        query = f"?{what.query}" if what.query else ""
        return self.page(
            "admin/bulk/choose.html",
            status=refusal.status if refusal is not None else 200,
            heading=what.action.label.text(locale),
            help=what.action.help.text(locale),
            plural=what.type.plural.text(locale),
            counted=said("已选 {count} 条", count=count)
            if what.ids is not None
            else said("符合条件的全部 {count} 条", count=count),
            back=f"{back}{query}",
            action=f"{self.base}of/{what.type.id}/preview{query}",
            action_id=what.action.id,
            scope=choosing.ALL if what.ids is None else "",
            ids=",".join(map(str, what.ids or ())),
            inputs=(
                *choosing.controls(self.desk, what, filled, refusal),
                entry(
                    "reason",
                    "原因",
                    request.form.get("reason", ""),
                    refused=refused(refusal) if refusal is not None else NONE,
                    required=what.action.needs_reason,
                    help="会记入审计日志。",
                    max_length=500,
                ),
            ),
            asks=bool(what.action.asks),
            key=fresh_key(),
            problems=told_errors(what.type, refusal) if refusal is not None else (),
        )

    def _count(self, what: choosing.Chosen) -> str:
        found, capped = reading.count(self.desk, what.request, actor=http.actor(), now=http.now())
        if what.ids is not None and found < len(what.ids):
            raise NotFound  # one of them is none he may see
        return f"{found:,}{'+' if capped else ''}"
