"""Signing in, the first page, languages, one's own account, error pages."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from kefu_admin import clock
from kefu_admin.behaviours import passwords
from kefu_admin.behaviours.passwords import hash_password
from kefu_admin.faces.admin.theme import STATIC
from kefu_admin.faces.http import gate
from kefu_admin.store import accounts
from tests.faces.admin.pages import form, text
from tests.faces.desk import SETTER, Client, Served

CSS = STATIC / "css"
PASSWORD = "Zhuo-Mian-2026"


def with_password(served: Served, login: str, *, must_change: bool = False) -> None:
    """Give somebody a password."""
    store = served.desk.store
    with store.connection(), store.transaction():
        accounts.set_password(
            store,
            served.people[login],
            hash_password(PASSWORD),
            must_change=must_change,
            kept=0,
            actor=SETTER,
            now=clock.now(),
            action="change_password",
            operation="tests",
        )


def signing_in(served: Served, login: str, password: str = PASSWORD) -> tuple[Client, object]:
    client = served.stranger()
    return client, form(client.get("/sign-in"), "/sign-in").send(
        client, login=login, password=password
    )


def test_who_is_not_signed_in_is_led_to_the_form_and_back(served: Served) -> None:
    with_password(served, "clerk")
    client = served.stranger()
    asked = client.get("/records/customer/?f.kind=person")

    page = client.get(asked.headers["Location"])
    answer = form(page, "/sign-in").send(client, login="clerk", password=PASSWORD)

    assert asked.status_code == 303
    assert answer.headers["Location"] == "/records/customer/?f.kind=person"


def test_a_wrong_password_is_told_without_saying_what_was_wrong(served: Served) -> None:
    with_password(served, "clerk")

    _, wrong = signing_in(served, "clerk", "Falsch-2026!")
    _, unknown = signing_in(served, "nobody_at_all", "Falsch-2026!")

    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in text(wrong)
    assert text(wrong) == text(unknown)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_eight_people_sign_in_at_once_where_hashing_takes_long(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password(served, "clerk")
    forms = []
    for _ in range(8):
        client = served.stranger()
        forms.append((client, form(client.get("/sign-in"), "/sign-in")))
    verify, slow = passwords._HASHER.verify, threading.Event()

    def verified(stored: str, password: str) -> bool:
        slow.wait(0.1)
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", SimpleNamespace(
        verify=verified, check_needs_rehash=lambda _: False
    ))  # fmt: skip
    monkeypatch.setattr(gate, "_STUCK_SECONDS", 0.05)

    with ThreadPoolExecutor(8) as people:
        answers = list(
            people.map(lambda one: one[1].send(one[0], login="clerk", password=PASSWORD), forms)
        )

    assert [answer.status_code for answer in answers] == [303] * 8


def test_a_foreign_next_is_not_followed(served: Served) -> None:
    with_password(served, "clerk")
    client = served.stranger()
    page = client.get("/sign-in?next=//evil.example/")

    answer = form(page, "/sign-in").send(client, login="clerk", password=PASSWORD)

    assert answer.headers["Location"] == "/"


def test_a_first_password_must_be_changed_before_anything_else(served: Served) -> None:
    with_password(served, "clerk", must_change=True)
    client, answer = signing_in(served, "clerk")

    elsewhere = client.get("/records/customer/")
    page = client.get("/account/password")
    changed = form(page, "/account/password").send(
        client, old_password=PASSWORD, password="Xin-Mi-Ma-2026", again="Xin-Mi-Ma-2026"
    )

    assert answer.headers["Location"] == "/account/password"
    assert elsewhere.headers["Location"] == "/account/password"
    assert changed.headers["Location"] == "/?notice=password_changed"
    assert "密码已修改" in text(client.get("/?notice=password_changed"))


def test_a_weak_or_mistyped_new_password_is_refused(served: Served) -> None:
    with_password(served, "clerk")
    client, _ = signing_in(served, "clerk")
    change = form(client.get("/account/password"), "/account/password")

    weak = change.send(client, old_password=PASSWORD, password="123", again="123")
    mistyped = change.send(client, old_password=PASSWORD, password="Xin-Mi-Ma-1", again="other")

    assert (weak.status_code, mistyped.status_code) == (422, 422)
    assert "两次填写的新密码不一致" in text(mistyped)


def test_signing_out_ends_the_session(served: Served) -> None:
    with_password(served, "clerk")
    client, _ = signing_in(served, "clerk")

    form(client.get("/"), "/sign-out").send(client)

    assert client.get("/").headers["Location"].endswith("/sign-in")


def test_the_first_page_counts_what_one_may_see(served: Served, customer: int) -> None:
    mine = text(served.browser("clerk").get("/"))
    his = text(served.browser("other_clerk").get("/"))

    assert "全部客户 1" in mine
    assert "全部客户 0" in his


def test_the_language_is_kept_for_the_session(served: Served) -> None:
    browser = served.browser("clerk")

    form(browser.get("/"), "/language").send(browser, locale="en")

    assert 'lang="en"' in browser.get("/").get_data(as_text=True)
    assert "Home" in browser.get("/").get_data(as_text=True)


def test_the_appearance_is_kept_by_the_browser(served: Served) -> None:
    browser = served.browser("clerk")
    by_system = browser.get("/").get_data(as_text=True)

    form(browser.get("/"), "/account/appearance").send(browser, appearance="dark")
    dark = browser.get("/").get_data(as_text=True)
    form(browser.get("/"), "/account/appearance").send(browser, appearance="light")
    light = browser.get("/").get_data(as_text=True)

    assert 'media="(prefers-color-scheme: dark)"' in by_system
    assert "css/dark.css" in dark
    assert "prefers-color-scheme" not in dark
    assert "css/dark.css" not in light


def test_both_appearances_name_the_same_colours() -> None:
    def colours(name: str) -> set[str]:
        return set(re.findall(r"^  (--[a-z0-9-]+): (?:#|\d)", (CSS / name).read_text(), re.M))

    sizes = {"--tblr-border-radius", "--top", "--side"}

    assert colours("panel.css") - sizes == colours("dark.css") - {"--tblr-body-color"}


def test_a_page_that_does_not_exist_says_so_plainly(served: Served) -> None:
    answer = served.browser("clerk").get("/nowhere")

    assert answer.status_code == 404
    assert "没有找到" in text(answer)


def test_nobody_is_told_anything_before_signing_in(served: Served) -> None:
    assert served.stranger().get("/nowhere").status_code in (303, 404)


def test_the_account_page_names_the_roles(served: Served) -> None:
    assert "客服专员" in text(served.browser("clerk").get("/account/"))


def test_regions_are_found_by_a_few_characters(served: Served) -> None:
    browser = served.browser("clerk")

    found = browser.post("/regions", data={"term": "北京 朝阳", "_csrf": browser.csrf}).json

    assert {"id": "110105", "label": "北京市朝阳区"} in found["data"]


def test_a_token_opens_no_page(served: Served) -> None:
    assert served.as_("supervisor").get("/records/customer/").status_code == 303


def test_one_without_numbers_finds_the_places_of_his_menu_at_home(served: Served) -> None:
    admin = served.browser("admin").get("/").get_data(as_text=True)
    clerk = served.browser("clerk").get("/").get_data(as_text=True)

    assert '<a class="count-card" href="/audit/">' in admin
    assert '<a class="count-card" href="/audit/">' not in clerk
