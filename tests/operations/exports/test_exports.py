"""Lists as files: what stands in them, what is told, what is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kefu_admin.operations import exports
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.operations.exports import Form
from kefu_admin.operations.exports.cells import clock
from kefu_admin.operations.exports.parcel import sheet_name
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import Forbidden, SecondNeeded
from tests.desks import NOW
from tests.operations.exports.conftest import Taking

PREFIXES = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "=cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "+86",
)
COLUMNS = (
    "code", "name", "kind", "phone", "level", "region", "credit", "since", "owner", "department",
    "secrecy", "contacts", "visit_count", "created_at",
)  # fmt: skip
HEADS = [
    "客户编号", "名称", "类型", "电话", "等级", "地区", "信用额度", "建档日期", "负责人", "部门",
    "密级", "联系人", "回访次数", "创建时间",
]  # fmt: skip


@pytest.fixture
def acme(taking: Taking) -> int:
    return taking.customer(
        "甲公司", phone="13800005678", level="b", region="110105", credit=Decimal("1234.50"),
        since=date(2020, 2, 29), contacts=({"name": "赵六"}, {"name": "钱七"}),
    )  # fmt: skip


def test_csv_holds_labels_a_mark_and_masked_phones(taking: Taking, acme: int) -> None:
    heads, row = taking.csv(columns=COLUMNS)

    assert heads == HEADS
    assert row[1:] == [
        "甲公司", "单位", "138****5678", "B类", "北京市朝阳区", "1234.50", "2020-02-29", "boss",
        "一部", "内部", "2", "0", "2026-11-21 10:00",
    ]  # fmt: skip
    _, content = taking.take(Form.CSV, columns=COLUMNS)
    assert content.count(b"\r\n") == 2


def test_a_workbook_holds_the_same_with_real_numbers_and_days(taking: Taking, acme: int) -> None:
    sheet = taking.xlsx(columns=COLUMNS)

    assert sheet.texts[0] == ["boss（boss）于 2026-11-21 10:00 导出"]
    assert sheet.texts[1] == HEADS
    row = sheet.rows[2]
    assert [text for _, _, text in row[1:]] == [
        "甲公司", "单位", "138****5678", "B类", "北京市朝阳区", "1234.50", "43890", "boss", "一部",
        "内部", "2", "0", "46347.4166666667",
    ]  # fmt: skip
    assert [kind for kind, _, _ in row] == [
        "inlineStr", "inlineStr", "inlineStr", "inlineStr", "inlineStr", "inlineStr", "n", "n",
        "inlineStr", "inlineStr", "inlineStr", "n", "n", "n",
    ]  # fmt: skip
    assert sheet.name == "客户"
    assert "boss（boss）于" in sheet.members["docProps/core.xml"]
    assert "&amp;Lboss（boss）于 2026-11-21 10:00" in sheet.members["xl/worksheets/sheet1.xml"]


def test_no_cell_begins_a_formula(taking: Taking) -> None:
    for prefix in PREFIXES:
        taking.customer(f"{prefix}甲", address=f"{prefix}1 & <b>\n第二行")

    plain = taking.csv(columns=("name", "address"))[1:]
    book = taking.xlsx(columns=("name", "address")).rows[2:]

    assert [name for name, _ in plain] == [f"'{prefix}甲" for prefix in PREFIXES]
    assert all(text.startswith("'") or "*" in text for row in plain for text in row)
    assert [row[0][2] for row in book] == [f"{prefix}甲" for prefix in PREFIXES]
    assert {kind for row in book for kind, _, _ in row} == {"inlineStr"}


def test_texts_a_reader_would_take_otherwise_come_back_as_they_were(taking: Taking) -> None:
    odd = ["_x0041_甲", "a & b < c > d", "  ", "0013800005678", '"引号"，逗号,分号;', "甲\u3000乙"]
    names = [name for name in odd if name.strip()]
    for name in names:
        taking.customer(name)

    escaped = [name.replace("_x0041_", "_x005F_x0041_") for name in names]
    assert [row[0][2] for row in taking.xlsx(columns=("name",)).rows[2:]] == escaped
    assert [row[0] for row in taking.csv(columns=("name",))[1:]] == names


def test_numbers_too_long_for_a_sheet_are_texts(taking: Taking) -> None:
    taking.customer("甲", credit=Decimal("12345678901234.56"))
    taking.customer("乙", credit=Decimal("1234567890123.45"))

    kinds = [row[1][0] for row in taking.xlsx(columns=("name", "credit")).rows[2:]]
    assert kinds == ["inlineStr", "n"]


def test_english_speaks_english(taking: Taking, acme: int) -> None:
    heads, row = taking.csv(columns=("kind", "owner", "secrecy"), locale="en")

    assert (heads, row) == (["Kind", "Owner", "Secrecy"], ["Company", "boss", "Internal"])


def test_the_name_says_what_who_and_when(taking: Taking, acme: int) -> None:
    boss = replace(taking.furnished.people["boss"], name='王/五:"*')
    taking.furnished.people["boss"] = boss  # type: ignore[index]  # a plain dictionary

    assert taking.take(Form.CSV)[0] == "客户_王_五____20261121-1000.csv"
    assert taking.take(Form.XLSX, view="customers")[0].startswith("全部客户_")


def test_the_audit_line_tells_who_what_how_many_and_no_values(taking: Taking, acme: int) -> None:
    taking.csv(columns=("name", "phone"), filter={"phone": "13800005678"}, search="甲公司")

    (line,) = taking.lines()
    assert line["actor"] == "boss"
    assert (line["type"], line["count"], line["columns"]) == ("customer", 1, ["name", "phone"])
    assert (line["form"], line["full"]) == ("csv", False)
    assert "13800005678" not in line["filter"]
    assert "甲公司" not in line["filter"]


def test_too_many_or_in_full_is_refused_and_not_told_as_done(taking: Taking, acme: int) -> None:
    for number in range(3):
        taking.customer(f"乙{number}")
    small = Composed(replace(taking.desk.project, export_rows=3), taking.store)
    few = Taking(taking.furnished, small)

    with pytest.raises(SecondNeeded) as refused:
        few.csv()
    assert refused.value.facts == {"limit": "3"}
    with pytest.raises(SecondNeeded):
        taking.csv(full=True)
    assert taking.lines() == []
    assert len(few.csv(filter={"name": {"contains": "乙"}})) == 4
    assert taking.csv(columns=("name", "level"), full=True)[1] == [
        "甲公司",
        "B类",
    ]  # nothing masked


def test_one_without_the_right_gets_no_file(taking: Taking, acme: int) -> None:
    with pytest.raises(Forbidden):
        taking.csv(who="wang")
    assert taking.lines() == []


def test_an_outline_tells_beforehand(taking: Taking, acme: int) -> None:
    taking.customer("乙公司")
    small = Composed(replace(taking.desk.project, export_rows=1), taking.store)
    boss = taking.furnished.people["boss"]

    found = exports.outline(small, ListRequest(view="customers"), actor=boss, now=NOW)

    assert (found.count, found.is_over, found.limit) == (1, True, 1)
    assert [field.id for field in found.masked] == ["phone"]
    assert found.left_out == ()


@pytest.mark.parametrize(
    "name", ["Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "America/St_Johns"]
)
def test_the_clock_is_that_of_the_zone(name: str) -> None:
    zone = ZoneInfo(name)
    moment = clock(zone)
    some = random.Random(name)

    for _ in range(2000):
        instant = datetime(1950, 1, 1, tzinfo=UTC) + timedelta(
            seconds=some.randrange(100 * 365 * 86_400)
        )
        local = instant.astimezone(zone)
        assert moment(instant) == (local.toordinal(), local.hour * 60 + local.minute)


def test_a_sheet_is_called_as_a_sheet_may_be() -> None:
    assert sheet_name("'[客户]: a/b\\c'" + "长" * 40) == "客户   a b c'" + "长" * 20
    assert sheet_name("///") == "1"
