"""The detail page: a record, its owned rows, what refers to it, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin.record import detail, page_merge
from kefu_admin.faces.admin.record.history import Told, told
from kefu_admin.faces.admin.record.tabs import Tab, tabbed
from kefu_admin.operations import reading
from kefu_admin.operations.merging import NEEDED
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView

_VERSIONS = 20
_RELATED = 5


def context(
    page: RecordView,
    row: Row,
    *,
    revealed: Mapping[str, object] | None = None,
    refused: str = "",
) -> dict[str, object]:
    """Everything the detail template prints. `revealed` are values just uncovered."""
    content, locale = page.content, http.locale()
    look = replace(page.look(row), revealed=revealed or {})
    related = _related(page, row, look)
    tabs = tabbed(content, detail.sections(content, row, look), look.said, locale)
    below: dict[str, detail.Table] = {}
    if content.tabs:  # then each list of records that refer to this one has its own, too
        below = {f"related-{at}": table for at, table in enumerate(related)}
        tabs = (*tabs, *(_tab(id, table) for id, table in below.items()))
    return {
        "heading": row.title,
        "plural": content.plural.text(locale),
        "code": _code(page, row),
        "base": page.base,
        "here": f"{page.base}{row.id}",
        "tags": detail.tags(content, row, page.shown),
        "may_print": Action.EXPORT.value in row.actions,
        "may_edit": Action.UPDATE.value in row.actions,
        "may_delete": Action.DELETE.value in row.actions,
        "may_merge": content.merge is not None and row.actions >= NEEDED,
        "merges": page_merge.parts_of(page, row),
        "refused": refused,
        "summary": detail.summary(content, row, look),
        "tabs": tabs,
        "below": below,
        "related": () if below else related,
        "about": detail.about(content, row, look),
        "history": _history(page, row, look),
    }


def _tab(id: str, table: detail.Table) -> Tab[detail.DetailSection]:
    return Tab(id=id, label=table.label, sections=(), count=table.counted)


def _code(page: RecordView, row: Row) -> str:
    """The record's business number, where it has one that is seen."""
    for name, field in page.content.fields.items():
        if field.type == "number" and row.values.get(name):
            return str(row.values[name])
    return f"#{row.id}"


def _related(page: RecordView, row: Row, look: detail.Look) -> list[detail.Table]:
    actor, now = http.actor(), http.now()
    views = {view.id: view for view in reading.types(page.desk, actor, now=now)}
    tables = []
    for found in reading.related(
        page.desk, page.content.id, row.id, actor=actor, now=now, limit=_RELATED
    ):
        view = views[found.type.id]
        default = http.runtime().project.default_view(found.type.id)
        wanted = default.columns if default else tuple(view.fields)
        columns = [name for name in wanted if name in view.fields and view.fields[name].seen]
        may_create = Action.CREATE in view.actions and view.fields[found.field.id].create
        tables.append(detail.related_table(found, row.id, columns, look, may_create=may_create))
    return tables


def _history(page: RecordView, row: Row, look: detail.Look) -> tuple[Told, ...] | None:
    """The latest versions; None where the person may not read them."""
    if Action.HISTORY.value not in row.actions:
        return None
    entries = reading.history(
        page.desk, page.content.id, row.id, actor=http.actor(), now=http.now(), limit=_VERSIONS
    )
    return told(page.content, entries, look.shown, look.said)
