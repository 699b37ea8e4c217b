"""The list page: from the address to what the template prints."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from flask import request

from kefu_admin.definitions.regions import region_label
from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin import marks, menu
from kefu_admin.faces.admin.filtering import saying
from kefu_admin.faces.admin.filtering.offers import offers_of
from kefu_admin.faces.admin.record import finder, listing
from kefu_admin.faces.admin.record.asked_list import AskedList, asked_list
from kefu_admin.faces.admin.record.controls import FilterControl, controls
from kefu_admin.faces.admin.record.finder import Asked
from kefu_admin.faces.admin.record.forms import PICKED, labels_of, record_id
from kefu_admin.faces.admin.record.surround import Surround, rendered
from kefu_admin.faces.admin.view import prefix
from kefu_admin.faces.admin.words import Translate, translator
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.reading import ListRequest, ShownView, TypeView
from kefu_admin.store.query import Page

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView

_MANY_SEARCHED = 3


def context(page: RecordView) -> dict[str, object]:
    """Everything the list template prints.

    Raises:
        NotFound: no such type or view for the person.
        UnknownParameter, BadRequest, Invalid: the address asks what no list answers.
    """
    view = page.type_view()
    actor, now, locale = http.actor(), http.now(), http.locale()
    said = translator(locale)
    bar = page.addresses()
    asked = bar.read(request.args)
    wanted = asked_list(page.desk, view, asked)
    shown = wanted.shown
    found = reading.list_rows(page.desk, wanted.request(), actor=actor, now=now)
    columns = wanted.columns

    def link(question: Asked) -> str:
        return page.base + bar.write(question)

    start = asked.first_page()
    alike = page.desk.project.pinyin_alike
    marker = reading.Marker(page.content, asked.search, alike) if asked.search else None
    rows = listing.rows(columns, page.content, found.rows, page.shown, marker)
    acts = [
        (one.id, one.label.text(locale), one.icon)
        for one in bulk.offered(page.desk, page.content.id, actor=actor, now=now)
    ]

    merges = page.content.merge is not None and {Action.MERGE, Action.UPDATE} <= view.actions

    def surround() -> Surround:
        heads = listing.heads(
            columns,
            view.fields,
            page.content,
            asked,
            wanted.sort,
            locale,
            lambda key: link(replace(start, sort=key)),
        )
        offered = _filters(page, view, shown, asked, said)
        words = {"_": said, "icon": partial(marks.icon, menu.sprite(http.runtime()))}
        return Surround(
            rendered("admin/record/_filters.html", {**words, "filters": offered}),
            rendered("admin/record/_heads.html", {**words, "heads": heads}),
            has_filters=bool(offered),
            has_pickers=any(one.kind == "pick" for one in offered),
            has_dates=any(one.kind == "dates" for one in offered),
        )

    around = page.surroundings.get(_key(page, wanted), surround)
    return {
        **around._asdict(),
        "heading": (shown.view.label if shown else page.content.plural).text(locale),
        "left_out": shown.left_out if shown else 0,
        "layout_path": f"{page.base}layout" + link(start).removeprefix(page.base),
        "widths_path": f"{page.base}widths?view={wanted.key}",
        "widths": json.dumps(dict(wanted.widths)) if wanted.widths else "",
        "density": wanted.density,
        "help": page.content.help.text(locale),
        "type_label": page.content.label.within(locale),
        "base": page.base,
        "may_create": Action.CREATE in view.actions,
        "export_path": f"{page.base}export" + link(start).removeprefix(page.base)
        if Action.EXPORT in view.actions
        else "",
        "import_path": f"{prefix()}/imports/of/{page.content.id}"
        if {Action.IMPORT, Action.CREATE} <= view.actions
        else "",
        "views": _tabs(page, view, locale),
        "view_id": wanted.key,
        "sort": asked.sort,
        "search": asked.search,
        "searchable": view.searchable,
        "search_hint": _search_hint(view, said, locale),
        "narrowed": asked.narrowed,
        "filter_path": f"{page.base}filter" + link(start).removeprefix(page.base),
        "tree": json.dumps(asked.tree, ensure_ascii=False) if asked.tree is not None else "",
        "chips": _chips(page, wanted, link, said),
        "rows": rows,
        "body": marks.table_rows(page.base, rows, tick=said("勾选") if acts or merges else ""),
        "merge_path": f"{page.base}merge" if merges else "",
        "bulk_actions": acts,
        "bulk_path": f"{prefix()}/batches/of/{page.content.id}" + _address(asked, link, page.base),
        "counted": listing.counted(found, said),
        "cursors": _cursors(found, start, link, said),
    }


def _chips(
    page: RecordView, wanted: AskedList, link: finder.Link, said: Translate
) -> tuple[tuple[str, str], ...]:
    """The conditions of the filter in words, each with the path of the list without it."""
    if not wanted.tree:
        return ()
    start = wanted.asked.first_page()
    return tuple(
        (chip.text, link(replace(start, tree=chip.without or wanted.nothing)))
        for chip in saying.chips(wanted.tree, offers_of(page), said)
    )


def question(page: RecordView) -> tuple[Asked, ListRequest]:
    """The list an address asks for, all of it: as an address and as a request.

    Raises:
        NotFound, UnknownParameter, BadRequest: the address asks what no list answers.
    """
    asked = page.addresses().read(request.args).first_page()
    wanted = asked_list(page.desk, page.type_view(), asked)
    return asked, wanted.request(whole=True)


def _tabs(page: RecordView, view: TypeView, locale: str) -> list[tuple[str, str]]:
    saved = reading.saved_views(page.desk, http.actor(), page.content.id)
    return [(key, label.text(locale)) for key, label in reading.named_views(view, saved)]


def _key(page: RecordView, wanted: AskedList) -> tuple[object, ...] | None:
    """Under which the surroundings are kept; None where the person asked for more than a view."""
    asked, actor = wanted.asked, http.actor()
    if asked != Asked(view=asked.view):
        return None
    rights = page.desk.grants(actor).key
    who = (actor.user_id is None, actor.department_id is None)  # there are short-cuts for "mine"
    kept = wanted.shown.kept.version if wanted.shown and wanted.shown.kept else 0
    return (rights, http.locale(), asked.view, wanted.key, kept, wanted.columns, *who)


def _address(asked: Asked, link: finder.Link, base: str) -> str:
    """The query that asks for the same list from its first page."""
    return link(replace(asked.first_page(), sort="")).removeprefix(base)


def _filters(
    page: RecordView, view: TypeView, shown: ShownView | None, asked: Asked, said: Translate
) -> tuple[FilterControl, ...]:
    return controls(
        shown.view.filters if shown else (),
        view.fields,
        asked,
        said=said,
        locale=http.locale(),
        base=page.base,
        regions=f"{prefix()}/regions",
        labels=_labels(page, view, asked),
        actor=http.actor(),
    )


def _labels(page: RecordView, view: TypeView, asked: Asked) -> dict[tuple[str, str], str]:
    """What picked ids and regions of the filters are called."""
    wanted: dict[str, set[int]] = {}
    labels: dict[tuple[str, str], str] = {}
    for control, value in asked.values.items():
        name = control.split(".")[1]
        if name not in view.fields:
            continue
        kind = view.fields[name].field.type
        if kind == "region":
            labels[name, value] = region_label(value)
        elif kind in PICKED and (number := record_id(value)) is not None:
            wanted.setdefault(name, set()).add(number)
    return labels | labels_of(page.content.id, wanted)


def _search_hint(view: TypeView, said: Translate, locale: str) -> str:
    names = [
        view.fields[name].field.label.text(locale)
        for name in view.type.search
        if name in view.fields and view.fields[name].seen
    ][:_MANY_SEARCHED]
    joint = ", " if locale == "en" else "、"
    return said("查找{fields}", fields=joint.join(names))


def _cursors(
    found: Page, start: Asked, link: finder.Link, said: Translate
) -> tuple[tuple[str, str, str], ...]:
    """First, previous, next, last: path ("" where there is none), sign, label."""
    before = link(replace(start, before=found.previous)) if found.previous else ""
    after = link(replace(start, after=found.next)) if found.next else ""
    return (
        (link(start) if found.previous else "", "ll", said("第一页")),
        (before, "l", said("上一页")),
        (after, "r", said("下一页")),
        (link(replace(start, last=True)) if found.next else "", "rr", said("最后一页")),
    )
