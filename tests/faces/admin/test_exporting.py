"""Exporting a list from the panel."""

from __future__ import annotations

import csv
from io import StringIO
from urllib.parse import unquote

from tests.faces.admin.pages import form, text
from tests.faces.desk import Served


def test_a_list_leads_to_its_file(served: Served, customer: int) -> None:
    boss = served.browser("supervisor")
    found = form(boss.get("/records/customer/"), "/find")
    listed = boss.get(found.send(boss, search="甲公司", f__level="b").headers["Location"])
    path = listed.get_data(as_text=True).partition('href="/records/customer/export')[2]
    address = "/records/customer/export" + path.partition('"')[0].replace("&amp;", "&")

    page = boss.get(address)
    file = form(page, address.partition("/records")[2]).send(boss, form="csv", _csrf=boss.csrf)

    assert "导出：全部客户" in text(page)
    assert "共 1 条" in text(page)
    assert "打码的列 电话" in text(page)
    assert "甲公司" not in unquote(address)
    rows = list(csv.reader(StringIO(file.get_data().decode("utf-8-sig"), newline="")))
    assert rows[0][:4] == ["客户编号", "名称", "类型", "电话"]
    assert [row[1:4] for row in rows[1:]] == [["甲公司", "单位", "138****5678"]]


def test_the_file_is_an_attachment_with_its_full_name(served: Served, customer: int) -> None:
    boss = served.browser("supervisor")

    sent = boss.post("/records/customer/export", data={"form": "xlsx", "_csrf": boss.csrf})

    told = sent.headers["Content-Disposition"]
    assert told.startswith("attachment; filename=export.xlsx; filename*=UTF-8''")
    assert unquote(told).partition("''")[2].startswith("全部客户_supervisor_")
    assert sent.mimetype.endswith("spreadsheetml.sheet")
    assert sent.get_data().startswith(b"PK")
    assert sent.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent.headers["Cache-Control"] == "no-store"


def test_one_without_the_right_has_no_button_and_no_page(served: Served, customer: int) -> None:
    clerk = served.browser("clerk")

    assert "/records/customer/export" not in clerk.get("/records/customer/").get_data(as_text=True)
    assert clerk.get("/records/customer/export").status_code == 403
    answer = clerk.post("/records/customer/export", data={"form": "csv", "_csrf": clerk.csrf})
    assert answer.status_code == 403


def test_values_in_full_are_refused_on_the_page(served: Served, customer: int) -> None:
    boss = served.browser("supervisor")

    data = {"form": "csv", "full": "1", "_csrf": boss.csrf}
    answer = boss.post("/records/customer/export", data=data)

    assert answer.status_code == 403
    assert "一个人一次最多导出 500 条，且个人信息要打码；请缩小范围。" in text(answer)
    assert boss.post("/records/customer/export", data={**data, "form": "doc"}).status_code == 400


def test_an_empty_list_offers_no_file(served: Served) -> None:
    boss = served.browser("supervisor")

    assert "/export" not in boss.get("/records/customer/").get_data(as_text=True)
    assert '<button class="button primary">' not in boss.get("/records/customer/export").get_data(
        as_text=True
    )
