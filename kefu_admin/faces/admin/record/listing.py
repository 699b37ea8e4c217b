"""A page of rows as the template prints it: everything worked out here, nothing per cell there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.view import SortKey
from kefu_admin.faces.admin import marks
from kefu_admin.faces.admin.cells import Cell, Shown, column, is_numeric
from kefu_admin.faces.admin.record.finder import Asked
from kefu_admin.faces.admin.words import Translate
from kefu_admin.operations.reading import FieldView, Marker
from kefu_admin.store.query import Page, Row


class Head(NamedTuple):
    """A column's head; `href` "" where it cannot be sorted by, `order` as aria-sort has it."""

    label: str
    css: str
    href: str
    order: str
    id: str


class ListRow(NamedTuple):
    """A row: its id, the text of its first cell (the link), and the other cells."""

    id: int
    first: str
    cells: tuple[Cell, ...]


def rows(
    columns: Sequence[str],
    content: ContentType,
    found: Iterable[Row],
    shown: Shown,
    marker: Marker | None = None,
) -> tuple[ListRow, ...]:
    """The rows of a page, cell by cell. A row whose first cell is empty is named by its title.
    `marker`: what was searched for is pointed at."""
    several = tuple(found)
    hidden = frozenset().union(*{row.masked for row in several})
    by_column = [
        column(
            content.fields[name],
            [row.values.get(name) for row in several],
            shown,
            masked=[name in row.masked for row in several] if name in hidden else (),
        )
        for name in columns
    ]
    if marker is not None:
        by_column = [
            _pointed(content.fields[name], cells, several, marker)
            for name, cells in zip(columns, by_column, strict=True)
        ]
    made = []
    for at, row in enumerate(several):
        cells = tuple([of_column[at] for of_column in by_column])
        first = cells[0].text if cells and not cells[0].is_empty else row.title or f"#{row.id}"
        made.append(ListRow(row.id, first, cells[1:]))
    return tuple(made)


def _pointed(
    field: Field, cells: Sequence[Cell], several: Sequence[Row], marker: Marker
) -> list[Cell]:
    """The cells of a column with what the search found in them pointed at."""
    made = []
    for cell, row in zip(cells, several, strict=True):
        spans = marker.places(field, cell.text, masked=field.id in row.masked)
        made.append(cell._replace(text=marks.pointed(cell.text, spans)) if spans else cell)
    return made


def heads(
    columns: Sequence[str],
    fields: Mapping[str, FieldView],
    content: ContentType,
    asked: Asked,
    sort: Sequence[SortKey],
    locale: str,
    link: Callable[[str], str],
) -> tuple[Head, ...]:
    """The heads of the columns. `link` makes the address of the same list sorted otherwise."""
    current = sort[0] if sort else None
    made = []
    for name in columns:
        field = content.fields[name]
        order = ""
        if current is not None and current.field == name:
            order = "descending" if current.descending else "ascending"
        href = ""
        if name in fields and fields[name].sortable:
            href = link(f"-{name}" if order == "ascending" else name)
        css = "n" if is_numeric(field) else ""
        made.append(Head(field.label.text(locale), css, href, order, name))
    return tuple(made)


def counted(page: Page, said: Translate) -> str:
    """How many rows the list holds."""
    if page.count is None:
        return ""
    if page.capped:
        return said("超过 {count} 条", count=f"{page.count:,}")
    return said("共 {count} 条", count=f"{page.count:,}")
