"""The box in the header and its page: hits by type, nothing typed in the address."""

from __future__ import annotations

from tests.faces.admin.pages import form
from tests.faces.desk import Served


def test_the_page_finds_by_pinyin_and_keeps_the_text_out_of_the_address(
    served: Served, customer: int
) -> None:
    browser = served.browser("clerk")
    box = form(browser.get("/"), "/search/ask")

    answer = box.send(browser, text="jiags")

    where = answer.headers["Location"]
    page = browser.get(where)
    assert answer.status_code == 303
    assert "jia" not in where
    assert "<mark>甲公司</mark>" in page.get_data(as_text=True)
    assert f'href="/records/customer/{customer}"' in page.get_data(as_text=True)


def test_hits_below_the_box_are_those_of_the_person(served: Served, customer: int) -> None:
    def below(login: str) -> str:
        browser = served.browser(login)
        csrf = form(browser.get("/"), "/search/ask").fields["_csrf"]
        answer = browser.post("/search/hits", data={"text": "甲公司", "_csrf": csrf})
        return answer.get_data(as_text=True)

    assert "甲公司" in below("clerk")
    assert "没有找到" in below("other_clerk")


def test_a_masked_phone_shows_no_more_than_its_mask(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    where = form(browser.get("/"), "/search/ask").send(browser, text="5678").headers["Location"]

    page = browser.get(where).get_data(as_text=True)

    assert "138****<mark>5678</mark>" in page
    assert "13800005678" not in page


def test_a_sealed_search_opens_for_nobody_else_and_odd_parameters_are_refused(
    served: Served, customer: int
) -> None:
    browser = served.browser("clerk")
    where = form(browser.get("/"), "/search/ask").send(browser, text="甲").headers["Location"]

    assert served.browser("supervisor").get(where).status_code == 400
    assert browser.get("/search/?text=x").status_code == 422
    assert browser.get("/search/").status_code == 200


def test_what_was_searched_for_is_marked_in_the_list_and_escaped(
    served: Served, customer: int
) -> None:
    boss = served.as_("supervisor")
    sent = {"name": "<b>甲&乙</b>", "kind": "company", "department": served.departments["一部"]}
    assert boss.post("/api/v1/customer", json=sent).status_code == 201
    browser = served.browser("clerk")

    def listed(term: str) -> str:
        where = form(browser.get("/records/customer/"), "/customer/find").send(browser, search=term)
        return browser.get(where.headers["Location"]).get_data(as_text=True)

    assert "<mark>甲公</mark>司" in listed("甲公")
    assert "<mark>甲公司</mark>" in listed("jgs")
    assert "&lt;b&gt;<mark>甲&amp;乙</mark>&lt;/b&gt;" in listed("甲&乙")
    assert "138****<mark>5678</mark>" in listed("5678")
