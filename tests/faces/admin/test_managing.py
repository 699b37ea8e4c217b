"""People, departments, tokens, numbers, audit and config in the panel."""

from __future__ import annotations

import re

from tests.faces.admin.pages import form, text
from tests.faces.admin.test_front import PASSWORD, with_password
from tests.faces.desk import Served

PAGES = {
    "/users/": "admin",
    "/users/new": "admin",
    "/departments/": "admin",
    "/departments/new": "admin",
    "/audit/": "admin",
    "/config/": "admin",
    "/tokens/": "clerk",
    "/tokens/new": "clerk",
    "/numbers/": "supervisor",
    "/numbers/new": "supervisor",
}


def test_each_page_opens_for_who_may_and_for_nobody_else(served: Served) -> None:
    opened = {path: served.browser(login).get(path).status_code for path, login in PAGES.items()}
    closed = {path: served.browser("nobody").get(path).status_code for path in PAGES}

    assert set(opened.values()) == {200}
    assert set(closed.values()) == {403}


def test_a_new_person_gets_a_first_password_shown_once(served: Served) -> None:
    browser = served.browser("admin")
    blank = form(browser.get("/users/new"), "/new")

    answer = blank.send(browser, login="wangwu", name="王五", roles=["clerk"])
    again = blank.send(browser, login="wangwu", name="王五", roles=["clerk"])

    secret = re.search(r'class="secret">([^<]+)<', answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert secret
    assert secret[1] not in again.get_data(as_text=True)
    assert "wangwu" in text(browser.get("/users/"))


def test_a_login_that_is_taken_is_said_beside_its_field(served: Served) -> None:
    browser = served.browser("admin")

    answer = form(browser.get("/users/new"), "/new").send(browser, login="clerk", name="王五")

    assert answer.status_code == 422
    assert 'id="f-login-error"' in answer.get_data(as_text=True)
    assert form(answer, "/new").fields["name"] == "王五"


def test_a_person_taken_out_of_use_is_signed_out_at_once(served: Served) -> None:
    browser, clerk = served.browser("admin"), served.browser("clerk")
    path = f"/users/{served.people['clerk']}"

    answer = form(browser.get(path), path).send(browser, active="false")

    assert answer.headers["Location"] == "/users/?notice=user_saved"
    assert clerk.get("/").status_code == 303


def test_an_administrator_sees_who_is_locked_and_opens_the_account(served: Served) -> None:
    with_password(served, "clerk")
    stranger = served.stranger()
    for _ in range(11):
        form(stranger.get("/sign-in"), "/sign-in").send(stranger, login="clerk", password="x")
    browser, path = served.browser("admin"), f"/users/{served.people['clerk']}"
    locked = browser.get("/users/")

    answer = form(browser.get(path), "/unlock").send(browser)

    assert "已锁定" in text(locked)
    assert answer.headers["Location"] == f"{path}?notice=user_unlocked"
    assert "已锁定" not in text(browser.get("/users/"))
    entered = form(stranger.get("/sign-in"), "/sign-in")
    assert entered.send(stranger, login="clerk", password=PASSWORD).status_code == 303
    assert "/unlock" not in browser.get(path).get_data(as_text=True)


def test_a_persons_page_names_the_login(served: Served) -> None:
    page = served.browser("admin").get(f"/users/{served.people['supervisor']}")

    assert "账号：supervisor" in text(page)


def test_a_role_list_that_was_not_sent_is_left_alone(served: Served) -> None:
    browser = served.browser("admin")
    path = f"/users/{served.people['clerk']}"

    form(browser.get(path), path).send(browser, ("roles",), name="小王")

    assert served.browser("clerk").get("/records/customer/").status_code == 200


def test_a_persons_form_needs_its_version(served: Served) -> None:
    browser = served.browser("admin")
    path = f"/users/{served.people['clerk']}"

    assert form(browser.get(path), path).send(browser, ("version",)).status_code == 428


def test_people_are_found_by_name_without_it_standing_in_the_address(served: Served) -> None:
    browser = served.browser("admin")

    answer = form(browser.get("/users/"), "/find").send(browser, term="super")

    where = answer.headers["Location"]
    assert "super" not in where
    assert "supervisor" in text(browser.get(where))
    assert "other_clerk" not in text(browser.get(where))


def test_a_department_is_created_and_moved(served: Served) -> None:
    browser = served.browser("admin")

    made = form(browser.get("/departments/new"), "/new").send(
        browser, name="三部", code="B9", parent=str(served.departments["一部"])
    )

    assert made.headers["Location"] == "/departments/?notice=department_saved"
    assert "三部" in text(browser.get("/departments/"))


def test_a_token_is_shown_once_and_can_be_revoked(served: Served) -> None:
    browser = served.browser("clerk")

    issued = form(browser.get("/tokens/new"), "/new").send(
        browser, name="报表程序", scopes="customer:read"
    )

    page = issued.get_data(as_text=True)
    secret = re.search(r'class="secret">([^<]+)<', page)
    assert secret
    assert "报表程序" in text(browser.get("/tokens/"))
    assert secret[1] not in browser.get("/tokens/").get_data(as_text=True)


def test_a_number_is_voided_for_a_reason(served: Served) -> None:
    browser = served.browser("supervisor")

    without = form(browser.get("/numbers/new"), "/new").send(browser, series="visit")
    given = form(browser.get("/numbers/new"), "/new").send(browser, series="visit", reason="写坏了")

    assert (without.status_code, given.status_code) == (422, 200)
    assert "写坏了" in text(browser.get("/numbers/"))


def test_voiding_sent_twice_voids_one_number(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/numbers/new"), "/new")

    first = blank.send(browser, series="visit", reason="写坏了")
    second = blank.send(browser, series="visit", reason="写坏了")

    assert text(first) == text(second)
    assert text(browser.get("/numbers/")).count("写坏了") == 1


def test_a_token_asked_for_twice_is_issued_once(served: Served) -> None:
    browser = served.browser("clerk")
    blank = form(browser.get("/tokens/new"), "/new")

    blank.send(browser, name="报表程序", scopes="customer:read")
    again = blank.send(browser, name="报表程序", scopes="customer:read")

    assert 'class="secret"' not in again.get_data(as_text=True)
    assert text(browser.get("/tokens/")).count("报表程序") == 1


def test_the_audit_book_tells_what_was_done_without_personal_values(
    served: Served, customer: int
) -> None:
    page = text(served.browser("admin").get("/audit/?type=customer"))

    assert "创建" in page
    assert f"客户 #{customer}" in page
    assert "13800005678" not in page


def test_the_login_looked_for_in_the_audit_book_is_not_in_the_address(served: Served) -> None:
    browser = served.browser("admin")

    answer = form(browser.get("/audit/"), "/find").send(browser, who="supervisor")

    assert "supervisor" not in answer.headers["Location"]
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_the_config_page_names_what_is_applied(served: Served) -> None:
    page = text(served.browser("admin").get("/config/"))

    assert served.desk.project.fingerprint in page
    assert "types/customer.yaml" in page


def test_the_audit_book_speaks_the_readers_language(served: Served) -> None:
    browser = served.browser("admin")
    chinese = text(browser.get("/audit/"))
    form(browser.get("/"), "/language").send(browser, locale="en")
    english = text(browser.get("/audit/"))

    assert "在用=是; 代码=ZB; 名称=总部" in chinese
    assert "Code=ZB; Name=总部" in english
