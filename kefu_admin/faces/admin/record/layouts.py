"""The routes of a list's filter, columns and views."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.saved_view import PREFIX, Look, Sharing
from kefu_admin.faces import http
from kefu_admin.faces.admin.filtering import page as page_filter
from kefu_admin.faces.admin.record import page_layout
from kefu_admin.faces.admin.record.forms import sent_key, sent_version
from kefu_admin.faces.admin.record.pages import RecordPages
from kefu_admin.faces.admin.view import expose
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import reading, views
from kefu_admin.problems import BadRequest, Conflict, Invalid, Refusal, UnknownParameter
from kefu_admin.store.idempotency import idempotency_key

_REFUSED = (Invalid, UnknownParameter, Conflict)


class LayoutPages(RecordPages):
    """How a person narrows a list, lays it out and keeps it."""

    @expose("/filter", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.READ, repeat=Repeat.SAFE)
    def filter(self) -> Response:
        """The filter builder; it leads back to the list it narrows."""
        if request.method == "GET":
            return self.page("admin/record/filter.html", page_filter.context(self))
        path, told = page_filter.sent(self)
        if path:
            return redirect(path, 303)
        return self.page("admin/record/filter.html", told, status=page_filter.status(told))

    @expose("/layout", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.NONE, repeat=Repeat.NATURAL)
    def layout(self) -> Response:
        """Columns, their order, and density of this list for the asking person."""
        if request.method == "POST" and request.form.get("do") in ("save", "reset"):
            try:
                return redirect(page_layout.lay_out(self), 303)
            except _REFUSED as refusal:
                return self._refused(refusal)
        return self.page("admin/record/layout.html", page_layout.context(self))

    @expose("/widths", methods=("POST",))
    @declare("POST", audit=Audit.NONE, repeat=Repeat.NATURAL)
    def widths(self) -> Response:
        """The widths the person has drawn; {} for those of the office."""
        wanted = page_layout.wanted_list(self)
        try:
            sent = json.loads(request.form.get("widths", ""))
        except ValueError:
            raise BadRequest(detail="widths") from None
        numbers = isinstance(sent, dict) and all(type(one) is int for one in sent.values())
        if not numbers:
            raise BadRequest(detail="widths")

        def alter(look: Look) -> Look:
            return replace(look, widths=sent)

        views.lay_out(
            self.desk, self.content.id, wanted.key, alter, actor=http.actor(), now=http.now()
        )
        return jsonify(ok=True, data=None)

    @expose("/keep", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def keep_view(self) -> Response:
        """Keep the list as a view."""
        form = request.form
        shared = form.get("shared", Sharing.OWN.value)
        wanted = page_layout.as_view(self, form.get("name", ""), shared, form.get("role", ""))
        try:
            made = views.create(
                self.desk,
                self.content.id,
                wanted,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(sent_key(), [self.content.id, form.to_dict()]),
            )
        except _REFUSED as refusal:
            return self._refused(refusal)
        return self.go(f"/records/{self.content.id}/?view={made.key}", "view_kept")

    @expose("/views/<int:id>", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.NATURAL)
    def kept_view(self, id: int) -> Response:
        """Rename a kept view, share it otherwise, give it what the list shows now, or drop it."""
        form, version = request.form, sent_version()
        key = f"{PREFIX}{id}"
        reading.shown_view(self.desk, key, self.content.id, actor=http.actor(), now=http.now())
        deed = form.get("do", "")
        try:
            if deed == "drop":
                views.remove(self.desk, id, version, actor=http.actor(), now=http.now())
                return self.go(f"/records/{self.content.id}/", "view_dropped")
            if deed not in ("rename", "take"):
                raise BadRequest(detail="do")

            def alter(before: views.Wanted) -> views.Wanted:
                shared, role = form.get("shared", before.shared), form.get("role", before.role)
                named = form.get("name", before.name)
                if deed == "rename":
                    return replace(before, name=named, shared=shared, role=role)
                return page_layout.as_view(self, before.name, before.shared, before.role)

            made = views.change(self.desk, id, version, alter, actor=http.actor(), now=http.now())
        except _REFUSED as refusal:
            return self._refused(refusal)
        return self.go(f"/records/{self.content.id}/?view={made.key}", "view_kept")

    @expose("/open_with", methods=("POST",))
    @declare("POST", audit=Audit.NONE, repeat=Repeat.NATURAL)
    def open_with(self) -> Response:
        """Open the list with this view from now on, or (`do=office`) with the office's choice."""
        wanted = page_layout.wanted_list(self)
        key = "" if request.form.get("do") == "office" else wanted.key
        views.open_with(self.desk, self.content.id, key, actor=http.actor(), now=http.now())
        return redirect(self.base + self.addresses().write(wanted.asked), 303)

    def _refused(self, refusal: Refusal) -> Response:
        told = page_layout.context(self, refusal)
        return self.page("admin/record/layout.html", told, status=refusal.status)
