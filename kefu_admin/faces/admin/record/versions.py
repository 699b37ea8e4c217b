"""The pages about a record's past and end: its versions, the way back to one, deleting."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin import notices
from kefu_admin.faces.admin.record import page_delete, page_history, page_timeline
from kefu_admin.faces.admin.record.forms import record_id, sent_key, sent_version
from kefu_admin.faces.admin.record.pages import RecordPages
from kefu_admin.faces.admin.uploads import asked_for
from kefu_admin.faces.admin.view import expose, typed
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import records
from kefu_admin.problems import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Refusal,
    StillReferenced,
    TooMany,
)
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.query import Row

_SHOWN = (Invalid, Conflict, StillReferenced, TooMany, Busy)


class VersionPages(RecordPages):
    """History, restoring a version or field, deleting."""

    @expose("/<int:id>/history")
    @declare("GET")
    def history(self, id: int) -> Response:
        """All versions, and what differs between two of them."""
        return self.page("admin/record/history.html", page_history.context(self, self.row(id)))

    @expose("/<int:id>/timeline")
    @declare("GET")
    def timeline(self, id: int) -> Response:
        """Versions, files and actions of a record in one list."""
        told = page_timeline.context(self, self.row(id))
        return self.page("admin/record/timeline.html", told)

    @expose("/<int:id>/revert", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def revert(self, id: int) -> Response:
        """Set the record, or one field, back to an older version."""
        row, key, version = self.row(id), sent_key(), sent_version()
        if Action.UPDATE.value not in row.actions:
            raise Forbidden
        to, field = typed(request.form.get("to", "")), typed(request.form.get("field", ""))
        try:
            records.revert(
                self.desk,
                self.content.id,
                id,
                version,
                record_id(to) or 0,
                (field,) if field else (),
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, "revert", id, version, to, field)),
            )
        except _SHOWN as refusal:
            told = page_history.context(self, self.row(id), refusal)
            return self.page("admin/record/history.html", told, status=refusal.status)
        return self.go(f"/records/{self.content.id}/{id}", "reverted")

    @expose("/<int:id>/delete", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def delete(self, id: int) -> Response:
        """Ask, then delete a record."""
        if request.method == "GET":
            return self.confirm(self.row(id))
        key, version = sent_key(), sent_version()
        try:
            gone = records.remove(
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
        told = "deleted"
        if Action.RESTORE in self.type_view().actions:
            told = notices.deleted(self.content.id, id, gone.version)
        return self.go(f"/records/{self.content.id}/", told)

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
