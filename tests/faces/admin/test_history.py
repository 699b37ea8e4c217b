"""The page of a record's versions: comparing two, restoring one or a single field."""

from __future__ import annotations

import re

import pytest

from tests.faces.admin.pages import form, text
from tests.faces.desk import Served

ACME = {"name": "甲公司", "kind": "company", "phone": "13800005678", "level": "b"}


@pytest.fixture
def customer(served: Served) -> int:
    """A customer of the first department with three versions; his id."""
    boss = served.as_("supervisor")
    sent = {**ACME, "department": served.departments["一部"]}
    id: int = boss.post("/api/v1/customer", json=sent).json["data"]["id"]
    for version, values in ((1, {"level": "a", "phone": "13900001111"}), (2, {"name": "乙公司"})):
        headers = {"If-Match": f'"{version}"'}
        boss.patch(f"/api/v1/customer/{id}", json=values, headers=headers)
    return id


def test_the_newest_change_is_compared_and_any_other_pair_when_asked(
    served: Served, customer: int
) -> None:
    browser, path = served.browser("supervisor"), f"/records/customer/{customer}/history"

    newest = text(browser.get(path))
    chosen = text(browser.get(f"{path}?older=1&newer=3"))
    swapped = text(browser.get(f"{path}?older=3&newer=1"))

    assert "第 2 版与第 3 版的不同" in newest
    assert "13800005678" not in newest
    for told in ("甲公司", "乙公司", "13800005678", "13900001111"):
        assert told in chosen
    assert chosen == swapped


def test_a_version_and_a_single_field_are_restored(served: Served, customer: int) -> None:
    browser, path = served.browser("supervisor"), f"/records/customer/{customer}"
    page = browser.get(f"{path}/history?older=1&newer=3")
    reverts = re.findall(r'name="field" value="(\w+)"', page.get_data(as_text=True))

    one = form(page, "/revert").send(browser, field="name")
    whole = form(browser.get(f"{path}/history?older=1&newer=4"), "/revert").send(browser)

    assert sorted(reverts) == ["level", "name", "phone"]
    assert one.headers["Location"] == f"{path}?notice=reverted"
    assert whole.status_code == 303
    values = served.as_("supervisor").get(f"/api/v1/customer/{customer}").json["data"]["values"]
    assert (values["name"], values["level"], values["phone"]) == ("甲公司", "b", "13800005678")
    assert "恢复旧内容" in text(browser.get(path))


def test_a_clerk_compares_masked_and_is_told_what_he_may_not_restore(
    served: Served, customer: int
) -> None:
    served.as_("supervisor").patch(
        f"/api/v1/customer/{customer}", json={"credit": "5"}, headers={"If-Match": '"3"'}
    )
    browser, path = served.browser("clerk"), f"/records/customer/{customer}"
    page = browser.get(f"{path}/history?older=1&newer=4")

    refused = form(page, "/revert").send(browser)

    assert "138****5678" in text(page)
    assert "13800005678" not in text(page)
    assert refused.status_code == 422
    assert "信用额度" in text(refused)


def test_an_older_form_is_told_that_the_record_moved_on(served: Served, customer: int) -> None:
    browser, path = served.browser("supervisor"), f"/records/customer/{customer}"
    page = browser.get(f"{path}/history")
    served.as_("supervisor").patch(
        f"/api/v1/customer/{customer}", json={"level": "b"}, headers={"If-Match": '"3"'}
    )

    assert form(page, "/revert").send(browser).status_code == 409
    assert browser.get("/records/customer/99999/history").status_code == 404


def test_rows_that_are_gone_still_count(served: Served, customer: int) -> None:
    boss, path = served.as_("supervisor"), f"/api/v1/customer/{customer}"
    for version, rows in ((3, [{"name": "张三"}, {"name": "李四"}]), (4, [])):
        boss.patch(path, json={"contacts": rows}, headers={"If-Match": f'"{version}"'})

    page = text(served.browser("supervisor").get(f"/records/customer/{customer}/history"))

    assert "2 条" in page


def test_a_version_in_which_only_an_owned_row_differs_is_told_and_restored(
    served: Served, customer: int
) -> None:
    boss, path = served.as_("supervisor"), f"/records/customer/{customer}"
    api = f"/api/v1/customer/{customer}"
    rows = boss.patch(api, json={"contacts": [{"name": "张三"}]}, headers={"If-Match": '"3"'}).json[
        "data"
    ]["values"]["contacts"]
    contact = f"/api/v1/contact/{rows[0]['id']}"
    boss.patch(contact, json={"name": "李四"}, headers={"If-Match": '"1"'})
    browser = served.browser("supervisor")

    page = browser.get(f"{path}/history")
    back = form(page, "/revert").send(browser, field="contacts")

    for words in ("联系人 1 条 恢复此项 1 条", "有改动 李四", "姓名 张三 李四"):
        assert words in " ".join(text(page).split())
    assert back.status_code == 303
    assert boss.get(contact).json["data"]["values"]["name"] == "张三"


def test_a_record_never_changed_is_compared_with_nothing(served: Served) -> None:
    sent = {**ACME, "name": "丙公司", "department": served.departments["一部"]}
    id = served.as_("supervisor").post("/api/v1/customer", json=sent).json["data"]["id"]

    page = text(served.browser("supervisor").get(f"/records/customer/{id}/history"))

    assert "这条记录建立后还没有改过。" in page
    assert "第 0 版" not in page
    assert "比较所选两版" not in page
