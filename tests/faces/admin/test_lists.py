"""The list: what it shows, how it is asked, and what its address tells."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.faces.admin.pages import cells, form, link, text
from tests.faces.desk import Served


def test_a_list_shows_what_the_view_names_with_phones_masked(served: Served, customer: int) -> None:
    page = served.browser("clerk").get("/records/customer/")

    (row,) = cells(page)
    assert row[1:5] == ["甲公司", "单位", "138****5678", "B类"]
    assert "共 1 条" in text(page)


def test_another_departments_customer_is_not_listed(served: Served, customer: int) -> None:
    page = served.browser("other_clerk").get("/records/customer/")

    assert "甲公司" not in page.get_data(as_text=True)
    assert "这里还没有记录" in text(page)


def test_a_choice_filter_stands_in_the_address(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    finder = form(browser.get("/records/customer/"), "/find")

    answer = finder.send(browser, f__kind="company")

    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (answer.status_code, asked["f.kind"]) == (303, ["company"])
    assert len(cells(browser.get(answer.headers["Location"]))) == 1


def test_a_filter_that_fits_nothing_says_so(served: Served, customer: int) -> None:
    page = served.browser("clerk").get("/records/customer/?f.kind=person")

    assert "没有符合条件的记录" in text(page)


def test_a_typed_search_is_found_and_does_not_stand_in_the_address(
    served: Served, customer: int
) -> None:
    browser = served.browser("clerk")
    finder = form(browser.get("/records/customer/"), "/find")

    answer = finder.send(browser, search="甲公")

    where = answer.headers["Location"]
    page = browser.get(where)
    assert "%E7%94%B2" not in where
    assert "甲" not in where
    assert len(cells(page)) == 1
    assert form(page, "/find").fields["search"] == "甲公"


def test_the_tail_of_a_masked_phone_finds_its_customer(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    finder = form(browser.get("/records/customer/"), "/find")

    by_tail = finder.send(browser, search="5678").headers["Location"]
    by_middle = finder.send(browser, search="0000").headers["Location"]

    assert len(cells(browser.get(by_tail))) == 1
    assert cells(browser.get(by_middle)) == []


def test_a_sealed_address_opens_for_nobody_else(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    finder = form(browser.get("/records/customer/"), "/find")
    where = finder.send(browser, search="甲公").headers["Location"]

    answer = served.browser("supervisor").get(where)

    assert answer.status_code == 400


def test_spans_of_days_filter_dates(served: Served, customer: int) -> None:
    browser = served.browser("clerk")

    this_month = browser.get("/records/customer/?f.since=this_month")
    last_month = browser.get("/records/customer/?f.since=last_month")
    between = browser.get("/records/customer/?f.since=range&f.since.from=2020-01-01")

    assert [len(cells(page)) for page in (this_month, last_month, between)] == [1, 0, 1]


def test_a_column_may_be_sorted_by_both_ways(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    boss = served.as_("supervisor")
    boss.post("/api/v1/customer", json={"name": "乙公司", "kind": "company"})

    up = browser.get("/records/customer/?s=name")
    down = browser.get("/records/customer/?s=-name")

    assert [row[1] for row in cells(up)] == ["乙公司", "甲公司"]
    assert [row[1] for row in cells(down)] == ["甲公司", "乙公司"]
    assert 'aria-sort="ascending"' in up.get_data(as_text=True)


def test_a_masked_column_cannot_be_sorted_or_filtered_by(served: Served, customer: int) -> None:
    browser = served.browser("clerk")

    assert browser.get("/records/customer/?s=phone").status_code == 422
    assert browser.get("/records/customer/?f.address=x").status_code == 422


def test_an_unknown_parameter_is_refused_by_name(served: Served) -> None:
    answer = served.browser("clerk").get("/records/customer/?colour=red")

    assert answer.status_code == 422
    assert "colour" in text(answer)


def test_a_type_one_has_no_right_to_is_not_there(served: Served) -> None:
    browser = served.browser("admin")

    for path in ("/records/customer/", "/records/customer/new", "/records/customer/1"):
        assert browser.get(path).status_code == 404


def test_a_page_of_fifty_leads_to_the_next_and_back(served: Served) -> None:
    boss, browser = served.as_("supervisor"), served.browser("supervisor")
    for number in range(53):
        boss.post("/api/v1/customer", json={"name": f"单位{number:03}", "kind": "company"})
    first = browser.get("/records/customer/?s=name")

    second = browser.get(link(first, "下一页"))
    back = browser.get(link(second, "上一页"))
    last = browser.get(link(first, "最后一页"))

    assert [row[1] for row in cells(first)] == [f"单位{n:03}" for n in range(50)]
    assert [row[1] for row in cells(second)] == [f"单位{n:03}" for n in range(50, 53)]
    assert cells(back) == cells(first)
    assert cells(last)[-1] == cells(second)[-1]


def test_the_list_page_stays_small(served: Served) -> None:
    boss, browser = served.as_("supervisor"), served.browser("supervisor")
    for number in range(50):
        boss.post(
            "/api/v1/customer",
            json={"name": f"朝阳单位{number:03}", "kind": "company", "region": "110105"},
        )

    page = browser.get("/records/customer/")

    assert len(cells(page)) == 50
    assert len(page.get_data()) <= 40 * 1024
