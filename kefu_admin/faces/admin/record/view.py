"""The pages of one content type. Reads through `operations.reading`, writes through
`operations.records`; a refusal that leaves something typed comes back with the form, every other
one becomes the error page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import PREFIX
from kefu_admin.faces.admin.record import (
    page_detail,
    page_draft,
    page_export,
    page_form,
    page_list,
    page_print,
)
from kefu_admin.faces.admin.record.address import read_tree
from kefu_admin.faces.admin.record.drafting import DraftPages
from kefu_admin.faces.admin.record.finder import read_form
from kefu_admin.faces.admin.record.forms import asks_again, sent_key, sent_version
from kefu_admin.faces.admin.record.layouts import LayoutPages
from kefu_admin.faces.admin.record.merges import MergePages
from kefu_admin.faces.admin.record.picking import type_at
from kefu_admin.faces.admin.uploads import (
    Taken,
    asked_for,
    sent_form,
    take_uploads,
    with_uploads,
)
from kefu_admin.faces.admin.view import expose, typed
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import files, reading, records
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import (
    Busy,
    Conflict,
    ExportTooLong,
    Forbidden,
    Invalid,
    NotFound,
    NumbersExhausted,
    Refusal,
    SecondNeeded,
    StillReferenced,
    TooMany,
)
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.query import Row

KEEPS_FORM = (Invalid, Conflict, StillReferenced, NumbersExhausted, TooMany, Busy)
_PICKS = 20


class RecordView(MergePages, LayoutPages, DraftPages):
    """List, detail, create, edit and delete of one content type."""

    # -- list -------------------------------------------------------------------------------

    @expose("/")
    @declare("GET", audit=Audit.READ)
    def index(self) -> Response:
        """The list."""
        return self.page("admin/record/list.html", page_list.context(self))

    @expose("/find", methods=("POST",))
    @declare("POST", audit=Audit.NONE, repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Take the finder's form and lead to the list it asks for: nothing typed in the address."""
        self.type_view()
        asked = read_form(request.form)
        kept = request.form.get("tree", "")
        tree = read_tree(kept) if kept else None
        asked = replace(asked, search=typed(asked.search), tree=tree)
        return redirect(self.base + self.addresses().write(asked), 303)

    @expose("/export", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.EXPORT, repeat=Repeat.SAFE)
    def export(self) -> Response:
        """All that the list holds, as a file: first what it will hold, then the file itself."""
        if request.method == "GET":
            return self.page("admin/record/export.html", page_export.context(self))
        try:
            return page_export.file(self)
        except (SecondNeeded, ExportTooLong) as refusal:
            told = page_export.context(self, refusal)
            return self.page("admin/record/export.html", told, status=refusal.status)

    @expose("/choices/<path:field>", methods=("POST",))
    @declare("POST", audit=Audit.NONE, repeat=Repeat.SAFE)
    def choices(self, field: str) -> Response:
        """Records a reference field may hold, for the pick-list; the term comes in the body."""
        *way, name = field.split(".")
        refs = reading.choices(
            self.desk,
            type_at(self.desk.project.types, self.content.id, way),
            name,
            typed(request.form.get("term", ""), longest=60),
            actor=http.actor(),
            now=http.now(),
            limit=_PICKS,
        )
        return jsonify(ok=True, data=[{"id": str(ref.id), "label": ref.label} for ref in refs])

    @expose("/alike", methods=("POST",))
    @declare("POST", audit=Audit.READ, repeat=Repeat.SAFE)
    def alike(self) -> Response:
        """Records that may be the one being typed, as the list below a field."""
        sent = {
            name: typed(request.form[PREFIX + name], longest=200)
            for name in (one.name for one in self.content.alike)
            if request.form.get(PREFIX + name, "").strip()
        }
        return self.page("admin/record/alike.html", page_form.alike(self, sent))

    # -- one record -------------------------------------------------------------------------

    @expose("/<int:id>")
    @declare("GET")
    def detail(self, id: int) -> Response:
        """One record."""
        try:
            row = self.row(id)
        except NotFound:
            return self.kept_instead(id)
        return self.page("admin/record/detail.html", page_detail.context(self, row))

    @expose("/<int:id>/files/<int:file_id>")
    @declare("GET")
    def file(self, id: int, file_id: int) -> Response:
        """A file of a record, for one who sees the field it stands in."""
        found = files.download(
            self.desk, self.content.id, id, file_id, actor=http.actor(), now=http.now()
        )
        return http.send_download(found)

    @expose("/<int:id>/print", methods=("POST",))
    @declare("POST", audit=Audit.EXPORT, repeat=Repeat.SAFE)
    def print(self, id: int) -> Response:
        """The record for paper; asked for by a form, since it is told to the audit book."""
        return self.page("admin/record/print.html", page_print.context(self, id))

    @expose("/<int:id>/unmask", methods=("POST",))
    @declare("POST", audit=Audit.UNMASK, repeat=Repeat.NATURAL)
    def unmask(self, id: int) -> Response:
        """The record with one masked value uncovered, once."""
        row = self.row(id)
        name = request.form.get("field", "")
        try:
            value = reading.unmask(
                self.desk,
                self.content.id,
                id,
                name,
                request.form.get("reason", ""),
                actor=http.actor(),
                now=http.now(),
            )
        except (Invalid, TooMany, Forbidden) as refusal:
            told = page_detail.context(self, row, refused=_told(refusal))
            return self.page("admin/record/detail.html", told, status=refusal.status)
        told = page_detail.context(self, row, revealed={name: value})
        return self.page("admin/record/detail.html", told)

    # -- writing ----------------------------------------------------------------------------

    @expose("/new", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY, body=Body.UPLOAD)
    def new(self) -> Response:
        """Create a record."""
        view = self.type_view()
        if Action.CREATE not in view.actions:
            raise Forbidden
        if request.method == "GET":
            made = page_form.of_draft if page_draft.ASKED in request.args else page_form.blank
            return self.form(made(self, view))
        if asks_again():
            return self.form(page_form.again(self, view))
        key = sent_key()
        sent = page_form.sent(self, view)
        try:
            asked = sent.posted.raw
            taken = take_uploads(self.content)
            sent = sent.with_files(taken)
            raw = with_uploads(self.content, asked, taken)
            outcome = records.create(
                self.desk,
                self.content.id,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, asked)),
            )
        except KEEPS_FORM as refusal:
            return self.form(page_form.refused(self, view, sent, refusal), refusal.status)
        self.forget_draft(None)
        return self.go(f"/records/{self.content.id}/{outcome.id}", "created")

    @expose("/<int:id>/edit", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY, body=Body.UPLOAD)
    def edit(self, id: int) -> Response:
        """Change a record."""
        view = self.type_view()
        saves = request.method == "POST" and not asks_again()
        masked = tuple(name for name, field in view.fields.items() if field.masked)
        try:
            row = self.row(id, masked if saves else None)
            if Action.UPDATE.value not in row.actions:
                raise Forbidden
        except (NotFound, Forbidden):
            if saves and self.kept_before(id):
                return self.go(f"/records/{self.content.id}/", "saved")
            raise
        if saves:
            return self.keep(view, row)
        made = page_form.of_row if request.method == "GET" else page_form.again
        if page_draft.ASKED in request.args:
            made = page_form.of_draft
        return self.form(made(self, view, row))

    def kept_before(self, id: int) -> bool:
        """Whether this very form was kept before: that may have taken the record out of sight."""
        key = idempotency_key(sent_key(), asked_for(self.content, sent_form(), id))
        return records.changed_before(self.desk, actor=http.actor(), key=key) is not None

    def keep(self, view: TypeView, row: Row) -> Response:
        """Write what was sent for a record, of which only the masked fields are known."""
        id, key, version = row.id, sent_key(), sent_version()
        taken: Taken = {}
        asked = page_form.sent(self, view, row).posted.raw
        try:
            taken = take_uploads(self.content)
            raw = with_uploads(self.content, asked, taken)
            outcome = records.change(
                self.desk,
                self.content.id,
                id,
                version,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, sent_form(), id)),
            )
        except KEEPS_FORM as refusal:
            now = self.row(id)
            sent = page_form.sent(self, view, now).with_files(taken)
            if isinstance(refusal, Conflict):
                return self.form(page_form.conflict(self, view, now, sent), refusal.status)
            return self.form(page_form.refused(self, view, sent, refusal, now), refusal.status)
        self.forget_draft(id)
        told = "unchanged" if outcome.version == version else "saved"
        return self.go(f"/records/{self.content.id}/{id}", told)

    def form(self, context: Mapping[str, object], status: int = 200) -> Response:
        """The page of a form."""
        return self.page("admin/record/form.html", context, status=status)


def _told(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(wording.field_error(error, http.locale()) for error in refusal.errors)
    return wording.refusal(refusal, http.locale())
