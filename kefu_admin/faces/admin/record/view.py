"""The pages of one content type. Reads through `operations.reading`, writes through
`operations.records`; a refusal that leaves something typed comes back with the form, every other
one becomes the error page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin.cells import Shown
from kefu_admin.faces.admin.record import page_delete, page_detail, page_form, page_list, surround
from kefu_admin.faces.admin.record.detail import Look
from kefu_admin.faces.admin.record.finder import address, read_form
from kefu_admin.faces.admin.record.forms import asks_again, sent_key, sent_version
from kefu_admin.faces.admin.uploads import Taken, asked_for, take_uploads, with_uploads
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import files, reading, records
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NumbersExhausted,
    Refusal,
    StillReferenced,
    TooMany,
)
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.query import Row

KEEPS_FORM = (Invalid, Conflict, StillReferenced, NumbersExhausted, TooMany, Busy)
_PICKS = 20


class RecordView(PanelView):
    """List, detail, create, edit and delete of one content type."""

    def __init__(self, content: ContentType) -> None:
        self.content, self.surroundings = content, surround.Kept()
        super().__init__(
            name=content.plural.zh,
            endpoint=f"record_{content.id}",
            url=f"records/{content.id}",
        )

    def is_visible(self) -> bool:
        """Not by Flask-Admin's own menu: ours comes from the config."""
        return False

    @property
    def base(self) -> str:
        """The path of the list, with the closing slash."""
        return f"{prefix()}/records/{self.content.id}/"

    @property
    def shown(self) -> Shown:
        """How values are set for this request."""
        return Shown(http.locale(), zone())

    def type_view(self) -> TypeView:
        """The type as the asking person meets it.

        Raises:
            NotFound: not at all.
        """
        return reading.type_view(self.desk, self.content.id, http.actor(), now=http.now())

    def row(self, id: int, columns: Sequence[str] | None = None) -> Row:
        """One record as the asking person may see it, with the given fields or all.

        Raises:
            NotFound: there is none, or none for him.
        """
        return reading.get(
            self.desk, self.content.id, id, actor=http.actor(), now=http.now(), columns=columns
        )

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
        asked = read_form(request.form)
        asked = replace(asked, search=typed(asked.search))
        fields = self.type_view().type.fields
        query = address(
            asked, fields, secret=self.desk.store.secret, owner=self.owner(), now=http.now()
        )
        return redirect(self.base + query, 303)

    def owner(self) -> str:
        """Whose sealed addresses of this list are."""
        return f"{http.actor().user_id}:{self.content.id}"

    @expose("/choices/<path:field>", methods=("POST",))
    @declare("POST", audit=Audit.NONE, repeat=Repeat.SAFE)
    def choices(self, field: str) -> Response:
        """Records a reference field may hold, for the pick-list; the term comes in the body."""
        parent, _, child = field.rpartition(".")
        type_id = self.content.fields[parent].to if parent in self.content.fields else ""
        refs = reading.choices(
            self.desk,
            type_id if parent else self.content.id,
            child,
            typed(request.form.get("term", ""), longest=60),
            actor=http.actor(),
            now=http.now(),
            limit=_PICKS,
        )
        return jsonify(ok=True, data=[{"id": str(ref.id), "label": ref.label} for ref in refs])

    # -- one record -------------------------------------------------------------------------

    @expose("/<int:id>")
    @declare("GET")
    def detail(self, id: int) -> Response:
        """One record."""
        return self.page("admin/record/detail.html", page_detail.context(self, self.row(id)))

    @expose("/<int:id>/files/<int:file_id>")
    @declare("GET")
    def file(self, id: int, file_id: int) -> Response:
        """A file of a record, for one who sees the field it stands in."""
        found = files.download(
            self.desk, self.content.id, id, file_id, actor=http.actor(), now=http.now()
        )
        return http.send_download(found)

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
            return self.form(page_form.blank(self, view))
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
        return self.go(f"/records/{self.content.id}/{outcome.id}", "created")

    @expose("/<int:id>/edit", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY, body=Body.UPLOAD)
    def edit(self, id: int) -> Response:
        """Change a record."""
        view = self.type_view()
        saves = request.method == "POST" and not asks_again()
        row = self.row(id, tuple(n for n, f in view.fields.items() if f.masked) if saves else None)
        if Action.UPDATE.value not in row.actions:
            raise Forbidden
        if saves:
            return self.keep(view, row)
        made = page_form.of_row if request.method == "GET" else page_form.again
        return self.form(made(self, view, row))

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
                key=idempotency_key(key, asked_for(self.content, asked, id, version)),
            )
        except KEEPS_FORM as refusal:
            now = self.row(id)
            sent = page_form.sent(self, view, now).with_files(taken)
            if isinstance(refusal, Conflict):
                return self.form(page_form.conflict(self, view, now, sent), refusal.status)
            return self.form(page_form.refused(self, view, sent, refusal, now), refusal.status)
        told = "unchanged" if outcome.version == version else "saved"
        return self.go(f"/records/{self.content.id}/{id}", told)

    def form(self, context: Mapping[str, object], status: int = 200) -> Response:
        """The page of a form."""
        return self.page("admin/record/form.html", context, status=status)

    @expose("/<int:id>/delete", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def delete(self, id: int) -> Response:
        """Ask, then delete a record."""
        if request.method == "GET":
            return self.confirm(self.row(id))
        key, version = sent_key(), sent_version()
        try:
            records.remove(
                self.desk,
                self.content.id,
                id,
                version,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, "delete", id, version)),
            )
        except (StillReferenced, Conflict, Busy) as refusal:
            return self.confirm(self.row(id), refusal)
        return self.go(f"/records/{self.content.id}/", "deleted")

    def confirm(self, row: Row, refusal: Refusal | None = None) -> Response:
        """The page that asks before deleting.

        Raises:
            Forbidden: the person may not delete the record.
        """
        if Action.DELETE.value not in row.actions:
            raise Forbidden
        status = refusal.status if refusal is not None else 200
        context = page_delete.context(self, row, refusal)
        return self.page("admin/record/delete.html", context, status=status)

    def look(self, row: Row) -> Look:
        """What a record's detail needs to be shown to the asking person."""
        project = http.runtime().project
        open_types = frozenset(
            one.id for one in reading.types(self.desk, http.actor(), now=http.now())
        )
        return Look(
            types=project.types,
            open_types=open_types,
            records=f"{prefix()}/records",
            files=f"{self.base}{row.id}/files",
            shown=self.shown,
            said=translator(http.locale()),
            may_unmask=Action.UNMASK.value in row.actions,
            hidden=reading.hidden(self.desk, row, actor=http.actor(), now=http.now()),
        )


def _told(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(wording.field_error(error, http.locale()) for error in refusal.errors)
    return wording.refusal(refusal, http.locale())
