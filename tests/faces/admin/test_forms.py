"""Creating, editing and deleting by form, with nothing but HTML."""

from __future__ import annotations

import io
import re

import pytest

from tests.faces.admin.pages import form, text
from tests.faces.desk import Client, Served

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def stored(served: Served, id: int) -> dict[str, object]:
    """The record as the supervisor reads it."""
    body = served.as_("supervisor").get(f"/api/v1/customer/{id}").json
    return dict(body["data"])


def value(served: Served, id: int, name: str) -> object:
    values = stored(served, id)["values"]
    assert isinstance(values, dict)
    return values[name]


def opened(client: Client, id: int) -> object:
    return form(client.get(f"/records/customer/{id}/edit"), "/edit")


def test_a_record_is_created_with_its_contacts(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    answer = blank.send(
        browser,
        f__name="乙公司",
        f__kind="company",
        f__contacts__0__name="钱七",
        f__contacts__0__phone="13911112222",
    )

    page = browser.get(answer.headers["Location"])
    assert answer.status_code == 303
    assert "新记录已建立" in text(page)
    assert "钱七" in text(page)


def test_no_level_above_ones_clearance_is_offered(served: Served) -> None:
    offered = {
        who: re.findall(
            r'value="(internal|secret)"', served.browser(who).get("/records/customer/new").text
        )
        for who in ("clerk", "supervisor")
    }

    assert offered == {"clerk": ["internal"], "supervisor": ["internal", "secret"]}


def test_the_form_brings_the_defaults(served: Served) -> None:
    blank = form(served.browser("clerk").get("/records/customer/new"), "/new")

    assert blank.fields["f.owner"] == str(served.people["clerk"])
    assert blank.fields["f.department"] == str(served.departments["一部"])
    assert blank.fields["f.kind"] == "person"
    assert blank.fields["f.since"]


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    answer = blank.send(browser, f__name="", f__kind="company", f__address="解放路 1 号")

    again = form(answer, "/new")
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.get_data(as_text=True)
    assert again.fields["f.address"] == "解放路 1 号"
    assert again.fields["key"] != blank.fields["key"]


def test_a_wrong_child_row_is_said_in_its_row(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    answer = blank.send(
        browser,
        f__name="乙公司",
        f__kind="company",
        f__contacts__7__name="钱七",
        f__contacts__7__phone="abc",
    )

    assert answer.status_code == 422
    assert 'id="f-contacts-0-phone-error"' in answer.get_data(as_text=True)
    assert "联系人第 1 行 电话" in text(answer)
    assert form(answer, "/new").fields["f.contacts.0.name"] == "钱七"


def test_one_more_row_is_added_without_scripts(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    answer = blank.send(browser, f__name="乙公司", _add="f.contacts")

    again = form(answer, "/new")
    assert answer.status_code == 200
    assert again.fields["f.name"] == "乙公司"
    assert "f.contacts.0.name" in again.fields


def test_a_record_to_refer_to_is_found_without_scripts(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/visit/new"), "/new")

    answer = blank.send(browser, _find="f.customer", find__f__customer="甲公")

    assert f'<option value="{customer}">甲公司</option>' in answer.get_data(as_text=True)


def test_the_same_form_sent_twice_creates_one_record(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    first = blank.send(browser, f__name="乙公司", f__kind="company")
    second = blank.send(browser, f__name="乙公司", f__kind="company")

    assert first.headers["Location"] == second.headers["Location"]


def test_the_same_deletion_sent_twice_says_the_same(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")
    made = blank.send(browser, f__name="乙公司", f__kind="company").headers["Location"]
    leaving = form(browser.get(f"{made.partition('?')[0]}/delete"), "/delete")

    answers = [leaving.send(browser) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_form_without_its_key_is_refused(served: Served) -> None:
    browser = served.browser("supervisor")
    blank = form(browser.get("/records/customer/new"), "/new")

    answer = blank.send(browser, ("key",), f__name="乙公司", f__kind="company")

    assert answer.status_code == 400


def test_a_form_without_the_session_token_is_refused(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")

    answer = opened(browser, customer).send(browser, ("_csrf",), f__name="别的")

    assert answer.status_code == 400
    assert value(served, customer, "name") == "甲公司"


def test_a_form_without_its_version_is_refused(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")

    answer = opened(browser, customer).send(browser, ("version",), f__name="别的")

    assert answer.status_code == 428
    assert value(served, customer, "name") == "甲公司"


def test_an_unchanged_form_changes_nothing(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    before = stored(served, customer)

    answer = opened(browser, customer).send(browser)

    assert answer.headers["Location"].endswith("notice=unchanged")
    assert stored(served, customer) == before


def test_a_clerk_who_leaves_a_masked_phone_blank_keeps_it(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    edit = opened(browser, customer)

    edit.send(browser, f__level="a")

    assert edit.fields["f.phone"] == ""
    assert value(served, customer, "phone") == "13800005678"
    assert value(served, customer, "level") == "a"


def test_the_form_of_a_clerk_never_holds_the_masked_phone(served: Served, customer: int) -> None:
    page = served.browser("clerk").get(f"/records/customer/{customer}/edit").get_data(as_text=True)

    assert "13800005678" not in page
    assert "138****5678" in page


def test_a_field_one_may_not_write_is_refused_even_if_sent(served: Served, customer: int) -> None:
    browser = served.browser("clerk")

    answer = opened(browser, customer).send(browser, f__credit="100")

    assert answer.status_code in (403, 422)
    assert value(served, customer, "credit") is None


def test_who_comes_second_sees_both_values_and_keeps_what_he_typed(
    served: Served, customer: int
) -> None:
    first, second = served.browser("supervisor"), served.browser("supervisor")
    early, late = opened(first, customer), opened(second, customer)
    early.send(first, f__name="甲公司（更名）")

    answer = late.send(second, f__name="甲集团")

    page, again = text(answer), form(answer, "/edit")
    assert answer.status_code == 409
    assert "这条记录已被别人修改" in page
    assert "甲公司（更名）" in page
    assert again.fields["f.name"] == "甲集团"
    assert again.send(second).status_code == 303
    assert value(served, customer, "name") == "甲集团"


def test_what_others_changed_and_one_left_alone_is_taken_over(
    served: Served, customer: int
) -> None:
    first, second = served.browser("supervisor"), served.browser("supervisor")
    early, late = opened(first, customer), opened(second, customer)
    early.send(first, f__phone="13900001111")

    answer = late.send(second, f__name="甲集团")

    assert answer.status_code == 409
    assert "13800005678 → 13900001111" in text(answer)
    assert form(answer, "/edit").send(second).status_code == 303
    assert value(served, customer, "name") == "甲集团"
    assert value(served, customer, "phone") == "13900001111"


def test_both_changed_three_values_are_shown_and_theirs_can_be_taken(
    served: Served, customer: int
) -> None:
    first, second = served.browser("supervisor"), served.browser("supervisor")
    early, late = opened(first, customer), opened(second, customer)
    early.send(first, f__name="甲公司（更名）")

    answer = late.send(second, f__name="甲集团", f__phone="13900001111")

    assert re.search("甲公司 甲公司（更名） 甲集团", text(answer))
    again = form(answer, "/edit")
    assert again.send(second, take__name="now").status_code == 303
    assert value(served, customer, "name") == "甲公司（更名）"
    assert value(served, customer, "phone") == "13900001111"


def test_owned_rows_are_merged_row_by_row(served: Served, customer: int) -> None:
    first, second = served.browser("supervisor"), served.browser("supervisor")
    early, late = opened(first, customer), opened(second, customer)
    early.send(first, f__contacts__0__phone="13900002222", f__contacts__9__name="新来的")

    answer = late.send(second, f__name="甲集团")

    assert answer.status_code == 409
    assert form(answer, "/edit").send(second).status_code == 303
    rows = value(served, customer, "contacts")
    assert isinstance(rows, list)
    assert sorted((row["values"]["name"], row["values"].get("phone")) for row in rows) == [
        ("新来的", None),
        ("赵六", "13900002222"),
    ]
    assert value(served, customer, "name") == "甲集团"


def test_what_others_did_in_rows_is_never_undone_unsaid(served: Served, customer: int) -> None:
    boss, clerk = served.browser("supervisor"), served.browser("clerk")
    early, late = opened(boss, customer), opened(clerk, customer)
    early.send(boss, f__contacts__0__name="赵七")

    answer = late.send(clerk, f__name="甲集团")

    assert answer.status_code == 409
    told = answer.get_data(as_text=True).partition('id="conflict"')[2].partition("<form")[0]
    assert "赵七" in told


def test_a_child_row_marked_for_deletion_goes(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")

    opened(browser, customer).send(browser, f__contacts__0___delete="1")

    assert value(served, customer, "contacts") == []


def test_deleting_asks_first_and_then_leads_to_the_list(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    asked = browser.get(f"/records/customer/{customer}/delete")

    answer = form(asked, "/delete").send(browser)

    assert "删除“甲公司”？" in text(asked)
    led = answer.headers["Location"]
    assert led == f"/records/customer/?notice=deleted.customer.{customer}.2"
    assert browser.get(f"/records/customer/{customer}").status_code == 404

    back = form(browser.get(led), "/restore").send(browser)

    assert back.headers["Location"] == f"/records/customer/{customer}?notice=restored"
    assert browser.get(f"/records/customer/{customer}").status_code == 200
    again = form(browser.get(f"/records/customer/{customer}/delete"), "/delete").send(browser)
    assert form(browser.get(again.headers["Location"]), "/restore").send(browser).status_code == 303


@pytest.mark.parametrize(
    "notice", ["deleted", "deleted.customer", "deleted.a/b.1.1", "saved.customer.1.1"]
)
def test_only_a_whole_notice_of_a_deletion_offers_to_take_it_back(
    served: Served, notice: str
) -> None:
    page = served.browser("supervisor").get(f"/records/customer/?notice={notice}")

    assert page.status_code == 200
    assert "/restore" not in page.get_data(as_text=True)


def test_one_who_may_not_restore_is_offered_no_undo(served: Served, customer: int) -> None:
    browser = served.browser("clerk")
    page = browser.get(f"/records/customer/{customer}/delete")
    if page.status_code == 200:
        assert form(page, "/delete").send(browser).headers["Location"].endswith("=deleted")
    else:
        assert page.status_code == 403


def test_what_others_refer_to_is_not_deleted(served: Served, customer: int) -> None:
    served.as_("supervisor").post("/api/v1/visit", json={"customer": customer})
    browser = served.browser("supervisor")

    answer = form(browser.get(f"/records/customer/{customer}/delete"), "/delete").send(browser)

    assert answer.status_code == 409
    assert "仍被引用" in text(answer)


def test_a_clerk_may_not_delete(served: Served, customer: int) -> None:
    browser = served.browser("clerk")

    assert browser.get(f"/records/customer/{customer}/delete").status_code == 403
    assert "删除" not in text(browser.get(f"/records/customer/{customer}"))


def test_another_departments_record_is_not_there_for_any_page(
    served: Served, customer: int
) -> None:
    browser = served.browser("other_clerk")
    missing = text(browser.get("/records/customer/999"))

    for page in ("", "/edit", "/delete"):
        answer = browser.get(f"/records/customer/{customer}{page}")
        assert (answer.status_code, text(answer)) == (404, missing)


def test_the_language_of_the_form_is_the_persons(served: Served) -> None:
    browser = served.browser("supervisor")
    switch = form(browser.get("/records/customer/new"), "/language")

    answer = switch.send(browser, locale="en")

    page = browser.get(answer.headers["Location"])
    assert answer.headers["Location"] == "/records/customer/new"
    assert "New customer" in text(page)


def test_a_file_must_go_into_a_file_field(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    sent = dict(opened(browser, customer).fields)
    sent["upload.f.name"] = (io.BytesIO(PNG), "照片.png")

    answer = browser.post(f"/records/customer/{customer}/edit", data=sent)

    assert answer.status_code == 422


def test_an_edit_sent_again_is_told_saved_though_the_record_is_out_of_sight(
    served: Served, customer: int
) -> None:
    boss, browser = served.as_("supervisor"), served.browser("clerk")
    page = opened(browser, customer)
    sent = {**page.fields, "f.name": "甲公司（新）"}
    first = browser.post(page.action, data=sent)
    tag = boss.get(f"/api/v1/customer/{customer}").headers["ETag"]
    moved = boss.patch(
        f"/api/v1/customer/{customer}",
        json={"department": served.departments["二部"]},
        headers={"If-Match": tag},
    )
    assert (first.status_code, moved.status_code) == (303, 200)

    again = browser.post(page.action, data=sent)
    other = browser.post(page.action, data={**sent, "f.name": "乙公司"})
    fresh = browser.post(page.action, data={**sent, "key": "k" * 20})

    assert again.status_code == 303
    assert "已保存" in text(browser.get(again.headers["Location"]))
    assert "甲公司（新）" not in text(browser.get(again.headers["Location"]))
    assert (other.status_code, fresh.status_code) == (422, 404)
    assert value(served, customer, "name") == "甲公司（新）"
