"""A clerk's messy workbook: the right sheet, its heads below a title, what is wrong, what comes."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import xlsxwriter

from tests.journeys.conftest import Person

SHOTS = os.environ.get("KEFU_SHOTS", "")


def messy() -> bytes:
    """As offices keep them: an explanation first, a title above the heads, merged departments."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("填写说明").write(0, 0, "请在第二张表里填写，不要改动列名")
        sheet = book.add_worksheet("客户名单")
        sheet.merge_range(0, 0, 0, 4, "2026年客户登记表")
        sheet.write(1, 0, "填表人：王")
        sheet.write_row(2, 0, ["序号", "客户名称", "类型", "联系电话", "等级"])
        sheet.write_row(3, 0, [1, "朝阳电梯", "单位", "", "A类"])
        sheet.write_row(4, 0, [2, "李四", "个人", "1.38E+10", "B类"])
        sheet.write_row(5, 0, [3, "王五", "个人", 13800001111, "Z"])
        sheet.write_row(6, 0, [4, "赵六", "个人", 13900002222, ""])
        sheet.write(7, 0, 5)
    return buffer.getvalue()


def shot(person: Person, name: str) -> None:
    """A picture at two widths, where somebody wants to look at them."""
    if not SHOTS:
        return
    for width in (1440, 390):
        person.page.set_viewport_size({"width": width, "height": 900})
        person.page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


def test_a_messy_workbook_is_read_mapped_and_checked(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    person.goes("/imports/of/customer")
    shot(person, "import-file")
    file = {"name": "客户.xlsx", "mimeType": "application/octet-stream", "buffer": messy()}
    page.set_input_files("#file", files=[file])
    page.get_by_role("button", name="上传").click()

    person.reads("客户.xlsx · 5 行")
    assert page.locator("[name='sheet']").first.input_value() == "1"
    assert page.locator("select[name='heads']").input_value() == "3"
    shot(person, "import-columns")
    page.get_by_role("button", name="检查每一行").click()

    person.reads("新建 2 条，更新 0 条")
    person.reads("科学计数")
    shot(person, "import-preview")
