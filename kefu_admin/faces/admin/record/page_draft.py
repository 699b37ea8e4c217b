"""What a draft holds that its record does not, and the form filled with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.faces import http
from kefu_admin.faces.admin import inputs
from kefu_admin.faces.admin.cells import NOTHING, cell
from kefu_admin.faces.admin.inputs import Filled
from kefu_admin.faces.admin.record import forms, merging
from kefu_admin.faces.admin.record.history import Change
from kefu_admin.faces.admin.view import zone
from kefu_admin.faces.admin.words import exact_text, translator
from kefu_admin.operations import drafts
from kefu_admin.operations.drafts import Draft
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

ASKED = "draft"  # in the address of a form: open it with one's draft; never with what is in it
_MOST = 12


def found(page: RecordPages, record_id: int | None) -> Draft | None:
    """The person's own draft of this form."""
    return drafts.find(page.desk, page.content.id, record_id, actor=http.actor(), now=http.now())


def filling(page: RecordPages, draft: Draft, row: Row | None) -> Filled:
    """The draft as a form holds it; what is not in it (a field that is new since) as it stands."""
    masked = merging.masked_texts(row)
    types = http.runtime().project.types
    taken = inputs.posted(MultiDict(draft.pairs), page.content, types, masked=masked).filled
    now = _standing(page, row)
    filled = replace(
        now,
        texts={**now.texts, **taken.texts},
        labels={**now.labels, **taken.labels},
        masked=masked,
    )
    return forms.with_labels(page.content, filled)


def _standing(page: RecordPages, row: Row | None) -> Filled:
    """The form as it would be without the draft."""
    if row is not None:
        return inputs.from_row(page.content, row, http.runtime().project.types, zone())
    return inputs.from_defaults(page.content, actor=http.actor(), now=http.now(), zone=zone())


def offer(page: RecordPages, record_id: int | None) -> Mapping[str, object] | None:
    """What the notice above a form says of the draft, None where there is nothing to say."""
    draft = found(page, record_id)
    if draft is None:
        return None
    row = page.row(record_id) if record_id is not None else None
    changes = _changes(page, filling(page, draft, row), row)
    if not changes:
        return None
    here = f"{page.base}{record_id}/edit" if record_id is not None else f"{page.base}new"
    return {
        "at": exact_text(draft.at, page.shown.zone),
        "changes": changes[:_MOST],
        "more": max(0, len(changes) - _MOST),
        "moved": row is not None and draft.version != row.version,
        "open": f"{here}?{ASKED}=1",
        "action": f"{page.base}{record_id or 0}/draft",
    }


def _changes(page: RecordPages, typed: Filled, row: Row | None) -> tuple[Change, ...]:
    """What the draft would make of the record, in the type's order; of a new record: of a blank
    form."""
    types, now = http.runtime().project.types, _standing(page, row)
    told = []
    for name, one in page.content.fields.items():
        if name not in typed.texts or one.system:
            continue
        if one.type == "children":
            told += _rows_change(page, one, now, typed, types[one.to])
        elif _differs(typed, now, name):
            value = row.values.get(name) if row is not None else None
            masked = row is not None and name in row.masked
            before = NOTHING if row is None else cell(one, value, page.shown, masked=masked).text
            mine = merging.typed_text(one, typed, page.shown)
            told.append(Change(one.label.text(page.shown.locale), before, mine))
    return tuple(told)


def _differs(typed: Filled, now: Filled, name: str) -> bool:
    mine = typed.texts[name]
    if not mine and name in now.masked:
        return False  # left blank: the hidden value stays
    return mine != now.texts.get(name, () if isinstance(mine, tuple) else "")


def _rows_change(
    page: RecordPages, one: Field, now: Filled, typed: Filled, below: ContentType
) -> list[Change]:
    said, label = translator(page.shown.locale), one.label.text(page.shown.locale)
    mine, theirs = typed.rows(one.id), {row.id: row for row in now.rows(one.id)}
    if len(mine) != len(theirs):
        counts = [said("{count} 条", count=count) for count in (len(theirs), len(mine))]
        return [Change(label, *counts)]
    same = all(row.id in theirs and _row_same(row, theirs[row.id], below) for row in mine)
    return [] if same else [Change(label, "", said("内容有改动"))]


def _row_same(typed: Filled, now: Filled, below: ContentType) -> bool:
    return not any(_differs(typed, now, name) for name in typed.texts if name in below.fields)
