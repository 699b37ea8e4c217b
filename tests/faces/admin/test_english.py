"""In English a page holds no Chinese but what people or the config of this desk have written."""

from __future__ import annotations

import re

import pytest

from tests.faces.admin.pages import form, text
from tests.faces.desk import Served

HAN = re.compile(r"[\u3400-\u9fff]+")
WRITTEN = {"总部", "一部", "二部", "甲公司", "赵六", "北京市朝阳区"}
PAGES = [
    ("supervisor", "/"),
    ("supervisor", "/account/"),
    ("supervisor", "/account/password"),
    ("supervisor", "/records/customer/"),
    ("supervisor", "/records/customer/?f.since=range&f.kind=person"),
    ("supervisor", "/records/customer/new"),
    ("supervisor", "/records/customer/1"),
    ("clerk", "/records/customer/1"),
    ("supervisor", "/records/customer/1/edit"),
    ("supervisor", "/records/customer/1/delete"),
    ("supervisor", "/bin/"),
    ("supervisor", "/records/visit/new"),
    ("supervisor", "/jobs/"),
    ("admin", "/messages/"),
    ("supervisor", "/numbers/"),
    ("supervisor", "/numbers/new"),
    ("supervisor", "/tokens/"),
    ("supervisor", "/tokens/new"),
    ("admin", "/users/"),
    ("admin", "/users/new"),
    ("admin", "/users/1"),
    ("admin", "/departments/"),
    ("admin", "/departments/new"),
    ("admin", "/audit/"),
    ("admin", "/config/"),
    ("admin", "/nowhere"),
]


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_page_is_wholly_english(served: Served, customer: int, login: str, path: str) -> None:
    browser = served.browser(login)
    browser.post("/language", data={"locale": "en", "_csrf": browser.csrf})

    found = set(HAN.findall(text(browser.get(path))))

    assert found - WRITTEN == set()


def test_the_sign_in_page_is_wholly_english(served: Served) -> None:
    stranger = served.stranger()
    form(stranger.get("/sign-in"), "/language").send(stranger, locale="en")

    assert set(HAN.findall(text(stranger.get("/sign-in")))) == set()
