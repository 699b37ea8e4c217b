"""The form page: blank, of a record, asked for one more row, refused, or in conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request

from kefu_admin.definitions.field_types import field_type
from kefu_admin.faces import http
from kefu_admin.faces.admin import inputs
from kefu_admin.faces.admin.cells import cell
from kefu_admin.faces.admin.inputs import Filled, Posted
from kefu_admin.faces.admin.inputs.sheet import Sheet
from kefu_admin.faces.admin.record import forms, merging, page_draft, tabs
from kefu_admin.faces.admin.uploads import Taken
from kefu_admin.faces.admin.view import prefix, zone
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import reading
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import Forbidden, Invalid, Refusal
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView

FROM = "from."
DRAFT = "draft"  # of a form that was kept as a draft
TAKE = "take."  # before a field: "now" leaves it as it stands
Context = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back: what was in it, its key and (when editing) the version it was made
    from."""

    posted: Posted
    key: str
    version: int | None

    def with_files(self, taken: Taken) -> Sent:
        """The same with the files just taken in, so that a refused form still holds them."""
        if not taken:
            return self
        before = self.posted.filled
        files, texts = dict(before.files), dict(before.texts)
        for name, found in taken.items():
            files[name] = (*files.get(name, ()), *found)
            kept = texts.get(name, ())
            texts[name] = (
                *(kept if isinstance(kept, tuple) else ()),
                *(str(file.id) for file in found),
            )
        return replace(
            self,
            posted=replace(self.posted, filled=replace(before, files=files, texts=texts)),
        )


def blank(page: RecordView, view: TypeView) -> Context:
    """The form of a new record, with the defaults and what the address brings along."""
    filled = inputs.from_defaults(page.content, actor=http.actor(), now=http.now(), zone=zone())
    texts = dict(filled.texts)
    for name, value in request.args.items():
        field = page.content.fields.get(name.removeprefix(FROM))
        if name.startswith(FROM) and field is not None and field.type == "reference":
            texts[field.id] = value
    filled = Filled(texts=texts, labels=filled.labels)
    return _context(page, view, None, filled, key=forms.fresh_key(), version=None)


def of_row(page: RecordView, view: TypeView, row: Row) -> Context:
    """The form of a record as it is."""
    filled = inputs.from_row(page.content, row, http.runtime().project.types, zone())
    return _context(page, view, row, filled, key=forms.fresh_key(), version=row.version)


def of_draft(page: RecordView, view: TypeView, row: Row | None = None) -> Context:
    """The form with the person's draft in it, merged with what others did since; without a draft,
    the form as it would be otherwise."""
    draft = page_draft.found(page, row.id if row is not None else None)
    if draft is None:
        return of_row(page, view, row) if row is not None else blank(page, view)
    filled = page_draft.filling(page, draft, row)
    posted = Posted(raw={}, filled=filled)
    back = Sent(posted, forms.fresh_key(), draft.version)
    if row is not None and draft.version != row.version:
        return {**conflict(page, view, row, back), "from_draft": True}
    context = _context(page, view, row, filled, key=back.key, version=back.version)
    return {**context, "from_draft": True}


def sent(page: RecordView, view: TypeView, row: Row | None = None) -> Sent:
    """What the browser sent."""
    posted = inputs.posted(
        request.form,
        page.content,
        http.runtime().project.types,
        masked=merging.masked_texts(row),
        add_row_to=request.form.get("_add", "").removeprefix(inputs.PREFIX),
        copy_row=request.form.get("_copy", "").removeprefix(inputs.PREFIX),
    )
    if row is not None:
        hanging = inputs.from_row(page.content, row, http.runtime().project.types, zone()).files
        if hanging:
            posted = replace(posted, filled=replace(posted.filled, files=hanging))
        posted = _with_theirs(page, row, posted)
    version = forms.sent_version() if row is not None else None
    return Sent(posted, forms.sent_key(), version)


def again(page: RecordView, view: TypeView, row: Row | None = None) -> Context:
    """The form with one more blank row, or with what was searched for; nothing is written."""
    back = sent(page, view, row)
    return _context(page, view, row, back.posted.filled, key=back.key, version=back.version)


def refused(
    page: RecordView, view: TypeView, back: Sent, refusal: Refusal, row: Row | None = None
) -> Context:
    """The form as typed, with what was refused. It gets a new key: what comes next is another
    request."""
    return _context(
        page,
        view,
        row,
        back.posted.filled,
        key=forms.fresh_key(),
        version=back.version,
        refusal=refusal,
    )


