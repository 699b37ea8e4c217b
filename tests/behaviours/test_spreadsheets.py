"""Spreadsheets people upload, read by a child that may break."""

from __future__ import annotations

import tempfile
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from kefu_admin.behaviours.spreadsheets import LOST, Found, Unreadable, read


def taken(data: bytes, *, most_rows: int = 100, seconds: float = 30) -> Found:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return read(file, most_rows=most_rows, seconds=seconds)


def refused(data: bytes, *, most_rows: int = 100, seconds: float = 30) -> str:
    with pytest.raises(Unreadable) as told:
        taken(data, most_rows=most_rows, seconds=seconds)
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

    found = taken(text.encode(encoding))

    assert found.encoding == told
    assert found.rows == ((1, ("姓名", "说明")), (3, ("张三", "两\n行")))


def test_cells_of_a_workbook_are_what_a_person_would_type() -> None:
    data = workbook({(0, 0): 12, (0, 1): 0.1, (0, 2): True, (0, 3): "甲", (0, 4): 1e20, (2, 0): -3})

    assert taken(data).rows == (
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
    assert refused(workbook({(1_000_000, 0): "甲"})) == "import_too_long"
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
