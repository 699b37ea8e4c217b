"""The page that asks before a record is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.record.detail import fact
from kefu_admin.faces.admin.record.forms import fresh_key
from kefu_admin.faces.admin.record.referring import named
from kefu_admin.faces.admin.words import translator
from kefu_admin.problems import Invalid, Refusal
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

_SHOWN = 6


def context(page: RecordPages, row: Row, refusal: Refusal | None) -> dict[str, object]:
    """What the template prints: what is to go, or why it may not."""
    look, locale, fields = page.look(row), http.locale(), page.content.fields
    names = [name for name in row.values if not fields[name].system and name not in look.hidden]
    return {
        "base": page.base,
        "here": f"{page.base}{row.id}",
        "plural": page.content.plural.text(locale),
        "code": row.title,
        "heading": translator(locale)("删除“{title}”？", title=row.title),
        "refused": _said(refusal, locale) if refusal is not None else "",
        "referrers": [(f"{look.records}/{one.type}/{one.id}", one.label) for one in named(refusal)],
        "hidden": refusal is not None and bool(refusal.facts.get("hidden")),
        "facts": [
            fact(fields[n], row.values[n], look, masked=n in row.masked) for n in names[:_SHOWN]
        ],
        "along": _along(page, row),
        "key": fresh_key(),
        "version_sent": row.version,
    }


def _said(refusal: Refusal, locale: str) -> str:
    if isinstance(refusal, Invalid):  # what an extension has against it
        return " ".join(wording.field_error(error, locale) for error in refusal.errors)
    return wording.refusal(refusal, locale)


def _along(page: RecordPages, row: Row) -> list[str]:
    """The owned rows that go with it, as far as one sees them."""
    locale = http.locale()
    said = translator(locale)
    return [
        said("{label}：{count} 条，一起进入回收站。", label=one.label.text(locale), count=len(rows))
        for name, rows in row.values.items()
        if (one := page.content.fields[name]).type == "children"
        and isinstance(rows, tuple)
        and rows
    ]
