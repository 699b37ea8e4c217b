"""The page that asks before a record is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.record.detail import fact
from kefu_admin.faces.admin.record.forms import fresh_key
from kefu_admin.faces.admin.record.referring import named
from kefu_admin.faces.admin.words import translator
from kefu_admin.problems import Refusal
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
        "refused": wording.refusal(refusal, locale) if refusal is not None else "",
        "referrers": [(f"{look.records}/{one.type}/{one.id}", one.label) for one in named(refusal)],
        "hidden": refusal is not None and bool(refusal.facts.get("hidden")),
        "facts": [
            fact(fields[n], row.values[n], look, masked=n in row.masked) for n in names[:_SHOWN]
        ],
        "key": fresh_key(),
        "version_sent": row.version,
    }
