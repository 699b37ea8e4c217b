"""What a deleted record held, as its page in the bin prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces.admin.cells import Cell, Shown, cell
from kefu_admin.store.query import BinRow


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a deleted record."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Along:
    """An owned row that would come back too."""

    title: str
    kind: str
    lines: tuple[Line, ...]


def along(row: BinRow, types: Mapping[str, ContentType], shown: Shown) -> Along:
    """A row that was deleted with its owner."""
    content = types[row.type]
    told = lines(content, row, shown, without=(content.owned_by, content.title))
    return Along(row.title, content.label.text(shown.locale), told)


def lines(
    content: ContentType, row: BinRow, shown: Shown, *, without: Sequence[str] = ()
) -> tuple[Line, ...]:
    """The fields that held something."""
    found = []
    for name, one in content.fields.items():
        value = row.values.get(name)
        if one.system or name in without or value in (None, "", ()):
            continue
        plain = name in row.masked or name in row.unfit
        found.append(Line(one.label.text(shown.locale), cell(one, value, shown, masked=plain)))
    return tuple(found)
