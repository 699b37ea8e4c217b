"""A record's versions as a clerk reads them: who changed what from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.faces.admin.cells import NOTHING, Shown, cell
from kefu_admin.faces.admin.words import Translate, exact_text, translator
from kefu_admin.operations.bulk import is_bulk
from kefu_admin.operations.reading import Difference, HistoryEntry, RowChange, RowDifference
from kefu_admin.operations.records import REVERTED
from kefu_admin.store.merges import is_merge, is_undo

ACTIONS = {"create": "创建", "update": "修改", "delete": "删除", "restore": "恢复"}
_IN_BULK = {"update": "批量修改", "delete": "批量删除", "restore": "撤销批量删除"}
_MERGED = {False: "合并", True: "撤销合并"}
_ROW = {
    RowChange.ADDED: ("新加", "green"),
    RowChange.REMOVED: ("移除", "red"),
    RowChange.CHANGED: ("有改动", "blue"),
}
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change; "" where there was or is nothing."""

    label: str
    before: str
    after: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: a field, or (`tag`) an owned row whose fields follow. `depth`: how
    many owners stand above."""

    change: Change
    depth: int = 0
    tag: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One version."""

    version: int
    action: str
    by: str
    at: str
    changes: tuple[Change, ...]


def told(
    content: ContentType, entries: Iterable[HistoryEntry], shown: Shown, said: Translate
) -> tuple[Told, ...]:
    """The versions, newest first as they come."""
    return tuple(
        Told(
            version=entry.version,
            action=_action(entry, said),
            by=_who(entry, said),
            at=exact_text(entry.at, shown.zone),
            changes=() if entry.action in ("create", "restore") else changes(content, entry, shown),
        )
        for entry in entries
    )


def _action(entry: HistoryEntry, said: Translate) -> str:
    if is_merge(entry.operation):
        return said(_MERGED[is_undo(entry.operation)])
    if entry.operation == REVERTED:
        return said("恢复旧内容")
    if is_bulk(entry.operation):
        return said(_IN_BULK.get(entry.action, "批量操作"))
    return said(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action


def _who(entry: HistoryEntry, said: Translate) -> str:
    """The person; what the system did by itself is called so."""
    label = entry.by.label if entry.by else ""
    return said("系统") if label.startswith("system:") else label


def compared(
    content: ContentType, found: Difference, shown: Shown, types: Mapping[str, ContentType]
) -> tuple[Line, ...]:
    """What differs between two versions, that of owned rows below their list."""
    lines: list[Line] = []
    for one in changes(content, found, shown):
        lines.append(Line(one))
        lines += _row_lines(found.rows.get(one.name, ()), shown, types, 1)
    return tuple(lines)


def _row_lines(
    rows: Iterable[RowDifference], shown: Shown, types: Mapping[str, ContentType], depth: int
) -> Iterator[Line]:
    said = translator(shown.locale)
    for row in rows:
        tag, color = _ROW[row.change]
        yield Line(Change(row.row.label, "", ""), depth, said(tag), color)
        content = types[row.type]
        for one in changes(content, row, shown):
            yield Line(replace(one, name=""), depth + 1)
            yield from _row_lines(row.rows.get(one.name, ()), shown, types, depth + 2)


def changes(
    content: ContentType, entry: HistoryEntry | Difference | RowDifference, shown: Shown
) -> tuple[Change, ...]:
    """The fields that changed, in config order."""
    found = []
    for name, one in content.fields.items():
        if one.system or not _tells(entry, name):
            continue
        if storage(one) is Storage.ROWS:
            found.append(_rows_change(one, entry, shown))
            continue
        masked = name in entry.masked
        plain = masked or name in entry.unfit
        before = _text(one.id, content, entry.before, shown, plain)
        after = _text(one.id, content, entry.after, shown, plain)
        found.append(Change(one.label.text(shown.locale), before, after, one.id))
    return tuple(found)


def _tells(entry: HistoryEntry | Difference | RowDifference, name: str) -> bool:
    inner = entry.rows if isinstance(entry, RowDifference) else ()
    return name in entry.before or name in entry.after or name in inner


def _rows_change(
    one: Field, entry: HistoryEntry | Difference | RowDifference, shown: Shown
) -> Change:
    """How many owned rows there were and are; what differs in them is told below."""
    said = translator(shown.locale)
    label = one.label.text(shown.locale)
    if isinstance(entry, RowDifference):
        return Change(label, "", "", one.id)
    counts = [entry.before.get(one.id), entry.after.get(one.id)]
    before, after = (len(rows) if isinstance(rows, tuple | list) else 0 for rows in counts)
    if before == after and isinstance(entry, HistoryEntry):
        return Change(label, "", said("内容有改动"), one.id)
    counted = [said("{count} 条", count=count) for count in (before, after)]
    return Change(label, counted[0], counted[1], one.id)


def _text(
    name: str, content: ContentType, values: Mapping[str, object], shown: Shown, masked: bool
) -> str:
    text = cell(content.fields[name], values.get(name), shown, masked=masked).text
    if text == NOTHING:
        return ""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
