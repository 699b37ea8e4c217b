"""The pages of the recycle bin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kefu_admin import clock
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from tests.faces.admin.pages import form
from tests.faces.desk import Served

ACME = {"name": "甲公司", "kind": "company", "phone": "13800005678"}


@pytest.fixture
def gone(served: Served) -> int:
    """A deleted customer with a contact; his id."""
    return deleted(served, contacts=[{"name": "张三", "phone": "13900001111"}])


def deleted(served: Served, **values: Any) -> int:
    boss = served.as_("supervisor")
    sent = {**ACME, "department": served.departments["一部"], **values}
    id: int = boss.post("/api/v1/customer", json=sent).json["data"]["id"]
    boss.delete(f"/api/v1/customer/{id}", headers={"If-Match": '"1"'})
    return id


def test_the_bin_lists_what_was_deleted_and_its_page_shows_what_it_was(
    served: Served, gone: int
) -> None:
    browser = served.browser("supervisor")

    listed = browser.get("/bin/").get_data(as_text=True)
    page = browser.get(f"/bin/customer/{gone}").get_data(as_text=True)

    assert f'href="/bin/customer/{gone}"' in listed
    assert "连同 1 条明细" in listed
    assert "/bin/" in browser.get("/").get_data(as_text=True)
    for told in ("甲公司", "13800005678", "张三", "13900001111", "KH"):
        assert told in page


def test_a_record_is_restored_from_its_page(served: Served, gone: int) -> None:
    browser = served.browser("supervisor")
    page = browser.get(f"/bin/customer/{gone}")

    answers = [form(page, "/restore").send(browser) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert {one.headers["Location"] for one in answers} == {
        f"/records/customer/{gone}?notice=restored"
    }
    assert "张三" in browser.get(f"/records/customer/{gone}").get_data(as_text=True)
    assert browser.get(f"/bin/customer/{gone}").status_code == 404


def test_what_is_refused_may_be_typed_anew(served: Served, gone: int) -> None:
    browser = served.browser("supervisor")
    served.as_("supervisor").post("/api/v1/customer", json=ACME)

    refused = form(browser.get(f"/bin/customer/{gone}"), "/restore").send(browser)
    again = form(refused, "/restore")
    mended = again.send(browser, f__name="甲公司（旧）")

    assert refused.status_code == 422
    assert "与已有记录重复" in refused.get_data(as_text=True)
    assert (again.fields["f.name"], again.fields["f.phone"]) == ("甲公司", "13800005678")
    assert mended.status_code == 303
    page = browser.get(f"/records/customer/{gone}").get_data(as_text=True)
    assert "甲公司（旧）" in page


def test_purging_asks_for_a_reason(served: Served, gone: int) -> None:
    browser = served.browser("supervisor")
    page = browser.get(f"/bin/customer/{gone}")

    refused = form(page, "/purge").send(browser, reason="")
    done = form(refused, "/purge").send(browser, reason="客户要求删除")

    assert refused.status_code == 422
    assert done.headers["Location"] == "/bin/?notice=purged"
    assert "甲公司" not in browser.get("/bin/").get_data(as_text=True)


def test_who_may_restore_nothing_meets_no_bin(served: Served, gone: int) -> None:
    clerk = served.browser("clerk")

    assert "/bin/" not in clerk.get("/").get_data(as_text=True)
    assert clerk.get("/bin/").status_code == 403
    assert clerk.get(f"/bin/customer/{gone}").status_code == 403
    assert clerk.get("/bin/?type=nothing").status_code == 404


def test_the_bin_is_searched_and_the_address_says_not_for_what(served: Served, gone: int) -> None:
    deleted(served, name="乙公司")
    browser = served.browser("supervisor")

    led = form(browser.get("/bin/"), "/bin/find").send(browser, term="乙公司")
    found = browser.get(led.headers["Location"]).get_data(as_text=True)
    none = form(browser.get("/bin/"), "/bin/find").send(browser, term="丙公司")

    assert "%E4" not in led.headers["Location"]
    assert "乙公司" in found
    assert f"/bin/customer/{gone}" not in found
    nothing = browser.get(none.headers["Location"]).get_data(as_text=True)
    assert "没有符合条件的记录" in nothing


def test_a_masked_field_finds_nothing_in_the_bin(served: Served, gone: int) -> None:
    role = served.desk.project.roles["clerk"]
    grants = tuple(
        replace(one, actions=one.actions | {Action.RESTORE}) if one.type == "customer" else one
        for one in role.grants
    )
    roles = {**served.desk.project.roles, "clerk": replace(role, grants=grants)}
    project = replace(served.desk.project, roles=roles)
    desk = Desk(project, served.desk.store)
    clerk = reading.actor_of(desk, "clerk")

    def found(text: str) -> list[int]:
        page = reading.bin_all(desk, actor=clerk, now=clock.now(), text=text)
        return [row.id for row in page.rows]

    assert found("甲公司") == [gone]
    for part in ("13800005678", "5678", "138"):
        assert found(part) == []


def test_the_bin_is_held_to_one_type(served: Served, gone: int) -> None:
    browser = served.browser("supervisor")

    there = browser.get("/bin/?type=customer").get_data(as_text=True)
    elsewhere = browser.get("/bin/?type=visit").get_data(as_text=True)

    assert "甲公司" in there
    assert "甲公司" not in elsewhere
