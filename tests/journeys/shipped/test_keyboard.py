"""The desk by keyboard: single keys where nobody types, help that lists them, a switch to be rid of
them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.shipped.conftest import Opens
from tests.journeys.shipped.demo import BOSS, Site

LIST = "/records/customer/"


@pytest.fixture
def page(opens: Opens, site: Site) -> Any:
    """The list of customers, ready."""
    one = opens(BOSS)
    goes(one, site, LIST)
    return one


def goes(page: Any, site: Site, path: str) -> None:
    page.goto(site.address + path)
    page.locator("html.scripted").wait_for(state="attached")


def presses(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def at(page: Any, path: str) -> None:
    """Waits until the page at the path is there, with its scripts."""
    page.wait_for_url(re.compile(path + r"(\?|$)"))
    page.locator("html.scripted").wait_for(state="attached")


def test_rows_open_change_and_lead_back_without_the_mouse(page: Any, site: Site) -> None:
    titles = page.locator("[data-list] tbody tr").all()
    presses(page, "j", "j", "k")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 1
    assert len(titles) > 2

    presses(page, "Enter")
    at(page, r"/records/customer/\d+")
    presses(page, "e")
    at(page, r"/records/customer/\d+/edit")
    page.fill("[name='f.name']", "键盘改的客户")
    presses(page, "Control+s")
    at(page, r"/records/customer/\d+")
    presses(page, "g", "l")
    at(page, LIST)
    presses(page, "n")
    at(page, "/records/customer/new")
    page.evaluate("document.activeElement.blur()")
    presses(page, "g", "h")
    at(page, "/")


def test_no_key_acts_while_somebody_types_or_composes(page: Any) -> None:
    presses(page, "/")
    page.keyboard.type("nj?e")

    assert page.input_value("[data-search]") == "nj?e"
    page.evaluate(
        """for (const more of [{ isComposing: true }, { keyCode: 229 }, { altKey: true }])
          document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key: "?", bubbles: true, ...more }))"""
    )
    assert page.locator("[data-keys][open]").count() == 0
    page.evaluate("document.activeElement.blur()")
    presses(page, "?")
    page.locator("[data-keys][open]").wait_for()
    presses(page, "n")
    assert page.url.endswith(LIST)


def test_help_opens_from_the_menu_and_single_keys_can_be_switched_off(
    page: Any, site: Site
) -> None:
    page.locator(".person summary").click()
    page.locator("[data-keys-open]").click()
    page.get_by_role("dialog", name="快捷键").wait_for()
    page.locator("[data-keys-on]").uncheck()
    presses(page, "Escape")
    page.locator("[data-keys][open]").wait_for(state="detached")

    goes(page, site, LIST)
    presses(page, "?", "j")

    assert page.locator("[data-keys][open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    presses(page, "Control+k")
    assert page.evaluate("document.activeElement.name") == "text"


def test_full_width_marks_of_a_chinese_keyboard_count(page: Any) -> None:
    page.evaluate(
        """document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "？", bubbles: true }))"""
    )

    page.locator("[data-keys][open]").wait_for()
