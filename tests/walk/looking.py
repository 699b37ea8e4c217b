"""What an answer gives away: values not open to the asker, personal values in addresses, headers
that are missing; and what a request changed."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from werkzeug.test import TestResponse

from kefu_admin.store.database import Store
from tests.walk.asks import Ask
from tests.walk.cells import Ground
from tests.walk.ground import PEOPLE, WALKERS, World, open_cells

TECHNICAL = {"kefu_session", "kefu_throttle", "kefu_audit", "kefu_idempotency", "kefu_draft"}
UNCOUNTED = {"last_used_at", "last_sign_in_at"}
HEADERS = {
    "Content-Security-Policy": re.compile(r"default-src 'none'(?!.*unsafe)"),
    "X-Content-Type-Options": re.compile("^nosniff$"),
    "Referrer-Policy": re.compile("^same-origin$"),
    "X-Frame-Options": re.compile("^DENY$"),
}
_ADDRESS = re.compile(r"""(?:href|src|action|formaction|hx-[a-z-]+|data-[a-z-]+)="([^"]*)\"""")
MOMENT = re.compile(r"2\d{3}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?")
_OUTSIDE = ("mailto:", "tel:", "https://example.com/")


@dataclass(frozen=True)
class Looker:
    """What one person must not meet. `found` finds every text of the ground, longest first."""

    who: str
    closed: frozenset[str]
    never_in_addresses: frozenset[str]
    found: re.Pattern[str]

    def check(self, ask: Ask, answer: TestResponse) -> None:
        """Fails on a leak, a value in an address, or a missing header."""
        body = answer.get_data().decode("utf-8", "replace")
        told = f"{body}\n{unquote(str(answer.headers))}"
        leaks = self.closed.intersection(self.found.findall(told))
        assert not leaks, f"{self.who}: {ask.method} {ask.path} tells {sorted(leaks)[:5]}"
        addresses = "\n".join(self._addresses(answer, body))
        said = self.never_in_addresses.intersection(self.found.findall(addresses))
        assert not said, f"{self.who}: {ask.method} {ask.path} has {said} in an address"
        self._headers(ask, answer)

    def _addresses(self, answer: TestResponse, body: str) -> list[str]:
        found = [answer.headers.get("Location", "")]
        if answer.mimetype == "text/html":
            found += [html.unescape(address) for address in _ADDRESS.findall(body)]
        return [unquote(one) for one in found if not one.startswith(_OUTSIDE)]

    def _headers(self, ask: Ask, answer: TestResponse) -> None:
        for name, wanted in HEADERS.items():
            given = answer.headers.get(name, "")
            assert wanted.search(given), f"{ask.method} {ask.path}: {name} is {given!r}"
        if "static" not in ask.rule and "assets" not in ask.rule:
            assert answer.headers["Cache-Control"] == "no-store", ask.path
        assert answer.status_code < 500, f"{self.who}: {ask.method} {ask.path} fails"


def looker(world: World, who: str) -> Looker:
    """The looker for somebody, by the oracle."""
    person = WALKERS[who]
    everything = set(world.ground.cells)
    opened = set(open_cells(world.oracle, world.ground, person))
    logins = {f"login-{login}" for login in PEOPLE}
    secrets = logins | {f"T-{login}" for login in PEOPLE} | {"T-narrow"}
    own = {f"login-{person.login}", f"T-{person.login}"} | ({"T-narrow"} if who == "amy" else set())
    if "admin" in person.roles:
        own |= logins
    if "supervisor" in person.roles:
        own.add("login-founder")  # who voided the numbers in the register
    return Looker(
        who,
        frozenset((everything - opened) | (secrets - own)),
        frozenset(everything - _masks(world.ground) | logins),
        any_of(frozenset(everything | secrets)),
    )


@cache
def any_of(texts: frozenset[str]) -> re.Pattern[str]:
    """A pattern that finds any of the texts, the longest where several begin alike."""
    tree: dict[str, Any] = {}
    for text in texts:
        node = tree
        for letter in text:
            node = node.setdefault(letter, {})
        node[""] = {}
    return re.compile(_branches(tree))


def _branches(node: dict[str, Any]) -> str:
    parts = [re.escape(letter) + _branches(below) for letter, below in node.items() if letter]
    joined = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})" if parts else ""
    return f"(?:{joined})?" if "" in node and joined else joined


def _masks(ground: Ground) -> set[str]:
    """Texts that are what a mask leaves."""
    return {t for t, cells in ground.cells.items() if all(c.shown != "see" for c in cells)}


def state(store: Store) -> dict[str, str]:
    """A checksum of every table whose rows a request may not change unasked."""
    found = {}
    with store.connection():
        for name, shape in store.layout.items():
            if name in TECHNICAL:
                continue
            names = [f'"{c.name}"' for c in shape.columns if c.name not in UNCOUNTED]
            rows = sorted(
                repr(row) for row in store.rows(f'SELECT {", ".join(names)} FROM "{name}"')
            )
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return [name for name in before if before[name] != after[name]]


def plain_answer(answer: TestResponse, *ids: int) -> tuple[int, str, str]:
    """Status, body and Location of an answer, without the ids asked for and what is random."""
    text, location = answer.get_data(as_text=True), answer.headers.get("Location", "")
    for id in ids:
        asked = re.compile(rf"(?<![0-9]){id}(?![0-9])")
        text, location = asked.sub("ID", text), asked.sub("ID", location)
    text = re.sub(r'(name="(?:key|_csrf)" value=)"[^"]*"', r"\1", text)
    text = re.sub(r'content="[0-9a-f]{64}"|csrf[^,>]{0,90}', "", text)
    return answer.status_code, MOMENT.sub("T", text), location


def listed(answer: TestResponse) -> list[dict[str, Any]]:
    """The records of a list answer."""
    body = json.loads(answer.get_data())
    assert body["ok"], body
    found: list[dict[str, Any]] = body["data"]
    return found
