"""The page of one batch: what would happen, how far it is, what became of each record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kefu_admin import wording
from kefu_admin.definitions.action import Deed
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert
from kefu_admin.faces import http
from kefu_admin.faces.admin.cells import Shown as Setting
from kefu_admin.faces.admin.cells import cell
from kefu_admin.faces.admin.record.forms import fresh_key, labels_of, record_id
from kefu_admin.faces.admin.view import prefix, zone
from kefu_admin.faces.admin.words import Translate, clock_text, exact_text, translator
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.bulk import Listed, Shown
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError
from kefu_admin.store.batches import Batch, State
from kefu_admin.store.query import Ref
from kefu_admin.store.verdicts import Verdict

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.NEW: ("待检查", ""),
    Verdict.READY: ("将执行", "blue"),
    Verdict.DONE: ("已完成", "green"),
    Verdict.SAME: ("已是如此，无需改动", ""),
    Verdict.CHANGED: ("之后又有改动，不执行", "orange"),
    Verdict.GONE: ("已不存在或看不到", ""),
    Verdict.DENIED: ("无权操作", "red"),
    Verdict.REFUSED: ("不符合规定", "red"),
}
UNDER_WAY: Mapping[State, str] = {
    State.FREEZING: "正在选取记录…",
    State.PLANNING: "正在逐条检查…",
    State.RUNNING: "正在执行…",
}
SAMPLE = 20
PAGE = 50


class Line(NamedTuple):
    """One record as listed."""

    id: int
    title: str
    href: str
    verdict: str
    color: str
    reason: str
    values: tuple[str, ...]
    moves: tuple[tuple[str, str, str], ...] = ()  # of a line: field, before, after


class Tally(NamedTuple):
    """One verdict: how many, and the page of only these."""

    verdict: str
    label: str
    color: str
    many: str
    href: str
    chosen: bool


def title(batch: Batch, type: ContentType, label: str, said: Translate) -> str:
    """What a batch is called."""
    plain = type.plural.text(http.locale())
    if batch.of_batch is not None:
        return said("撤销：{action}（{plural}）", action=label, plural=plain)
    return said("{action}（{plural}）", action=label, plural=plain)


def action_label(desk: Desk, batch: Batch) -> str:
    """The action's name today; its id when the config no longer has it. An import has none."""
    if not batch.action:
        return translator(http.locale())("导入")
    action = desk.project.actions.get(batch.action)
    return action.label.text(http.locale()) if action is not None else batch.action


def context(desk: Desk, shown: Shown, wanted: str, after: int, refused: str) -> dict[str, object]:
    """What the template prints."""
    batch, locale, now = shown.batch, http.locale(), http.now()
    said = translator(locale)
    type = desk.project.types[batch.type]
    here = f"{prefix()}/batches/{batch.id}"
    verdicts = (Verdict(wanted),) if wanted in set(Verdict) else ()
    is_preview = batch.state in (State.FREEZING, State.PLANNING, State.PLANNED)
    size = SAMPLE if is_preview and not verdicts else PAGE
    listed = bulk.rows(
        desk, batch.id, actor=http.actor(), now=now, verdicts=verdicts, after_id=after, limit=size
    )
    names = [n for n in batch.asked if any(one.row and n in one.row.values for one in listed)]
    lines = _lines(listed, type, names, locale, is_file=batch.deed == bulk.IMPORT)
    more = f"{here}?v={wanted}&after={listed[-1].told.id}" if len(listed) == size else ""
    ready = shown.counts.get(Verdict.READY, 0)
    return {
        "heading": title(batch, type, action_label(desk, batch), said),
        "plural": type.plural.text(locale),
        "records": f"{prefix()}/records/{type.id}/",
        "here": here,
        "number": batch.id,
        "state": batch.state.value,
        "is_preview": is_preview,
        "is_undo": batch.of_batch is not None,
        "of_batch": f"{prefix()}/batches/{batch.of_batch}" if batch.of_batch else "",
        "facts": _facts(desk, shown, type, said),
        "faults": f"{prefix()}/imports/{batch.id}/faults" if _has_faults(shown) else "",
        "tallies": _tallies(shown, here, wanted, said),
        "reasons": [(_why(one.errors, type, locale), f"{one.count:,}") for one in shown.reasons],
        "ready": f"{ready:,}",
        "can_run": batch.state is State.PLANNED and ready > 0,
        "total": f"{batch.total:,}",
        "settled": batch.settled,
        "total_number": batch.total,
        "heads": [type.fields[name].label.text(locale) for name in names],
        "lines": lines,
        "more": more,
        "selection": batch.selection,
        "key": fresh_key(),
        "may_undo": shown.may_undo,
        "undo_until": clock_text(batch.undo_until, zone()) if batch.undo_until else "",
        "undone_by": f"{prefix()}/batches/{shown.undone_by}" if shown.undone_by else "",
        "refused": refused,
        "poll": f"{http.runtime().api_prefix}/bulk/{batch.id}" if batch.state in UNDER_WAY else "",
        "under_way": said(UNDER_WAY.get(batch.state, "")),
    }


