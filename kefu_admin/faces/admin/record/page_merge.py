"""The pages of a merge: choosing the other record, both side by side, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from kefu_admin.definitions.fields import Field
from kefu_admin.faces import http
from kefu_admin.faces.admin.cells import cell
from kefu_admin.faces.admin.record.forms import fresh_key, told_errors
from kefu_admin.faces.admin.record.history import told
from kefu_admin.faces.admin.view import prefix, zone
from kefu_admin.faces.admin.words import Translate, exact_text, translator
from kefu_admin.operations import merging, reading
from kefu_admin.operations.merging import Compared, Part, Shown
from kefu_admin.problems import NotFound, Refusal
from kefu_admin.store.merges import State, Verdict
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

_FOUND = 10
TAKE = "take."
STATES = {
    State.RUNNING: ("正在转移引用", "blue"),
    State.DONE: ("已合并", "green"),
    State.UNDOING: ("正在退回引用", "blue"),
    State.UNDONE: ("已撤销", "gray"),
}
VERDICTS = {
    Verdict.MOVED: ("已转移", "green"),
    Verdict.BACK: ("已退回", "green"),
    Verdict.CHANGED: ("之后改过，没有动", "orange"),
    Verdict.GONE: ("记录已不在", "gray"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the comparison: both values, and which is kept unless somebody chooses; `kept`
    where both are."""

    name: str
    label: str
    values: tuple[str, str]
    chosen: str = ""
    differs: bool = True
    is_free: bool = True


def choose(page: RecordPages, row: Row, term: str, problem: str = "") -> dict[str, object]:
    """The page that asks which other record means the same; candidates by what was typed."""
    said, locale = translator(http.locale()), http.locale()
    found = reading.search_all(
        page.desk,
        term,
        actor=http.actor(),
        now=http.now(),
        types=(page.content.id,),
        each=_FOUND,
    )
    hits = [hit for group in found for hit in group.hits if hit.id != row.id]
    return {
        **_head(page, row, said("合并")),
        "term": term,
        "hits": [
            (
                hit.id,
                hit.title,
                hit.field.label.text(locale) if hit.field.id != page.content.title else "",
                hit.text,
            )
            for hit in hits
        ],
        "problem": problem,
    }


def compare(page: RecordPages, both: Compared, refusal: Refusal | None = None) -> dict[str, object]:
    """The page on which what is kept of each field is chosen."""
    said, sent = translator(http.locale()), http_form()
    keep = sent.get("keep", "a")
    kept = both.second if keep == "b" else both.first
    choices = [_choice(page, both, kept, field, differs=d) for field, d in both.fields]
    level = page.content.secrecy
    return {
        **_head(page, both.first, said("合并")),
        "first": both.first,
        "second": both.second,
        "titles": [_title(page, row) for row in (both.first, both.second)],
        "keep": keep,
        "choices": [one for one in choices if one.differs],
        "alike": len([one for one in choices if not one.differs]),
        "adding": [
            _added(page, both, field, said)
            for field in both.adding
            if both.first.values[field.id] or both.second.values[field.id]
        ],
        "level": page.content.fields[level].label.text(http.locale()) if level else "",
        "hours": page.content.merge.undo_hours if page.content.merge else 0,
        "key": fresh_key(),
        "problems": told_errors(page.content, refusal) if refusal is not None else (),
    }


def done(page: RecordPages, shown: Shown, refusal: Refusal | None = None) -> dict[str, object]:
    """The page of one merge: what became of it, and the way back."""
    said, locale, merge = translator(http.locale()), http.locale(), shown.merge
    desk, actor, now = page.desk, http.actor(), http.now()
    parts = merging.rows(desk, page.content.id, merge.id, actor=actor, now=now)
    word, color = STATES[merge.state]
    former = shown.former.label if shown.former is not None else said("您看不到的一条")
    return {
        "heading": said("合并记录"),
        "plural": page.content.plural.text(locale),
        "base": page.base,
        "here": f"{page.base}merges/{merge.id}",
        "kept": _kept(page, merge.kept_id),
        "state": said(word),
        "color": color,
        "is_moving": merge.state in (State.RUNNING, State.UNDOING),
        "may_undo": shown.may_undo,
        "undo_until": exact_text(merge.undo_until, zone()) if merge.undo_until else "",
        "facts": [
            (said("并入的记录"), former),
            (said("合并人"), shown.by),
            (said("合并时间"), exact_text(merge.created_at, zone())),
            (said("取并入记录的值"), _labels(page, shown.taken, said)),
            *_undone(page, shown, said),
        ],
        "parts": [_part(one, said, locale) for one in parts],
        "most": len(parts) >= merging.MOST,
        "versions": _former_versions(page, shown, said),
        "key": fresh_key(),
        "problems": told_errors(page.content, refusal) if refusal is not None else (),
    }


