"""Reading pages as a browser without scripts does: forms with what they would send, and texts."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.faces.desk import Client


@dataclass
class Form:
    """A form as found on a page: where it goes and what it would send."""

    action: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def send(self, client: Client, _without: tuple[str, ...] = (), **values: Any) -> TestResponse:
        """Send it with some fields set otherwise (dots written `__`) and some left out."""
        data = MultiDict(self.fields)
        for name, value in values.items():
            data.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
        for name in _without:
            data.poplist(name)
        return client.post(self.action, data=data)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._skipped = 0
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag in ("template", "noscript"):
            self._skipped += 1
        if self._skipped:
            return
        if tag == "form":
            self._open = Form(given.get("action") or "", given.get("method") or "get")
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input" and name:
            kind = given.get("type") or "text"
            if kind == "file" or (kind in ("radio", "checkbox") and "checked" not in given):
                return
            self._open.fields.add(name, value)
        elif tag == "button" and name:
            self._open.buttons.append((name, value))
        elif tag == "select":
            self._select, self._options = (name, "multiple" in given), []
        elif tag == "option":
            self._options.append((value, "selected" in given))
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self._skipped -= 1
        if self._skipped or self._open is None:
            return
        if tag == "select" and self._select is not None:
            name, many = self._select
            chosen = [value for value, on in self._options if on]
            if not many:
                chosen = chosen[-1:] or [value for value, _ in self._options[:1]]
            for value in chosen:
                self._open.fields.add(name, value)
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._open.fields.add(self._area, self._text)
            self._area = None
        elif tag == "form":
            self._open = None


def forms(page: TestResponse) -> list[Form]:
    """The forms of a page, in order."""
    reader = _Reader()
    reader.feed(page.get_data(as_text=True))
    return reader.forms


def form(page: TestResponse, action: str) -> Form:
    """The form that goes to a path ending so."""
    return next(one for one in forms(page) if one.action.endswith(action))


def text(page: TestResponse) -> str:
    """What a person reads on the page, blanks folded."""
    body = page.get_data(as_text=True).partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def cells(page: TestResponse) -> list[list[str]]:
    """The rows of the page's first table, cell by cell."""
    body = page.get_data(as_text=True)
    rows = re.findall(
        r"<tr>(.*?)</tr>", body.partition("<tbody>")[2].partition("</tbody>")[0], re.S
    )
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell))
            for cell in re.findall(r'<td(?! class="tick").*?</td>', row, re.S)
        ]
        for row in rows
    ]


def link(page: TestResponse, title: str) -> str:
    """Where the link of this title leads."""
    body = page.get_data(as_text=True)
    found = re.search(rf'href="([^"]*)"[^>]*title="{re.escape(title)}"', body)
    assert found, f"no link {title}"
    return html.unescape(found[1])