def _tallies(shown: Shown, here: str, wanted: str, said: Translate) -> list[Tally]:
    found = [Tally("", said("全部"), "", f"{shown.batch.total:,}", here, not wanted)]
    for verdict, (label, color) in VERDICTS.items():
        if count := shown.counts.get(verdict):
            href = f"{here}?v={verdict.value}"
            chosen = wanted == verdict.value
            found.append(Tally(verdict.value, said(label), color, f"{count:,}", href, chosen))
    return found


def _lines(
    listed: Sequence[Listed],
    type: ContentType,
    names: Sequence[str],
    locale: str,
    *,
    is_file: bool,
) -> list[Line]:
    said, setting = translator(locale), Setting(locale, zone())
    made = []
    for one in listed:
        row = one.row
        label, color = VERDICTS[one.told.verdict]
        values = tuple(
            cell(type.fields[n], row.values.get(n), setting, masked=n in row.masked).text
            if row is not None
            else ""
            for n in names
        )
        href = f"{prefix()}/records/{type.id}/{row.id}" if row is not None else ""
        shown = row.title if row is not None and row.title else f"#{one.told.id}"
        if is_file:
            shown = said("第 {line} 行", line=one.told.id) + (f" {row.title}" if row else "")
        why = _why(one.told.errors, type, locale)
        moves = _moves(one, type, setting) if is_file else ()
        made.append(Line(one.told.id, shown, href, said(label), color, why, values, moves))
    return made


def _moves(one: Listed, type: ContentType, setting: Setting) -> tuple[tuple[str, str, str], ...]:
    """What a line would write: label, what stands there, what the file says."""
    row = one.row
    return tuple(
        (
            type.fields[name].label.text(http.locale()),
            cell(type.fields[name], row.values[name], setting, masked=name in row.masked).text
            if row is not None and name in row.values
            else "",
            text,
        )
        for name, text in one.texts.items()
    )


def _why(errors: Sequence[FieldError], type: ContentType, locale: str) -> str:
    """The reasons of one record, with the labels of the fields they are about."""
    told = []
    for error in errors:
        said = wording.field_error(error, locale)
        field = type.fields.get(error.field)
        joint = ": " if locale == "en" else "："
        told.append(f"{field.label.text(locale)}{joint}{said}" if field else said)
    return " ".join(told)


def _has_faults(shown: Shown) -> bool:
    """Whether lines of a file were refused."""
    refused = (shown.counts.get(one, 0) for one in (Verdict.REFUSED, Verdict.DENIED))
    return shown.batch.deed == bulk.IMPORT and sum(refused) > 0


def _facts(desk: Desk, shown: Shown, type: ContentType, said: Translate) -> list[tuple[str, str]]:
    """What is done, to which records, why and when."""
    batch = shown.batch
    facts = _asked(desk, batch, type)
    if batch.deed == Deed.DELETE:
        facts.append((said("操作"), said("移到回收站，可以恢复")))
    facts.append((said("范围"), _range(desk, batch, said)))
    if shown.new_and_changed is not None:
        new, changed = shown.new_and_changed
        counted = said("新建 {new} 条，更新 {changed} 条", new=f"{new:,}", changed=f"{changed:,}")
        facts.append((said("记录"), counted))
    facts.append((said("原因"), batch.reason))
    if batch.started_at is not None:
        facts.append((said("执行时间"), exact_text(batch.started_at, zone())))
    return [(label, text) for label, text in facts if text]


def _range(desk: Desk, batch: Batch, said: Translate) -> str:
    """Which records were chosen; "" for those of another batch."""
    told = json.loads(batch.filter)
    if batch.of_batch is not None:
        return ""
    if "file" in told:
        return said("文件“{file}”的 {count} 行", file=told["file"], count=f"{batch.total:,}")
    if "ids" in told:
        return said("勾选的 {count} 条", count=f"{told['ids']:,}")
    label = reading.view_label(desk, told.get("view", ""), http.actor())
    narrowed = "filter" in told or "search" in told
    if label is None:
        return said("符合条件的全部记录") if narrowed else said("全部记录")
    name = label.text(http.locale())
    if narrowed:
        return said("“{view}”里符合条件的全部记录", view=name)
    return said("“{view}”里的全部记录", view=name)


def _asked(desk: Desk, batch: Batch, type: ContentType) -> list[tuple[str, str]]:
    """What is written into each record, as people read it."""
    if batch.of_batch is not None:
        return []
    locale = http.locale()
    setting = Setting(locale, zone())
    wanted: dict[str, set[int]] = {}
    for name, value in batch.asked.items():
        field = type.fields.get(name)
        if field is not None and field.type in ("person", "department", "reference"):
            number = record_id(str(value))
            if number is not None:
                wanted.setdefault(name, set()).add(number)
    labels = labels_of(type.id, wanted)
    told = []
    for name, value in batch.asked.items():
        field = type.fields.get(name)
        if field is None:
            continue
        known = labels.get((name, str(value)))
        canonical = Ref(int(value), known) if known is not None else convert(field, value)
        told.append((field.label.text(locale), cell(field, canonical, setting).text))
    return told
