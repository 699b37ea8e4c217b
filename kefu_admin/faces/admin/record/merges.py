"""The pages by which two records become one: choose the other, compare, look, take back."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.faces import http
from kefu_admin.faces.admin.record import page_merge
from kefu_admin.faces.admin.record.forms import record_id, sent_key
from kefu_admin.faces.admin.record.versions import VersionPages
from kefu_admin.faces.admin.uploads import asked_for
from kefu_admin.faces.admin.view import expose, typed
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import merging
from kefu_admin.operations.merging import NEEDED, mergeable_type
from kefu_admin.problems import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotReady,
    TooMany,
    UndoOver,
    VersionRequired,
)
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.query import Row

_SHOWN = (Invalid, Conflict, NotReady, TooMany, Busy)


class MergePages(VersionPages):
    """Merging two records of the type, and taking it back."""

    @expose("/merge", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def merge_chosen(self) -> Response:
        """Two ticked rows of the list, side by side."""
        mergeable_type(self.desk, self.content.id)
        self.type_view()
        ids = [id for text in request.form.getlist("id") if (id := record_id(text)) is not None]
        if not ids:
            return redirect(f"{self.base}?notice=merge_two", 303)
        chosen = [self._mine(self.row(id)) for id in ids[:2]]
        if len(ids) != 2:
            said = translator(http.locale())
            told = page_merge.choose(self, chosen[0], "", said("请正好勾选两条。"))
            return self.page("admin/record/merge_choose.html", told, status=422)
        return redirect(f"{self.base}{ids[0]}/merge?with={ids[1]}", 303)

    @expose("/<int:id>/merge", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def merge(self, id: int) -> Response:
        """Choose the other record; compare both; merge."""
        mergeable_type(self.desk, self.content.id)
        given = request.form if request.method == "POST" else request.args
        other = record_id(given.get("with", ""))
        if request.method == "POST":
            return self._merge(id, other or 0)
        if other is None:
            told = page_merge.choose(self, self._mine(self.row(id)), "")
            return self.page("admin/record/merge_choose.html", told)
        return self._compared(id, other)

    @expose("/<int:id>/merge/find", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def merge_find(self, id: int) -> Response:
        """Records the typed text finds: nothing typed in the address."""
        mergeable_type(self.desk, self.content.id)
        row = self._mine(self.row(id))
        term = typed(request.form.get("term", ""), longest=60)
        return self.page("admin/record/merge_choose.html", page_merge.choose(self, row, term))

    @expose("/merges/<int:id>")
    @declare("GET")
    def merge_shown(self, id: int) -> Response:
        """What became of a merge, with the history of the record that went."""
        return self.page("admin/record/merged.html", page_merge.done(self, self._shown(id)))

    @expose("/merges/<int:id>/undo", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.KEY)
    def unmerge(self, id: int) -> Response:
        """Take it back."""
        mergeable_type(self.desk, self.content.id)
        key = sent_key()
        try:
            merging.undo(
                self.desk,
                self.content.id,
                id,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, "unmerge", id)),
            )
        except (*_SHOWN, UndoOver) as refusal:
            told = page_merge.done(self, self._shown(id), refusal)
            return self.page("admin/record/merged.html", told, status=refusal.status)
        return self.go(f"/records/{self.content.id}/merges/{id}", "unmerged")

    def kept_instead(self, id: int) -> Response:
        """To the record a merged one is part of.

        Raises:
            NotFound: it was not merged, or that is not for him.
        """
        found = merging.leads_to(self.desk, self.content.id, id, actor=http.actor(), now=http.now())
        if found is None:
            raise NotFound
        return self.go(f"/records/{self.content.id}/{found}", "merged_into")

    def _merge(self, id: int, other: int) -> Response:
        key, versions = sent_key(), (_version("version"), _version("with_version"))
        keeps_first = request.form.get("keep", "a") != "b"
        first, second = (id, versions[0]), (other, versions[1])
        kept, gone = (first, second) if keeps_first else (second, first)
        theirs = "b" if keeps_first else "a"
        taken = [
            name
            for name in self.content.fields
            if request.form.get(page_merge.TAKE + name) == theirs
        ]
        try:
            done = merging.merge(
                self.desk,
                self.content.id,
                kept,
                gone,
                taken,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, asked_for(self.content, "merge", kept, gone, taken)),
            )
        except _SHOWN as refusal:
            both = merging.compare(
                self.desk, self.content.id, id, other, actor=http.actor(), now=http.now()
            )
            told = page_merge.compare(self, both, refusal)
            return self.page("admin/record/merge.html", told, status=refusal.status)
        where = f"/records/{self.content.id}/merges/{done.merge}"
        return self.go(where, "merged" if done.is_done else "merging")

    def _compared(self, id: int, other: int) -> Response:
        try:
            both = merging.compare(
                self.desk, self.content.id, id, other, actor=http.actor(), now=http.now()
            )
        except Invalid:
            said = translator(http.locale())
            row = self._mine(self.row(id))
            told = page_merge.choose(self, row, "", said("请选另一条记录：不能和自己合并。"))
            return self.page("admin/record/merge_choose.html", told, status=422)
        return self.page("admin/record/merge.html", page_merge.compare(self, both))

    def _shown(self, id: int) -> merging.Shown:
        return merging.get(self.desk, self.content.id, id, actor=http.actor(), now=http.now())

    def _mine(self, row: Row) -> Row:
        """A record the person may merge.

        Raises:
            Forbidden: he may not.
        """
        if not row.actions >= NEEDED:
            raise Forbidden
        return row


def _version(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise VersionRequired
    return int(text)
