"""What people type comes out as text on every page, and no parameter leads away from the site."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.walk.asks import KEY, asks, new_values
from tests.walk.ground import World
from tests.walk.poisoning import PAYLOADS

MOST_ROWS = 3  # of a type on a route
EVIL = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "http:evil.example", "http:/evil.example", "http://evil.example",
    "https:evil.example", "HTTP://evil.example", "http:\\\\evil.example", "evil.example",
    "http://localhost\\@evil.example", "http://localhost@evil.example", "//localhost@evil.example",
    "/%09/evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example",
    "/%0d%0aLocation:%20//evil.example", "/\r\nLocation: //evil.example", "/%2fevil.example",
    "/%2Fevil.example", "/%5cevil.example", "/%5C%5Cevil.example", "/%252fevil.example",
    "%2f%2fevil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "mailto:x@evil.example", "/ /evil",
    "/\x00/evil.example", "/\x0b/evil.example", "//evil。example", "/​/evil.example",
    "//[::1]", "//0x7f.1", "http:///evil.example", ";//evil.example", "?//evil.example",
    "#//evil.example", ".//evil.example", "../../evil.example", "/./\\evil.example", "/.\\evil",
    "//google.com%2f@evil.example", "//evil.example:80", "//evil.example#@localhost",
    "//evil.example\\@localhost", "ftp://evil.example", "file:///etc/passwd", "ws://evil.example",
    "blob:http://localhost/x", "/" + "a" * 3000, "//" + "a" * 300, "@evil.example", "",
)  # fmt: skip


@pytest.mark.parametrize("who", ["founder", "amy", "root"])
def test_what_was_typed_is_text_on_every_page(poisoned: World, who: str) -> None:
    client, pages, shown = poisoned.client(who), 0, 0
    sent: Counter[tuple[str, str]] = Counter()
    for ask in asks(poisoned, "GET"):
        sent[ask.rule, ask.type] += 1
        if sent[ask.rule, ask.type] > MOST_ROWS:
            continue
        answer = ask.send(client)
        body = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        assert not live(body), f"{ask.path}: {live(body)}"
        pages += bool(body)
        shown += "&lt;xss-" in body
        if "files" in ask.rule and answer.status_code == 200:
            assert answer.headers["Content-Disposition"].startswith("attachment"), ask.path
    assert pages > 60
    assert shown > 10


def test_what_is_sent_comes_back_as_text(poisoned: World) -> None:
    client = poisoned.client("founder")
    for number, payload in enumerate(PAYLOADS):
        text = payload.format(n=number)
        for type in ("customer", "complaint", "item"):
            values = new_values(poisoned.ground, type)
            form = {f"f.{name}": text for name in values if name != "contacts"}
            sent = {**form, "key": KEY, "_csrf": client.csrf, f"f.{text}": text}
            answers = [client.post(f"/records/{type}/new", data=sent)]
            sent.pop(f"f.{text}")
            answers.append(client.post(f"/records/{type}/new", data=sent))
            found = client.post(
                f"/records/{type}/find", data={"search": text, "_csrf": client.csrf}
            )
            answers.append(client.get(found.headers["Location"]))
            answers += [
                client.get(f"/records/{type}/", query_string={name: text})
                for name in ("view", "s", "a", "q", "f.name", text, "notice")
            ]
            for answer in answers:
                assert answer.status_code < 500
                assert not live(answer.get_data(as_text=True)), (type, text)
    stranger = poisoned.client("anonymous")
    page = stranger.get("/sign-in", query_string={"next": PAYLOADS[1], "notice": PAYLOADS[0]})
    assert not live(page.get_data(as_text=True))


@pytest.mark.parametrize("route", ["sign_in", "signed_in", "language"])
def test_no_parameter_leads_away(here: World, route: str) -> None:
    client = here.client("anonymous" if route == "sign_in" else "amy")
    for text in EVIL:
        if route == "language":
            sent = {"locale": "en", "next": text, "_csrf": client.csrf}
            places = [client.post("/language", data=sent).headers.get("Location", "/")]
        else:
            answer = client.get("/sign-in", query_string={"next": text})
            places = [answer.headers.get("Location", "/")]
            places += re.findall(r'name="next" value="([^"]*)"', answer.get_data(as_text=True))
        for place in places:
            assert _stays(place), (route, text, place)


class _Live(HTMLParser):
    """Collects what a browser would run, or would take for an element of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = given.get("type") == "application/json"
        if tag.startswith("xss") or (
            tag in ("script", "style") and "src" not in given and not data
        ):
            self.found.append(tag)
        for name, value in attrs:
            where = (value or "").strip().lower()
            runs = name in ("href", "src", "action", "formaction", "srcdoc")
            if name.startswith(("on", "xss")) or name == "style":
                self.found.append(f"{tag} {name}")
            is_no_icon = (tag, given.get("rel"), where) == ("link", "icon", "data:,")
            if is_no_icon:
                continue  # an empty one, so that browsers do not ask for /favicon.ico
            if runs and where.startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{tag} {name}={where[:30]}")


def live(page: str) -> list[str]:
    """What on a page is not text although it was typed, nor a script file of ours."""
    reader = _Live()
    reader.feed(page)
    return reader.found


def _stays(place: str) -> bool:
    """Whether a browser asked to go there stays on this site: resolved as WHATWG URLs are, where a
    backslash is a slash and tabs and line breaks vanish."""
    seen = re.sub(r"[\t\r\n]", "", place).strip("".join(map(chr, range(33)))).replace("\\", "/")
    to = urlsplit(urljoin("http://localhost/records/", seen))
    return (to.scheme, to.netloc) == ("http", "localhost") and not seen.startswith("//")
