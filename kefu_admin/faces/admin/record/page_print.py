"""A record set for paper: its sections, the rows it owns, who printed it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin.faces import http
from kefu_admin.faces.admin.record import detail
from kefu_admin.faces.admin.words import clock_text
from kefu_admin.operations import exports

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages


def context(page: RecordPages, record_id: int) -> dict[str, object]:
    """What the template prints.

    Raises:
        NotFound, Forbidden: as `exports.print_out`.
    """
    who, now, locale = http.actor(), http.now(), http.locale()
    printed = exports.print_out(page.desk, page.content.id, record_id, actor=who, now=now)
    look = page.look(printed.row)
    number = next(
        (
            str(printed.row.values[name])
            for name, one in page.content.fields.items()
            if one.type == "number" and printed.row.values.get(name)
        ),
        f"#{record_id}",
    )
    return {
        "title": page.content.label.text(locale),
        "number": number,
        "back": f"{page.base}{record_id}",
        "sections": detail.sections(page.content, printed.row, look),
        "left_out": printed.left_out,
        "mark": look.said(
            "{name}（{login}）于 {at} 打印", name=who.name, login=who.login,
            at=clock_text(now, page.shown.zone),
        ),
    }  # fmt: skip
