"""Forms as people use them: tabs, owned rows moved and copied."""

from __future__ import annotations

import base64
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
    page.locator("#f-phone").wait_for()  # required of a person, in the first tab

    page.locator(".alert-box a[href='#f-credit']").click()

    page.locator("#f-credit:focus").wait_for()


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


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASTE = """(bytes) => {
  const file = new File([new Uint8Array(bytes)], "image.png", { type: "image/png" });
  const held = new DataTransfer();
  held.items.add(file);
  document.body.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""
DROP = """(place, bytes) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], "现场.png", { type: "image/png" }));
  place.dispatchEvent(new DragEvent("drop",
    { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def test_pictures_are_pasted_and_dropped_shown_taken_out_and_kept(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("supervisor")
    person.goes(f"/records/customer/{id}/edit")
    page.get_by_text("其他", exact=True).first.click()
    pictures = page.locator("[data-field='f.pictures'] [data-files]")

    page.evaluate(PASTE, list(PNG))
    person.reads("截图-")
    assert page.locator("[data-field='f.papers'] [data-chosen] img").count() == 1
    page.locator("[data-field='f.papers']").get_by_role("button", name="去掉").click()
    pictures.evaluate(DROP, list(PNG))
    pictures.locator("[data-chosen] img").wait_for()
    page.get_by_role("button", name="保存").last.click()

    person.reads("已保存")
    page.get_by_text("其他", exact=True).first.click()
    shown = page.locator("a.file", has_text="现场.png").locator("img")
    shown.wait_for()
    page.wait_for_function("document.querySelector('a.file img').naturalWidth === 1")
    assert not page.get_by_text("截图-").count()


def test_a_file_of_another_kind_comes_back_with_the_form(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("supervisor")
    person.goes(f"/records/customer/{id}/edit")
    page.get_by_text("其他", exact=True).first.click()
    page.set_input_files(
        "#f-papers", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x00"}]
    )

    page.get_by_role("button", name="保存").last.click()

    person.reads("没有保存")
    assert page.locator("#f-papers").is_visible()


def test_a_record_leads_to_the_next_of_the_list_one_came_from(person: Person) -> None:
    first, second = customer(person), customer(person, name="乙公司")
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/")
    order = page.locator("[data-list] tbody tr a").evaluate_all("links => links.map(l => l.href)")
    ends = [int(link.rpartition("/")[2]) for link in order]
    assert sorted(ends) == [first, second]

    person.goes(f"/records/customer/{ends[0]}")
    page.get_by_role("link", name="下一条").click()

    page.wait_for_url(f"**/records/customer/{ends[1]}")