def parts_of(page: RecordPages, row: Row) -> list[tuple[str, str, str, str]]:
    """The merges that made a record what it is, for its detail page: address, title, state, when
    and by whom."""
    said = translator(http.locale())
    found = merging.merged_into(
        page.desk, page.content.id, row.id, actor=http.actor(), now=http.now()
    )
    return [
        (
            f"{page.base}merges/{one.merge.id}",
            one.former.label if one.former is not None else said("您看不到的一条"),
            said(STATES[one.merge.state][0]),
            f"{one.by} · {exact_text(one.merge.created_at, zone())}",
        )
        for one in found
    ]


def http_form() -> dict[str, str]:
    """What was posted; nothing of a page that was only asked for."""
    return dict(request.form) if request.method == "POST" else {}


def _head(page: RecordPages, row: Row, heading: str) -> dict[str, object]:
    return {
        "heading": heading,
        "plural": page.content.plural.text(http.locale()),
        "base": page.base,
        "here": f"{page.base}{row.id}",
        "code": row.title,
        "id": row.id,
    }


def _title(page: RecordPages, row: Row) -> tuple[str, str]:
    """What a record is called, and its number."""
    for name, field in page.content.fields.items():
        if field.type == "number" and row.values.get(name):
            return row.title, str(row.values[name])
    return row.title, f"#{row.id}"


def _choice(page: RecordPages, both: Compared, kept: Row, field: Field, *, differs: bool) -> Choice:
    texts = tuple(
        cell(field, row.values.get(field.id), page.shown, masked=field.id in row.masked).text
        for row in (both.first, both.second)
    )
    wanted = "a" if both.wanted(field, kept=kept) is both.first else "b"
    free = field.id in kept.editable
    own = "a" if kept is both.first else "b"
    return Choice(
        name=field.id,
        label=field.label.text(http.locale()),
        values=(texts[0], texts[1]),
        chosen=http_form().get(TAKE + field.id, wanted if free else own),
        differs=differs,
        is_free=free,
    )


def _added(
    page: RecordPages, both: Compared, field: Field, said: Translate
) -> tuple[str, str, str]:
    counts = [
        len(value) if isinstance(value := row.values.get(field.id), tuple) else 0
        for row in (both.first, both.second)
    ]
    shown = [said("{count} 条", count=count) for count in counts]
    return field.label.text(http.locale()), shown[0], shown[1]


def _labels(page: RecordPages, names: tuple[str, ...], said: Translate) -> str:
    fields, joint = page.content.fields, ", " if http.locale() == "en" else "、"
    known = [fields[name].label.text(http.locale()) for name in names if name in fields]
    return joint.join(known) or said("没有")


def _undone(page: RecordPages, shown: Shown, said: Translate) -> list[tuple[str, str]]:
    merge = shown.merge
    if merge.undone_at is None:
        return []
    told = f"{merge.undone_by} · {exact_text(merge.undone_at, zone())}"
    left = [(said("之后改过、没有退回的值"), _labels(page, shown.left, said))] if shown.left else []
    return [(said("已撤销"), told), *left]


def _kept(page: RecordPages, id: int) -> tuple[str, str]:
    """The address and the title of the record that is left."""
    try:
        row = page.row(id, ())
    except NotFound:
        return "", f"#{id}"
    return f"{page.base}{id}", row.title


def _part(one: Part, said: Translate, locale: str) -> dict[str, str]:
    word, color = VERDICTS[one.verdict]
    owned = one.type.owned_by
    return {
        "kind": one.type.label.text(locale),
        "field": one.type.fields[one.field].label.text(locale),
        "title": one.ref.label,
        "href": "" if owned else f"{prefix()}/records/{one.type.id}/{one.ref.id}",
        "verdict": said(word),
        "color": color,
    }


def _former_versions(page: RecordPages, shown: Shown, said: Translate) -> object:
    if not shown.has_history:
        return ()
    try:
        entries = merging.former_history(
            page.desk, page.content.id, shown.merge.id, actor=http.actor(), now=http.now()
        )
    except NotFound:
        return ()
    return told(page.content, entries, page.shown, said)
