"""The one module that marks text as safe HTML: icons, a list's rows, what our templates rendered.

Everything else is escaped when it is printed. Rule: D23.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.listing import ListRow

_ICON = Markup('<svg class="icon" aria-hidden="true"><use href="{}#tabler-{}"></use></svg>')


@lru_cache(maxsize=512)
def icon(sprite: str, name: str) -> Markup:
    """A symbol of the sprite at this address; `Markup.format` escapes what it is given."""
    return _ICON.format(sprite, name)


def rendered(text: str) -> Markup:
    """What one of our templates has printed, kept to be printed again."""
    return Markup(text)  # noqa: S704 -- escaped when it was rendered


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The text with these characters marked."""
    return Markup(_opened(str(escape(pointed(text, spans)))))  # noqa: S704 -- escaped just here


def pointed(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with signs around these characters, which `table_rows` prints as marks."""
    if _BEGIN in text or _END in text:
        return text.translate(_NO_SIGNS)
    made, last = [], 0
    for first, end in spans:
        made += [text[last:first], _BEGIN, text[first:end], _END]
        last = end
    return "".join([*made, text[last:]])


def _opened(escaped: str) -> str:
    return escaped.replace(_BEGIN, "<mark>").replace(_END, "</mark>")


_BEGIN, _END = "\x02", "\x03"  # no text of ours holds them
_NO_SIGNS = {ord(_BEGIN): None, ord(_END): None}
_APART = "\x1f"  # no text of ours holds it; one that does is only escaped the slow way


def table_rows(base: str, rows: Sequence[ListRow], *, tick: str = "") -> Markup:
    """The body of a list: one row per record, its first cell the link to the record's page.

    A template would print every cell in several pieces; all texts are escaped here at once. With
    `tick`, what the box is called, a row begins with a box to tick it for a bulk change. What is
    `pointed` at is marked.
    """
    texts = [text for row in rows for text in (row.first, *(cell.text for cell in row.cells))]
    escaped = iter(_escaped(texts))
    link = str(escape(base))
    before_id = '<td class="tick"><input type="checkbox" name="id" form="bulk" data-tick value="'
    after_id = f'" aria-label="{escape(tick)}"></td>'
    made: list[str] = []
    for row in rows:
        href = f"{link}{row.id:d}"
        box = f"{before_id}{row.id:d}{after_id}" if tick else ""
        made.append(f'\n<tr>{box}<td><a href="{href}" hx-boost="false">{next(escaped)}</a></td>')
        for cell in row.cells:
            before, after = _tags(cell.css, cell.color)
            made.append(f"{before}{next(escaped)}{after}")
        made.append("</tr>")
    return Markup("".join(made))  # noqa: S704 -- every text was escaped just above


def _escaped(texts: Sequence[str]) -> list[str]:
    parts = _opened(str(escape(_APART.join(texts)))).split(_APART)
    return parts if len(parts) == len(texts) else [_opened(str(escape(text))) for text in texts]


@lru_cache(maxsize=256)
def _tags(css: str, color: str) -> tuple[str, str]:
    """What stands before and after the text of a cell."""
    opened = f'<td class="{escape(css)}">' if css else "<td>"
    if not color:
        return opened, "</td>"
    return f'{opened}<b class="tag {escape(color)}">', "</b></td>"
