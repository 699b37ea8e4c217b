"""Stories of people who narrow their lists, lay them out and keep them."""

from __future__ import annotations

import re

from tests.journeys.conftest import Person
from tests.journeys.test_desk import customer

PANEL = "#panel-place"


def test_a_clerk_narrows_a_list_and_keeps_it_as_a_view(person: Person) -> None:
    customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes("/records/customer/")

    page.get_by_role("link", name="高级筛选").click()
    page.select_option(f"{PANEL} [name='g.0.field']", "since")
    page.locator(f"{PANEL} select[name='g.0.value']").wait_for()
    page.select_option(f"{PANEL} [name='g.0.value']", "last_30_days")
    page.locator(f"{PANEL} [name='do'][value='add g']").click()
    page.locator(f"{PANEL} [name='g.1.field']").wait_for()
    page.select_option(f"{PANEL} [name='g.1.field']", "owner.department")
    page.locator(f"{PANEL} [name='g.1.verb'] option[value='mine']").wait_for(state="attached")
    page.get_by_role("button", name="应用筛选").last.click()
    person.reads("建档日期 在 最近 30 天")
    person.reads("负责人 › 部门 是本部门及下级")
    person.reads("共 0 条")  # nobody looks after it yet

    page.get_by_role("link", name=re.compile("^去掉条件：负责人")).click()
    person.reads("共 1 条")
    page.get_by_role("link", name="列与视图").click()
    page.get_by_label("新视图的名称").fill("新近客户")
    page.get_by_role("button", name="另存为视图").click()

    person.reads("视图已保存")
    person.reads("建档日期 在 最近 30 天")
    assert page.get_by_role("link", name="新近客户").get_attribute("aria-current") == "page"


def test_columns_are_chosen_by_keyboard_and_drawn_wider(person: Person) -> None:
    customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes("/records/customer/")

    page.get_by_role("link", name="列与视图").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="地区").uncheck()
    page.get_by_role("button", name="上移名称").focus()
    page.keyboard.press("Enter")
    page.locator(f"{PANEL} li").first.get_by_text("名称").wait_for()
    page.get_by_text("紧凑", exact=True).click()
    page.get_by_role("button", name="用于我的列表").last.click()
    page.locator("table.compact").wait_for()
    heads = page.locator("th[data-column]")
    assert heads.first.inner_text() == "名称"
    assert page.locator("th[data-column=region]").count() == 0

    before = heads.first.bounding_box()["width"]
    grip = heads.first.locator("[data-grip]")
    grip.focus()
    with page.expect_response(lambda answer: "/widths" in answer.url) as kept:
        for _ in range(5):
            page.keyboard.press("ArrowRight")
    assert kept.value.ok
    page.reload()

    page.locator("th[data-column] [data-grip]").first.wait_for()
    assert heads.first.bounding_box()["width"] > before + 40


def test_the_panels_close_by_escape_and_give_the_focus_back(person: Person) -> None:
    page = person.page
    person.signs_in("clerk")
    person.goes("/records/customer/")
    page.get_by_role("link", name="高级筛选").click()
    page.locator(f"{PANEL} [data-builder]").wait_for()

    page.keyboard.press("Escape")

    assert page.locator(f"{PANEL} *").count() == 0
    assert page.evaluate("document.activeElement.getAttribute('data-panel')") == "panel-place"


def test_without_scripts_a_list_is_narrowed_step_by_step(person_without_scripts: Person) -> None:
    customer(person_without_scripts)
    page = person_without_scripts.page
    person_without_scripts.signs_in("clerk")
    person_without_scripts.goes("/records/customer/")

    page.get_by_role("link", name="高级筛选").click()
    page.select_option("[name='g.0.field']", "kind")
    page.get_by_role("button", name="换好了").click()
    page.get_by_text("单位", exact=True).click()
    page.get_by_role("button", name="应用筛选").last.click()

    person_without_scripts.reads("类型 为 单位")
    person_without_scripts.reads("共 1 条")


def test_the_builder_and_the_columns_fit_a_phone(person_with_a_phone: Person) -> None:
    customer(person_with_a_phone)
    page = person_with_a_phone.page
    person_with_a_phone.signs_in("clerk")
    for path in ("filter", "layout", "?c=%7B%22kind%22:%7B%22in%22:[%22company%22]%7D%7D"):
        person_with_a_phone.goes(f"/records/customer/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        ends = page.locator(".finder-top > :last-child")
        if ends.count():
            box = ends.bounding_box()
            assert box["x"] + box["width"] <= 390
