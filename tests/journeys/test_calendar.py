"""A supervisor enters next year's holidays in a browser, as they were announced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import dated
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from tests.conftest import PROJECTS
from tests.faces.desk import Served, serve
from tests.journeys.conftest import Person

ANNOUNCED = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
2026年11月4日
"""


@pytest.fixture
def served(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The project with two calendars served."""
    project = load(PROJECTS / "calendar")
    desk = Desk(project, open_store(project))
    dated.bring_up(desk, now=clock.now())
    here = settings.read({}, data=str(tmp_path))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def test_the_announcement_is_pasted_looked_over_and_counted_with(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    page.get_by_role("link", name="工作日历").first.click()
    person.goes("/calendar/office/?year=2027")
    person.reads("日历已知至")
    page.get_by_role("link", name="录入放假安排").click()

    page.fill("#f-text", ANNOUNCED)
    page.get_by_role("button", name="看看怎么理解").click()
    person.reads("2027-02-14 周日")
    assert page.get_by_text("没有看懂").count() == 0
    page.get_by_role("button", name="录入这 13 条").click()

    person.reads("已保存，立即生效")
    assert page.get_by_text("日历已知至").count() == 0
    page.fill("#cal-from", "2027-02-04T10:00")
    page.fill("#cal-amount", "1")
    page.get_by_role("button", name="计算").click()
    person.reads("2027-02-12 10:00 周五")


def test_a_day_is_clicked_and_changed_on_a_narrow_screen(person: Person) -> None:
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    person.signs_in("supervisor")
    person.goes("/calendar/office/?year=2026")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.locator("td[title^='2026-12-25'] a").click()
    page.select_option("#f-is", "rest")
    page.fill("#f-name", "店庆")
    page.get_by_role("button", name="保存").click()

    person.reads("已保存，立即生效")
    assert "rest own" in page.locator("td[title^='2026-12-25']").get_attribute("class")
