"""The detail: sections, owned rows, related records, history, uncovering a masked value."""

from __future__ import annotations

from tests.faces.admin.pages import form, forms, text
from tests.faces.desk import Served


def test_a_record_is_shown_in_sections_with_its_contacts(served: Served, customer: int) -> None:
    page = text(served.browser("supervisor").get(f"/records/customer/{customer}"))

    for words in ("甲公司", "基本信息", "归属", "联系人", "赵六", "13800005678"):
        assert words in page


def test_a_field_that_does_not_apply_to_the_record_is_left_out(
    served: Served, customer: int
) -> None:
    page = text(served.browser("supervisor").get(f"/records/customer/{customer}"))
    served.as_("supervisor").patch(
        f"/api/v1/customer/{customer}", json={"kind": "person"}, headers={"If-Match": '"1"'}
    )

    assert "身份证号" not in page
    assert "身份证号" in text(served.browser("supervisor").get(f"/records/customer/{customer}"))


def test_records_that_refer_to_it_are_listed_and_lead_on(served: Served, customer: int) -> None:
    served.as_("supervisor").post("/api/v1/visit", json={"customer": customer})
    browser = served.browser("supervisor")

    page = browser.get(f"/records/customer/{customer}").get_data(as_text=True)

    assert f"/records/visit/?f.customer={customer}" in page
    assert f"/records/visit/new?from.customer={customer}" in page
    filled = form(browser.get(f"/records/visit/new?from.customer={customer}"), "/new")
    assert filled.fields["f.customer"] == str(customer)


def test_history_tells_who_changed_what_from_what_to_what(served: Served, customer: int) -> None:
    served.as_("supervisor").patch(
        f"/api/v1/customer/{customer}", json={"level": "a"}, headers={"If-Match": '"1"'}
    )

    page = served.browser("supervisor").get(f"/records/customer/{customer}").get_data(as_text=True)

    history = page.partition('id="history"')[2]
    assert "<del>B类</del> <ins>A类</ins>" in history
    assert "supervisor" in history
    assert "第 2 版" in history


def test_a_clerk_uncovers_a_phone_for_a_reason(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    page = browser.get(f"/records/customer/{customer}")
    ask = next(one for one in forms(page) if one.fields.get("field") == "phone")

    answer = ask.send(browser, reason="客户要求回电")

    assert "13800005678" not in page.get_data(as_text=True)
    assert "13800005678" in text(answer)
    assert "13800005678" not in text(browser.get(f"/records/customer/{customer}"))


def test_uncovering_without_a_reason_is_refused(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    page = browser.get(f"/records/customer/{customer}")
    ask = next(one for one in forms(page) if one.fields.get("field") == "phone")

    answer = ask.send(browser, reason=" ")

    assert answer.status_code == 422
    assert "13800005678" not in answer.get_data(as_text=True)


def test_personal_pages_are_kept_nowhere(served: Served, customer: int) -> None:
    answer = served.browser("clerk").get(f"/records/customer/{customer}")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_what_people_write_is_printed_and_never_run(served: Served) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    made = served.as_("supervisor").post(
        "/api/v1/customer", json={"name": nasty[:80], "kind": "company", "address": nasty}
    )
    id = made.json["data"]["id"]
    browser = served.browser("supervisor")

    for path in (f"/records/customer/{id}", f"/records/customer/{id}/edit", "/records/customer/"):
        page = browser.get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_pick_list_answers_only_what_one_may_see(served: Served, customer: int) -> None:
    asked = {"term": "甲公"}
    clerk, other = served.browser("clerk"), served.browser("other_clerk")

    mine = clerk.post("/records/visit/choices/customer", data={**asked, "_csrf": clerk.csrf})
    his = other.post("/records/visit/choices/customer", data={**asked, "_csrf": other.csrf})

    assert mine.json == {"ok": True, "data": [{"id": str(customer), "label": "甲公司"}]}
    assert his.json == {"ok": True, "data": []}
