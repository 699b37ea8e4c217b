"""Spreadsheets people upload, read by a child that may break."""

from __future__ import annotations

import json
import tempfile
import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from kefu_admin.behaviours.spreadsheets import LOST, Unreadable, reading

Rows = tuple[tuple[int, tuple[str, ...]], ...]


def sheets(
    data: bytes, *, most_rows: int = 100, seconds: float = 30
) -> tuple[str, dict[str, Rows]]:
    """The encoding, and the rows of each sheet by its name."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        with reading(file, of_text=most_rows, of_workbook=most_rows, seconds=seconds) as found:
            rows: dict[str, Rows] = dict.fromkeys(found.sheets, ())
            for one in found.portions:
                told = tuple((n, tuple(cells)) for n, cells in json.loads(one.text))
                assert (told[0][0], told[-1][0], len(told)) == (one.first, one.last, one.many)
                rows[found.sheets[one.sheet]] += told
            return found.encoding, rows


def taken(data: bytes, *, most_rows: int = 100) -> Rows:
    """The rows of the first sheet."""
    return next(iter(sheets(data, most_rows=most_rows)[1].values()))


def refused(data: bytes, *, most_rows: int = 100, seconds: float = 30) -> str:
    with pytest.raises(Unreadable) as told:
        sheets(data, most_rows=most_rows, seconds=seconds)
    return told.value.code


def workbook(rows: dict[tuple[int, int], object]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for (row, column), value in rows.items():
            sheet.write(row, column, value)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_texts_are_read_as_they_were_written(encoding: str, told: str, mark: str) -> None:
    text = f'姓名{mark}说明\r\n\r\n张三{mark}"两\n行"\r\n'

    known, rows = sheets(text.encode(encoding))

    assert known == told
    assert rows[""] == ((1, ("姓名", "说明")), (3, ("张三", "两\n行")))


def test_cells_of_a_workbook_are_what_a_person_would_type() -> None:
    data = workbook({(0, 0): 12, (0, 1): 0.1, (0, 2): True, (0, 3): "甲", (0, 4): 1e20, (2, 0): -3})

    assert taken(data) == (
        (1, ("12", "0.1", "true", "甲", f"{LOST}100000000000000000000")),
        (3, ("-3",)),
    )


def test_what_is_no_table_is_refused() -> None:
    assert refused(b"") == "file_empty"
    assert refused(b"PK\x03\x04 and nothing else") == "import_not_a_table"
    assert refused(b"\xd0\xcf\x11\xe0 an old workbook") == "import_old_workbook"
    assert refused(b"\xff\x00\x81\x00\x00") == "import_not_a_table"
    assert refused('甲,"乙'.encode()) == "import_not_a_table"


def test_too_much_is_refused() -> None:
    assert refused("甲\n".encode() * 200) == "import_too_long"
    assert refused(b"a," * 300 + b"a") == "import_too_wide"
    assert refused(workbook({(1_000_000, 0): "甲"})) == "import_too_long_workbook"
    assert refused(workbook({(0, 300): "甲"})) == "import_too_wide"


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"0" * 20_000_000)
    many = BytesIO()
    with zipfile.ZipFile(many, "w") as bomb:
        for n in range(2_001):
            bomb.writestr(f"xl/{n}.xml", b"")

    assert refused(buffer.getvalue()) == "import_too_much"
    assert refused(many.getvalue()) == "import_too_much"


def test_a_child_that_takes_too_long_is_ended() -> None:
    assert refused(b"a,b\n1,2\n", seconds=0.001) == "import_too_much"


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as other:
        other.writestr("readme.txt", b"x")

    assert refused(buffer.getvalue()) == "import_not_a_table"


def test_a_long_text_comes_in_portions() -> None:
    rows = taken("".join(f"甲{n}\n" for n in range(1_200)).encode(), most_rows=2_000)

    assert [n for n, _ in rows] == list(range(1, 1_201))


def test_every_sheet_people_see_is_read_where_it_stands() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("说明").write(3, 2, "请填第二张表")
        book.add_worksheet("名单").write_row(0, 0, ["姓名", "电话"])
        book.add_worksheet("空表")
        hidden = book.add_worksheet("隐藏")
        hidden.write(0, 0, "看不见")
        hidden.hide()

    assert sheets(buffer.getvalue())[1] == {
        "说明": ((4, ("", "", "请填第二张表")),),
        "名单": ((1, ("姓名", "电话")),),
        "空表": (),
    }


def test_a_cell_merged_downwards_stands_in_every_row_and_one_merged_across_in_its_first() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "客户登记表")
        sheet.merge_range(1, 0, 3, 0, "一部")
        for row in (1, 2, 3):
            sheet.write_row(row, 1, [f"客户{row}", row])

    assert [cells for _, cells in taken(buffer.getvalue())] == [
        ("客户登记表",),
        ("一部", "客户1", "1"),
        ("一部", "客户2", "2"),
        ("一部", "客户3", "3"),
    ]


def test_a_formula_that_failed_is_told_and_not_blank() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("名 & 单")
        sheet.write_row(0, 0, ["姓名", "电话"])
        sheet.write(1, 0, "甲")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_formula(2, 0, "=A2", None, "甲")

    assert [cells for _, cells in taken(buffer.getvalue())][1:] == [("甲", "#ERROR"), ("甲",)]


def test_a_day_of_a_workbook_is_a_day_and_its_number_a_number() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, date(2026, 1, 5), book.add_format({"num_format": "yy/m/d"}))
        sheet.write(0, 1, 46027)

    assert taken(buffer.getvalue()) == ((1, ("2026-01-05", "46027")),)
