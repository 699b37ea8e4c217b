"""Forms as people use them: tabs, owned rows moved and copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.store.database import Store
from tests.faces.desk import Served
from tests.faces.laid import serve_laid
from tests.journeys.conftest import Person


@pytest.fixture
def served(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The laid-out desk instead of the small one."""
    return serve_laid(open_store, tmp_path)


def customer(person: Person, *contacts: str, **more: object) -> int:
    """甲公司 with these contacts, in this order."""
    served = person.live.served
    rows = [{"name": name, "place": place} for place, name in enumerate(contacts, 1)]
    sent = {"name": "甲公司", "kind": "company", "department": served.departments["一部"]}
    made = served.as_("supervisor").post(
        "/api/v1/customer", json={**sent, "contacts": rows, **more}
    )
    return int(made.json["data"]["id"])


def names(person: Person) -> list[str]:
    """The contacts in the form, from top to bottom."""
    boxes = person.page.locator("[data-row] input[name$='.name']")
    return [boxes.nth(at).input_value() for at in range(boxes.count())]


def test_rows_are_moved_and_copied_and_stand_so_afterwards(person: Person) -> None:
    id = customer(person, "甲", "乙", "丙")
    person.signs_in("supervisor")
    person.goes(f"/records/customer/{id}/edit")
    rows = person.page.locator("[data-row]")

    rows.nth(2).get_by_role("button", name="上移").click()
    rows.nth(0).get_by_role("button", name="复制这一行").click()
    rows.nth(1).locator("input[name$='.name']").fill("丁")
    assert names(person) == ["甲", "丁", "丙", "乙"]
    person.page.get_by_role("button", name="保存").last.click()
    person.reads("已保存")

    person.goes(f"/records/customer/{id}/edit")
    assert names(person) == ["甲", "丁", "丙", "乙"]


def test_a_fault_in_another_tab_is_reached_from_the_list_of_faults(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/new")
    page.fill("[name='f.name']", "甲公司")
    page.get_by_text("归属", exact=True).first.click()
    page.fill("[name='f.credit']", "-1")
    page.get_by_role("button", name="保存").last.click()
    person.reads("没有保存")
    assert page.locator("#f-phone").is_visible()  # required of a person, in the first tab

    page.locator(".alert-box a[href='#f-credit']").click()

    assert page.locator("#f-credit").is_visible()
    assert page.evaluate("document.activeElement.id") == "f-credit"


def test_a_draft_outlives_the_closed_page_and_is_taken_up_again(person: Person) -> None:
    id = customer(person, "甲")
    page = person.page
    person.signs_in("supervisor")
    person.goes(f"/records/customer/{id}/edit")
    page.fill("[name='f.name']", "雁过留声公司")
    page.get_by_role("button", name="增加一行").click()
    page.locator("[data-row] input[name$='.name']").nth(1).fill("乙")
    person.reads("草稿已自动保存")

    person.goes(f"/records/customer/{id}")
    assert not page.get_by_text("雁过留声公司").count()
    person.goes(f"/records/customer/{id}/edit")
    person.reads("您有一份没有保存的草稿")
    page.get_by_role("link", name="恢复草稿").click()
    page.wait_for_url("**/edit?draft=1")
    assert names(person) == ["甲", "乙"]
    page.get_by_role("button", name="保存").last.click()

    person.reads("雁过留声公司")
    person.goes(f"/records/customer/{id}/edit")
    page.wait_for_load_state("networkidle")
    assert not page.locator("#draft-offer").count()


def test_a_draft_is_thrown_away(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/new")
    page.fill("[name='f.name']", "雁过留声公司")
    person.reads("草稿已自动保存")
    person.goes("/records/customer/new")
    person.reads("您有一份没有保存的草稿")

    page.get_by_role("button", name="丢弃").click()

    page.wait_for_load_state("networkidle")
    assert not page.locator("#draft-offer").count()
    assert page.input_value("[name='f.name']") == ""
