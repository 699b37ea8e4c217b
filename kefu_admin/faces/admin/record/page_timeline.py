"""What happened to a record: versions, files and actions in one list, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from kefu_admin.faces import http
from kefu_admin.faces.admin.record.history import Change, told
from kefu_admin.faces.admin.words import Translate, exact_text, size_text, translator
from kefu_admin.operations import timeline
from kefu_admin.operations.reading import HistoryEntry
from kefu_admin.operations.timeline import Event, Mark
from kefu_admin.problems import BadRequest
from kefu_admin.store.attachments import Attachment
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

_EVENTS = 30
_ACTIONS = {"unmask": "查看隐藏内容", "export": "导出", "bulk": "批量操作", "import": "导入"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One event as it is printed; `href` leads to a file."""

    title: str
    by: str
    at: str
    sign: str
    changes: tuple[Change, ...] = ()
    note: str = ""
    href: str = ""


def context(page: RecordPages, row: Row) -> dict[str, object]:
    """What the template prints.

    Raises:
        BadRequest: a place in the list nobody gave out.
    """
    found = timeline.timeline(
        page.desk, row, _asked(), actor=http.actor(), now=http.now(), limit=_EVENTS
    )
    said, here = translator(http.locale()), f"{page.base}{row.id}"
    after = found.next
    return {
        "heading": said("全部动态"),
        "plural": page.content.plural.text(http.locale()),
        "code": row.title,
        "base": page.base,
        "here": here,
        "events": [_shown(page, row, event, said) for event in found.events],
        "first": f"{here}/timeline" if request.args.get("after") else "",
        "next": f"{here}/timeline?after={after.version}.{after.file}.{after.line}" if after else "",
    }


def _shown(page: RecordPages, row: Row, event: Event, said: Translate) -> Shown:
    at = exact_text(event.at, page.shown.zone)
    one = event.told
    if isinstance(one, HistoryEntry):
        (entry,) = told(page.content, (one,), page.shown, said)
        note = said("第 {version} 版", version=entry.version)
        return Shown(
            title=entry.action, by=entry.by, at=at, sign="edit", changes=entry.changes, note=note
        )
    if isinstance(one, Attachment):
        label = page.content.fields[one.field].label.text(page.shown.locale)
        return Shown(
            title=said("上传到{field}", field=label),
            by=event.by,
            at=at,
            sign="paperclip",
            note=f"{one.name} · {size_text(one.size)}",
            href=f"{page.base}{row.id}/files/{one.id}",
        )
    title = said(_ACTIONS[one.action]) if one.action in _ACTIONS else one.action
    return Shown(title=title, by=event.by, at=at, sign="eye", note=one.reason)


def _asked() -> Mark:
    text = request.args.get("after", "")
    if not text:
        return Mark()
    parts = text.split(".")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) <= 18 for p in parts):
        raise BadRequest(detail="after")
    return Mark(version=int(parts[0]), file=int(parts[1]), line=int(parts[2]))
