"""A record's versions as a clerk reads them: who changed what from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.faces.admin.cells import NOTHING, Shown, cell
from kefu_admin.faces.admin.words import Translate, exact_text, translator
from kefu_admin.operations.reading import Difference, HistoryEntry
from kefu_admin.operations.records import REVERTED

ACTIONS = {"create": "创建", "update": "修改", "delete": "删除", "restore": "恢复"}
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change; "" where there was or is nothing."""

    label: str
    before: str
    after: str
    name: str = ""


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
    if entry.operation == REVERTED:
        return said("恢复旧内容")
    return said(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action


def _who(entry: HistoryEntry, said: Translate) -> str:
    """The person; what the system did by itself is called so."""
    label = entry.by.label if entry.by else ""
    return said("系统") if label.startswith("system:") else label


def changes(
    content: ContentType, entry: HistoryEntry | Difference, shown: Shown
) -> tuple[Change, ...]:
    """The fields that changed, in config order."""
    found = []
    for name, one in content.fields.items():
        if one.system or (name not in entry.before and name not in entry.after):
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


def _rows_change(one: Field, entry: HistoryEntry | Difference, shown: Shown) -> Change:
    """Owned rows have a history of their own; here only how many there were and are."""
    said = translator(shown.locale)
    counts = [entry.before.get(one.id), entry.after.get(one.id)]
    before, after = (len(rows) if isinstance(rows, tuple | list) else 0 for rows in counts)
    label = one.label.text(shown.locale)
    if before == after:
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