def conflict(page: RecordView, view: TypeView, row: Row, back: Sent) -> Context:
    """The form as typed, merged with what others did since it was opened, and made from the
    record's new version."""
    filled = forms.with_labels(page.content, back.posted.filled)
    found = merging.merged(
        page.content,
        row,
        _since(page, row, back.version),
        filled,
        types=http.runtime().project.types,
        shown=page.shown,
    )
    return _context(
        page, view, row, found.filled, key=forms.fresh_key(), version=row.version, differing=found
    )


def _since(page: RecordView, row: Row, version: int | None) -> reading.Difference | None:
    """What others changed since that version; None to one who may not read the history."""
    if version is None:
        return None
    try:
        return reading.difference(
            page.desk,
            page.content.id,
            row.id,
            version,
            row.version,
            actor=http.actor(),
            now=http.now(),
        )
    except (Forbidden, Invalid):
        return None


def _with_theirs(page: RecordView, row: Row, posted: Posted) -> Posted:
    """What was sent, less the fields of which the person takes the record's value as it is."""
    theirs = [name for name in posted.raw if request.form.get(TAKE + name) == "now"]
    if not theirs:
        return posted
    now = inputs.from_row(page.content, row, http.runtime().project.types, zone())
    texts = dict(posted.filled.texts)
    for name in theirs:
        texts[name] = now.texts.get(name, () if isinstance(texts.get(name), tuple) else "")
    raw = {name: value for name, value in posted.raw.items() if name not in theirs}
    labels = {**now.labels, **posted.filled.labels}
    return replace(posted, raw=raw, filled=replace(posted.filled, texts=texts, labels=labels))


def _context(
    page: RecordView,
    view: TypeView,
    row: Row | None,
    filled: Filled,
    *,
    key: str,
    version: int | None,
    refusal: Refusal | None = None,
    differing: merging.Merged | None = None,
) -> Context:
    content, locale = page.content, http.locale()
    said = translator(locale)
    sheet = Sheet(
        type=content,
        types=http.runtime().project.types,
        views={one.id: one for one in reading.types(page.desk, http.actor(), now=http.now())},
        writable=_writable(view, row),
        path=page.base,
        region_path=f"{prefix()}/regions",
        file_path=f"{page.base}{row.id}/files" if row is not None else "",
        shown=page.shown,
        errors=refusal.errors if isinstance(refusal, Invalid) else (),
        found=forms.found_options(content),
        new=row is None,
    )
    sections = inputs.form_sections(
        sheet,
        forms.with_labels(content, filled),
        shown_values=row.values if row is not None else None,
    )
    problems = forms.told_errors(content, refusal) if refusal is not None else ()
    label = content.label.within(locale)
    here = f"{page.base}{row.id}" if row is not None else page.base
    return {
        "heading": said("编辑{type}", type=label) if row else said("新建{thing}", thing=label),
        "plural": content.plural.text(locale),
        "code": row.title if row is not None else "",
        "base": page.base,
        "back": here,
        "action": f"{here}/edit" if row is not None else f"{page.base}new",
        "key": key,
        "draft_path": f"{page.base}{row.id if row is not None else 0}/draft",
        "from_draft": DRAFT in request.form,
        "version_sent": version,
        "tabs": tabs.tabbed(content, sections, said, locale, wanted=request.form.get("_tab", "")),
        "problems": problems,
        "problems_head": said("没有保存，请看下面的说明："),
        "alike": f"{page.base}alike" if row is None and content.alike else "",
        "alike_fields": [inputs.PREFIX + one.name for one in content.alike],
        "conflict": differing,
        "most_mib": http.runtime().settings.max_upload_mib,
        "has_files": any(i.kind == "files" for s in sections for i in s.inputs),
    }


def alike(page: RecordView, sent: Mapping[str, object]) -> Context:
    """The records that may be the one being typed, each with what else tells them apart."""
    found = reading.alike(page.desk, page.content.id, sent, actor=http.actor(), now=http.now())
    return {
        "found": [
            (f"{page.base}{one.row.id}", one.row.title, _telling(page, one.row)) for one in found
        ]
    }


def _telling(page: RecordView, row: Row) -> list[str]:
    fields, shown = page.content.fields, page.shown
    return [
        cell(fields[name], value, shown, masked=name in row.masked).text
        for name, value in row.values.items()
        if name != page.content.title and not fields[name].system and value not in (None, "", ())
    ]


def _writable(view: TypeView, row: Row | None) -> frozenset[str]:
    """What may be written in this record, or in a new one."""
    if row is None:
        return frozenset(name for name, one in view.fields.items() if one.create)
    return frozenset(
        name
        for name in row.editable
        if name in view.fields and field_type(view.fields[name].field).written
    )
