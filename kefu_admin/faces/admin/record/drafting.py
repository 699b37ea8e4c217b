"""The draft of a form: kept while somebody types, offered when he comes back, thrown away.

The form of a new record has the id 0 here. Without script nothing is kept and nothing offered.
"""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import PREFIX
from kefu_admin.faces.admin.record import page_draft
from kefu_admin.faces.admin.record.forms import sent_version
from kefu_admin.faces.admin.record.versions import VersionPages
from kefu_admin.faces.admin.view import expose
from kefu_admin.faces.admin.words import time_text
from kefu_admin.faces.routes import Repeat, declare
from kefu_admin.operations import drafts

DISCARD = "_discard"
HAS_DRAFT = "draft"  # of a form that was kept at least once, so that saving deletes the draft


class DraftPages(VersionPages):
    """Keeping, offering and discarding one's own draft of a form."""

    @expose("/<int:id>/draft", methods=("GET", "POST"))
    @declare("GET", "POST", repeat=Repeat.NATURAL)
    def draft(self, id: int) -> Response:
        """GET: what one's draft holds that the record does not, nothing (204) when that is nothing.
        POST: keep the form as it is now, or throw the draft away."""
        if request.method == "GET":
            told = page_draft.offer(self, id or None)
            if told is None:
                return Response(status=204)
            return self.page("admin/record/draft.html", told)
        if DISCARD in request.form:
            drafts.discard(self.desk, self.content.id, id or None, actor=http.actor())
            return self.go(f"/records/{self.content.id}/{f'{id}/edit' if id else 'new'}")
        now = http.now()
        drafts.keep(
            self.desk,
            self.content.id,
            id or None,
            [(name, text) for name, text in request.form.items(multi=True) if _typed(name)],
            sent_version() if id else None,
            actor=http.actor(),
            now=now,
        )
        return jsonify(ok=True, data={"at": time_text(now.astimezone(self.shown.zone).time())})

    def forget_draft(self, id: int | None) -> None:
        """The form was saved: its draft goes, if the form says that there is one."""
        if HAS_DRAFT in request.form:
            drafts.discard(self.desk, self.content.id, id, actor=http.actor())


def _typed(name: str) -> bool:
    return name.startswith(PREFIX)
