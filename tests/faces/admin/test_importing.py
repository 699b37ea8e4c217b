"""Importing a file in the panel, as a browser without scripts does it."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from werkzeug.test import TestResponse

from tests.faces.admin.pages import form, text
from tests.faces.desk import Client, Served

HEADS = "名称,类型,电话,等级\r\n"


@pytest.fixture
def boss(served: Served) -> Client:
    return served.browser("supervisor")


def upload(client: Client, lines: str, name: str = "客户.csv", type_id: str = "customer") -> str:
    """Send a file with the form on its page; returns where that leads."""
    path = f"/imports/of/{type_id}"
    sent = form(client.get(path), path)
    data = {**sent.fields.to_dict(), "file": (BytesIO((HEADS + lines).encode("gb18030")), name)}
    answer = client.post(path, data=data)
    assert answer.status_code == 303, text(answer)
    return answer.headers["Location"]


def checked(client: Client, columns: str, **fields: str) -> TestResponse:
    """Send the columns as suggested; the page that follows."""
    answer = form(client.get(columns), columns).send(client, **fields)
    assert answer.status_code == 303, text(answer)
    return client.get(answer.headers["Location"])


def names(client: Client) -> list[str]:
    """The names of all customers."""
    sent = client.post("/records/customer/export", data={"form": "csv", "_csrf": client.csrf})
    if sent.mimetype != "text/csv":
        return []
    rows = list(csv.reader(StringIO(sent.get_data().decode("utf-8-sig"), newline="")))
    return sorted(row[rows[0].index("名称")] for row in rows[1:])


def test_a_list_leads_to_the_file_its_columns_the_check_and_the_records(boss: Client) -> None:
    assert 'href="/imports/of/customer"' in boss.get("/records/customer/").get_data(as_text=True)
    columns = upload(boss, "甲公司,单位,,B类\r\n乙,个人,13800001111,\r\n丙,个人,12,Z\r\n")
    shown = text(boss.get(columns))
    assert "客户.csv · 3 行 · GB18030" in shown
    assert "甲公司、乙、丙" in shown
    assert boss.get(columns.replace("/imports/", "/batches/")).headers["Location"] == columns

    page = checked(boss, columns)

    assert "新建 2 条，更新 0 条" in text(page)
    assert "文件“客户.csv”的 3 行" in text(page)
    assert "第 4 行" in text(page)
    assert "电话：" in text(page)
    batch = columns.replace("/imports/", "/batches/")
    assert form(page, f"{batch}/run").send(boss).status_code == 303
    assert names(boss) == ["乙", "甲公司"]
    assert boss.get(columns).headers["Location"] == batch

    faults = boss.get(f"{columns}/faults")
    with ZipFile(BytesIO(faults.get_data())) as book:
        assert "丙" in book.read("xl/sharedStrings.xml").decode()
        assert 'rgb="FFFFC7CE"' in book.read("xl/styles.xml").decode()
    done = boss.get(batch)
    undo = form(done, f"{batch}/undo").send(boss).headers["Location"]
    form(boss.get(undo), f"{undo}/run").send(boss)
    assert names(boss) == []


def test_the_number_finds_what_is_there(boss: Client) -> None:
    columns = upload(boss, "甲公司,单位,,A类\r\n")
    form(checked(boss, columns), "/run").send(boss)
    sent = boss.post("/records/customer/export", data={"form": "csv", "_csrf": boss.csrf})
    rows = list(csv.reader(StringIO(sent.get_data().decode("utf-8-sig"), newline="")))
    code = rows[1][rows[0].index("客户编号")]

    path = "/imports/of/customer"
    data = form(boss.get(path), path).fields.to_dict()
    file = BytesIO(f"客户编号,等级\r\n{code},B类\r\n".encode())
    again = boss.post(path, data={**data, "file": (file, "b.csv")}).headers["Location"]
    page = checked(boss, again, key_field="code")

    assert "新建 0 条，更新 1 条" in text(page)


def test_what_is_no_table_comes_back_with_the_form(boss: Client) -> None:
    path = "/imports/of/customer"
    sent = form(boss.get(path), path).fields.to_dict()

    none = boss.post(path, data=sent)
    bad = boss.post(path, data={**sent, "file": (BytesIO(b"PK\x03\x04"), "a.xlsx")})

    assert (none.status_code, bad.status_code) == (422, 422)
    assert "请选择文件。" in text(none)
    assert "读不出表格" in text(bad)


def test_columns_that_do_not_fit_come_back_with_what_was_chosen(boss: Client) -> None:
    columns = upload(boss, "甲公司,单位,,\r\n")

    answer = form(boss.get(columns), columns).send(boss, key_field="code")

    assert answer.status_code == 422
    assert "就要有一列是这个字段" in text(answer)
    assert '<option value="code" selected>' in answer.get_data(as_text=True)
    odd = boss.post(columns, data={"_csrf": boss.csrf, "column.x": "name"})
    assert odd.status_code == 400


def test_a_form_sent_twice_takes_the_file_once(boss: Client) -> None:
    path = "/imports/of/customer"
    sent = form(boss.get(path), path).fields.to_dict()

    led = {
        boss.post(path, data={**sent, "file": (BytesIO(b"a\nb\n"), "a.csv")}).headers["Location"]
        for _ in range(2)
    }

    assert len(led) == 1


def test_one_without_the_right_has_no_button_and_no_page(served: Served, boss: Client) -> None:
    clerk = served.browser("clerk")
    columns = upload(boss, "甲公司,单位,,\r\n")

    assert "/imports/" not in clerk.get("/records/customer/").get_data(as_text=True)
    for path in ("/imports/of/customer", "/imports/of/customer/template", columns):
        assert clerk.get(path).status_code == 404
    assert clerk.get(f"{columns}/faults").status_code == 404
    assert clerk.post(columns, data={"_csrf": clerk.csrf, "column.0": "name"}).status_code == 404
    file = {"_csrf": clerk.csrf, "key": "k" * 20, "file": (BytesIO(b"a\nb\n"), "a.csv")}
    assert clerk.post("/imports/of/customer", data=file).status_code == 404


def test_the_template_is_a_workbook_named_after_the_list(boss: Client) -> None:
    sent = boss.get("/imports/of/customer/template")

    assert unquote(sent.headers["Content-Disposition"]).endswith("客户.xlsx")
    with ZipFile(BytesIO(sent.get_data())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "dataValidation" in sheet
        assert "名称*" in book.read("xl/sharedStrings.xml").decode()


def test_the_audit_page_says_what_was_done(served: Served, boss: Client) -> None:
    form(checked(boss, upload(boss, "甲公司,单位,,\r\n")), "/run").send(boss)

    page = served.browser("admin").get("/audit/")

    assert re.search("导入", text(page))


def test_the_pages_are_wholly_english_to_one_who_reads_english(boss: Client) -> None:
    columns = upload(boss, "a,b,,\r\n".replace("b", ""), name="a.csv")
    boss.post("/language", data={"_csrf": boss.csrf, "locale": "en", "next": "/"})

    assert "Check every row" in text(boss.get(columns))
    assert "Import: Customers" in text(boss.get("/imports/of/customer"))
