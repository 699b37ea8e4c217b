"""Every page of the panel in Chromium, at a desk where all that was typed attacks: nothing of it
runs or becomes an element, the content policy is never broken, no script fails.

Rule: reliability-security D23, S11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.listening import Listener
from tests.serving import DROPPED, at_an_address
from tests.walk.asks import asks
from tests.walk.ground import World
from tests.walk.poisoning import PAYLOADS

pytestmark = pytest.mark.filterwarnings(DROPPED)

ROOTS = ("/users", "/departments", "/audit", "/status", "/config", "/messages")
TYPED = PAYLOADS[4].format(n="typed")
_INJECTED = """() => [...document.querySelectorAll("*")]
  .filter((one) => /^xss/i.test(one.tagName) || one.matches("[onload], [onerror], [style*=alert]"))
  .map((one) => one.outerHTML.slice(0, 200))"""


@dataclass
class Visitor:
    """Somebody at the poisoned desk."""

    page: Any
    address: str
    listener: Listener
    pages: int = 0
    attacked: int = 0

    def goes(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.address + path)
        self.looks(path)

    def looks(self, what: str) -> None:
        """Fails where anything typed is alive on the page that is open."""
        assert self.listener.taken() == [], what
        injected, shown = self.page.evaluate(f"[({_INJECTED})(), document.body.innerText]")
        assert injected == [], what
        self.pages += 1
        self.attacked += "<xss-" in shown


@pytest.fixture
def visits(chromium: Any, poisoned: World) -> Iterator[Callable[[str], Visitor]]:
    """Opens a browser as somebody of the ground."""
    contexts = []
    with at_an_address(poisoned.app) as address:

        def as_(who: str) -> Visitor:
            context = chromium.new_context(locale="zh-CN")
            context.set_default_timeout(20_000)
            value = poisoned.session(who).token
            context.add_cookies([{"name": "kefu_session", "value": value, "url": address}])
            contexts.append(context)
            page = context.new_page()
            return Visitor(page, address, Listener(page))

        yield as_
        for context in contexts:
            context.close()


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Who opens which page: each once for each type, with its first row."""
    clients, seen = {who: world.client(who) for who in ("founder", "root", "sue")}, set()
    for ask in asks(world, "GET"):
        if (ask.rule, ask.type) not in seen:
            seen.add((ask.rule, ask.type))
            who = "root" if ask.path.startswith(ROOTS) else "founder"
            who = "sue" if ask.path.startswith("/values") else who
            if ask.send(clients[who]).mimetype == "text/html":
                yield who, ask.path


def test_nothing_typed_runs_on_any_page(poisoned: World, visits: Callable[[str], Visitor]) -> None:
    visitors = {who: visits(who) for who in ("founder", "root", "sue")}

    for who, path in pages(poisoned):
        visitors[who].goes(path)

    founder, root, sue = visitors.values()
    assert founder.pages + root.pages + sue.pages > 90
    assert founder.attacked > 40
    assert root.attacked > 2
    assert sue.attacked > 0


def test_nothing_typed_runs_where_scripts_show_it(
    poisoned: World, visits: Callable[[str], Visitor]
) -> None:
    one, customer = visits("founder"), poisoned.ground.ids["c_own"]
    page = one.page

    one.goes("/records/customer/")
    page.fill("[data-everywhere-box]", "xss")
    page.locator("[data-everywhere-hits] a").first.wait_for()
    one.looks("hits below the box")
    page.fill("[data-everywhere-box]", TYPED)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    one.looks("what was searched")
    one.goes("/records/visit/new")
    page.locator("[data-field='f.customer'] .ts-control").click()
    page.keyboard.type("xss")
    page.locator(".ts-dropdown .option", has_text="xss-").first.wait_for()
    one.looks("what a picker offers")
    one.goes(f"/records/customer/{customer}/edit")
    page.fill("[name='f.name']", TYPED)
    page.evaluate("document.querySelector('[name=version]').value = '1'")
    page.locator("main form .primary").last.click()
    page.locator("main [role=alert]").wait_for()
    one.looks("a conflict")

    assert one.attacked > 3


def test_what_is_planted_is_heard(poisoned: World, visits: Callable[[str], Visitor]) -> None:
    one = visits("founder")
    one.goes("/")

    one.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')"
    )
    one.page.evaluate("document.body.append(document.createElement('xss-planted'))")
    one.page.evaluate("setTimeout(() => { throw new Error('planted') })")
    one.page.evaluate("console.error('planted')")
    one.page.evaluate("setTimeout(() => alert('planted'))")
    one.page.wait_for_timeout(0)

    heard = {fault.partition(":")[0] for fault in one.listener.taken()}
    assert {"policy", "thrown", "console", "dialog"} <= heard
    assert one.page.evaluate(_INJECTED) != []
