"""A served desk and a real browser; without Chromium the journeys are left out and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kefu_admin import clock
from kefu_admin.behaviours.passwords import hash_password
from kefu_admin.store import accounts
from tests.faces.desk import SETTER, Served
from tests.serving import DROPPED, at_an_address

PASSWORD = "Zhuo-Mian-2026"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys alone may drop static files."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(DROPPED))


@pytest.fixture
def dialect() -> str:
    """One database: what differs between them is proved below the faces."""
    return "sqlite"


@dataclass(frozen=True)
class Live:
    """A desk at an address."""

    address: str
    served: Served


@pytest.fixture
def live(served: Served) -> Iterator[Live]:
    """The small desk behind a real socket; its people have a password."""
    store = served.desk.store
    hashed = hash_password(PASSWORD)
    with store.connection(), store.transaction():
        for person in served.people.values():
            accounts.set_password(
                store,
                person,
                hashed,
                must_change=False,
                kept=0,
                actor=SETTER,
                now=clock.now(),
                action="change_password",
                operation="tests",
            )
    with at_an_address(served.app) as address:
        yield Live(address, served)


class Person:
    """Somebody at a browser. Every script error and refused resource of the visit is kept."""

    def __init__(self, page: Any, live: Live) -> None:
        self.page = page
        self.live = live
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def goes(self, path: str) -> None:
        self.page.goto(self.live.address + path)

    def signs_in(self, login: str, password: str = PASSWORD) -> None:
        self.goes("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("main button.primary")

    def reads(self, words: str) -> None:
        """Waits until the words can be read."""
        self.page.get_by_text(words).first.wait_for(timeout=8000)


@pytest.fixture
def person(chromium: Any, live: Live) -> Iterator[Person]:
    """Somebody with a fresh browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    somebody = Person(context.new_page(), live)
    yield somebody
    context.close()
    assert somebody.faults == []


@pytest.fixture
def person_without_scripts(chromium: Any, live: Live) -> Iterator[Person]:
    """Somebody whose browser runs no scripts."""
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    yield Person(context.new_page(), live)
    context.close()


@pytest.fixture
def person_with_a_phone(chromium: Any, live: Live) -> Iterator[Person]:
    """Somebody with a narrow screen."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    somebody = Person(context.new_page(), live)
    yield somebody
    context.close()
    assert somebody.faults == []
