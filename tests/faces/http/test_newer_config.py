"""A newer config renews the process before anybody types into the old one's forms."""

from __future__ import annotations

import pytest

from kefu_admin.faces.http import guard
from kefu_admin.store.apply.activation import SWITCHING
from kefu_admin.store.database import FINGERPRINT
from kefu_admin.store.readiness import assert_ready
from kefu_admin.store.state import write_state
from tests.faces.admin.pages import form
from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def asked(served: Served) -> list[bool]:
    """How often the process was to be renewed."""
    heard: list[bool] = []
    served.runtime.restart = lambda: heard.append(True)
    assert_ready(served.desk.store)
    return heard


def move(served: Served, fingerprint: str = "another") -> None:
    """Another process applies."""
    store = served.desk.store
    with store.connection(), store.transaction():
        write_state(store, FINGERPRINT, fingerprint)
    served.runtime.looks_again_at = 0.0


def test_who_only_reads_has_the_process_renewed(served: Served, asked: list[bool]) -> None:
    browser = served.browser("clerk")
    browser.get("/records/customer/")
    assert asked == []

    move(served)

    assert browser.get("/records/customer/new").status_code == 200
    assert asked == [True]


def test_a_config_that_cannot_be_read_is_not_looked_for_with_every_page(
    served: Served, asked: list[bool]
) -> None:
    browser = served.browser("clerk")
    move(served)

    for _ in range(3):
        browser.get("/records/customer/")

    assert asked == [True]


def test_while_tables_are_switched_nobody_is_renewed(served: Served, asked: list[bool]) -> None:
    browser = served.browser("clerk")
    move(served, f"{SWITCHING}abc")

    browser.get("/records/customer/")

    assert asked == []


def test_a_form_opened_before_keeps_what_was_typed(served: Served, asked: list[bool]) -> None:
    browser = served.browser("clerk")
    blank = form(browser.get("/records/customer/new"), "/new")
    move(served)
    served.runtime.looks_again_at = guard.FAULTY_SECONDS + 1e12

    answer = blank.send(browser, f__name="打了一半的名字", f__kind="company")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "打了一半的名字" in page
    assert "系统配置刚刚更新" in page
    assert asked == [True]
