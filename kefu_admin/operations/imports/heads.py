"""Where in a sheet the heads stand, and which column probably holds which field.

Above the heads of an office's tables stand titles, who filled them in and when; which row is meant
is guessed and may be said otherwise.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.operations.bulk.naming import key_fields
from kefu_admin.operations.exports.cells import head
from kefu_admin.operations.reading import TypeView
from kefu_admin.store.batches import Sheet

HEADS_WITHIN = 15  # rows from the top that may be the heads
_LONGEST_HEAD = 100
_LEAST_PART = 2  # characters of a head that say which field is meant
_CLOSED = frozenset({Storage.FILES, Storage.ROWS})

Row = tuple[int, tuple[str, ...]]
Fit = tuple[int, int]  # fields known by their heads, cells filled


def top_of(text: str) -> list[Row]:
    """The first rows of what is kept together."""
    return [(int(n), tuple(cells)) for n, cells in json.loads(text)[:HEADS_WITHIN]]


def placed(view: TypeView, rows: Sequence[Row]) -> tuple[int, Fit]:
    """The place of the row that probably holds the heads, and how well it fits: most fields are
    known by it, then most cells are filled; of equals the first. The last row is none, for nothing
    would be left below."""
    fields = takes(view)
    fits = [
        (len(suggested(fields, cells)), sum(bool(cell.strip()) for cell in cells))
        for _, cells in (rows[:-1] or rows)
    ]
    best = max(range(len(fits)), key=lambda place: fits[place])
    return best, fits[best]


def sheet_of(sheet: Sheet, rows: Sequence[Row], place: int) -> Sheet:
    """A sheet whose heads stand in one of its first rows."""
    number, cells = rows[place]
    heads = tuple(" ".join(cell.split())[:_LONGEST_HEAD] for cell in cells)
    return replace(sheet, first_line=number + 1, heads=heads)


def takes(view: TypeView) -> tuple[Field, ...]:
    """The fields a column may hold for this person: those he writes in new records, and the
    business numbers by which records are found."""
    numbers = {name for name in key_fields(view) if view.type.fields[name].type == "number"}
    return tuple(
        one.field
        for name, one in view.fields.items()
        if name in numbers or (one.create and storage(one.field) not in _CLOSED)
    )


def suggested(fields: Sequence[Field], heads: Sequence[str]) -> dict[int, str]:
    """Which column probably holds which field, each once: by label in either language, or id; then
    by a label that is part of the head or has it as a part, where there is but one."""
    by_text: dict[str, str] = {}
    for field in fields:
        texts = (field.id, field.label.text("en"), field.label.zh)
        for text in (*texts, head(field, "zh"), head(field, "en")):
            by_text[_bare(text)] = field.id
    found: dict[int, str] = {}
    bare = [_bare(text) for text in heads]
    for alike in (_same, _part):
        for place, text in enumerate(bare):
            if place in found or not text:
                continue
            taken = set(found.values())
            names = {id for each, id in by_text.items() if id not in taken and alike(each, text)}
            if len(names) == 1:
                found[place] = names.pop()
    return found


def _bare(text: str) -> str:
    """A head as it is compared: without wide forms, capitals, stars and spaces."""
    plain = unicodedata.normalize("NFKC", text.replace("*", "").replace("＊", ""))
    return "".join(plain.split()).casefold()


def _same(one: str, other: str) -> bool:
    return one == other


def _part(one: str, other: str) -> bool:
    """Whether one stands in the other: 名称 in 客户名称."""
    return min(len(one), len(other)) >= _LEAST_PART and (one in other or other in one)
