"""A furnished desk whose boss exports."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import pytest

from kefu_admin.operations import exports
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.operations.exports import Form, Wanted
from kefu_admin.operations.reading import ListRequest
from kefu_admin.store.database import Store
from tests.desks import NOW, Desk, furnish

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Taking:
    """Short ways to export as one of the desk's people."""

    furnished: Desk
    desk: Composed

    @property
    def store(self) -> Store:
        return self.furnished.store

    def customer(self, name: str, **values: object) -> int:
        own = {"name": name, "kind": "company", "department": self.furnished.first, **values}
        return self.furnished.create("boss", "customer", **own)

    def take(
        self, form: Form, *, who: str = "boss", locale: str = "zh", full: bool = False, **asked: Any
    ) -> tuple[str, bytes]:
        """The name and content of a file."""
        request = ListRequest(**{"type": "customer", "sort": ("id",), **asked})
        made = exports.export(
            self.desk,
            Wanted(request=request, form=form, full=full),
            actor=self.furnished.people[who],
            now=NOW,
            locale=locale,
        )
        return made.name, b"".join(made.pieces)

    def csv(self, **asked: Any) -> list[list[str]]:
        _, content = self.take(Form.CSV, **asked)
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))

    def xlsx(self, **asked: Any) -> Sheet:
        return read(self.take(Form.XLSX, **asked)[1])

    def lines(self) -> list[dict[str, Any]]:
        """What the audit book tells of exports."""
        found = self.store.rows(
            'SELECT "type", "actor", "changes" FROM "kefu_audit" WHERE "action" = \'export\''
            ' ORDER BY "id"'
        )
        return [
            {
                "type": type,
                "actor": actor,
                **{name: after for name, (_, after) in json.loads(changes).items()},
            }
            for type, actor, changes in found
        ]


@dataclass(frozen=True)
class Sheet:
    """A sheet as read back: cells as (kind, style, text), row by row."""

    name: str
    rows: list[list[tuple[str, int, str]]]
    members: dict[str, str]

    @property
    def texts(self) -> list[list[str]]:
        return [[text for _, _, text in row] for row in self.rows]


def read(content: bytes) -> Sheet:
    with zipfile.ZipFile(BytesIO(content)) as book:
        assert book.testzip() is None
        members = {name: book.read(name).decode() for name in book.namelist()}
    for text in members.values():
        ElementTree.fromstring(text)
    tree = ElementTree.fromstring(members["xl/worksheets/sheet1.xml"])
    rows = [[_cell(cell) for cell in row] for row in tree.iter(f"{_MAIN}row")]
    name = re.search(r'<sheet name="([^"]*)"', members["xl/workbook.xml"])
    assert name is not None
    return Sheet(name[1], rows, members)


def _cell(cell: ElementTree.Element) -> tuple[str, int, str]:
    assert cell.find(f"{_MAIN}f") is None, "a formula"
    text = "".join(cell.itertext())
    return cell.get("t", "n" if text else ""), int(cell.get("s", "0")), text


@pytest.fixture
def taking(store: Store) -> Taking:
    furnished = furnish(store)
    return Taking(furnished, Composed(store.project, store))
