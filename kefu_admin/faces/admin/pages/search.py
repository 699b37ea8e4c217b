"""Global search: one box over all types, as a page and as the list below the box in the header.

What is typed travels in the body or sealed in `q`, as in every list.
"""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces import http
from kefu_admin.faces.admin import marks
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed
from kefu_admin.faces.routes import Repeat, declare
from kefu_admin.operations import reading
from kefu_admin.operations.reading import Found, Hit
from kefu_admin.problems import UnknownParameter

_ON_PAGE = 10
_BELOW_BOX = 4
_LONGEST = 60
_AROUND = 24
"""Characters shown on either side of what matched in a long text."""


class SearchView(PanelView):
    """The page of global search, and what its box asks."""

    def __init__(self) -> None:
        super().__init__(name="全局查找", endpoint="kefu_search", url="search")

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """The box, and what the sealed text finds."""
        for name in request.args:
            if name not in ("q", "notice"):
                raise UnknownParameter(name=name)
        text = ""
        if request.args.get("q"):
            secret = self.desk.store.secret
            text = str(unseal(secret, request.args["q"], owner=_owner(), now=http.now()))
        return self.page("admin/pages/search.html", text=text, groups=self._groups(text, _ON_PAGE))

    @expose("/ask", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def ask(self) -> Response:
        """Take the box and lead to the page: nothing typed in the address."""
        text = typed(request.form.get("text", ""), longest=_LONGEST)
        secret = self.desk.store.secret
        query = f"?q={seal(secret, text, owner=_owner(), now=http.now())}" if text else ""
        return redirect(f"{prefix()}/search/{query}", 303)

    @expose("/hits", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def hits(self) -> Response:
        """What the text finds, as the list below the box."""
        text = typed(request.form.get("text", ""), longest=_LONGEST)
        groups = self._groups(text, _BELOW_BOX)
        return self.page("admin/pages/search_hits.html", text=text, groups=groups)

    def _groups(self, text: str, each: int) -> list[dict[str, object]]:
        found = reading.search_all(self.desk, text, actor=http.actor(), now=http.now(), each=each)
        return [_group(one) for one in found]


def _owner() -> str:
    return f"{http.actor().user_id}:search"


def _group(found: Found) -> dict[str, object]:
    locale = http.locale()
    return {
        "label": found.type.plural.text(locale),
        "icon": found.type.icon or "folder",
        "more": found.more,
        "hits": [_line(found.type, hit) for hit in found.hits],
    }


def _line(type: ContentType, hit: Hit) -> dict[str, object]:
    """A hit: its address, its title and, where something else was found, that with its label."""
    is_title = hit.text == hit.title
    text, spans = _excerpt(hit)
    marked = marks.marked(text, spans)
    return {
        "href": f"{prefix()}/records/{type.id}/{hit.id}",
        "title": marked if is_title else hit.title or f"#{hit.id}",
        "label": "" if is_title else hit.field.label.text(http.locale()),
        "text": "" if is_title else marked,
    }


def _excerpt(hit: Hit) -> tuple[str, tuple[tuple[int, int], ...]]:
    """What matched with a little of the text around it, and where it stands there."""
    if not hit.marks:
        return hit.text[: 2 * _AROUND], ()
    start = max(0, hit.marks[0][0] - _AROUND)
    end = min(len(hit.text), hit.marks[0][1] + _AROUND)
    before, after = "…" * (start > 0), "…" * (end < len(hit.text))
    moved = len(before) - start
    spans = tuple((a + moved, b + moved) for a, b in hit.marks if b <= end)
    return f"{before}{hit.text[start:end]}{after}", spans
