"""The workbooks of an import: the template to fill in, and the lines that were refused, with every
fault marked in its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from kefu_admin import wording
from kefu_admin.actor import Actor
from kefu_admin.definitions.field_types import LINKED, value_type
from kefu_admin.definitions.fields import ALWAYS_WHEN, Field
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.importing import IMPORT, check_right
from kefu_admin.operations.bulk.workbook import harmless
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.exports.cells import head
from kefu_admin.operations.imports.heads import takes
from kefu_admin.problems import FieldError, NotFound
from kefu_admin.store import batches
from kefu_admin.store.verdicts import Verdict

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LIST_FROM, _LIST_TO = 1, 5_000  # rows with a drop-down
_LONGEST_LIST = 255  # characters a workbook takes in a list of its own
_WIDTH = 18
_NAMED = 30  # choices told beside a head
_NOTE = {"x_scale": 1.6, "y_scale": 1.4}
_EXAMPLES = {
    "phone": "13800001111",
    "date": "2026-01-31",
    "datetime": "2026-01-31 09:30",
    "time": "09:30",
    "email": "name@example.com",
    "money": "1200.50",
    "integer": "12",
    "decimal": "1.5",
    "boolean": "是",
}
_PAGE = 1_000


def template(desk: Desk, type_id: str, *, actor: Actor, now: datetime, locale: str) -> bytes:
    """A workbook with a column for each field he fills in: all texts, so that no digit is lost.

    Raises:
        NotFound: he may not import into the type.
    """
    view = check_right(desk, type_id, actor=actor, now=now)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {**_OPTIONS, "in_memory": True}) as book:
        sheet = book.add_worksheet(wording.text("导入", locale))
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        needed = book.add_format({"bold": True, "num_format": "@", "bg_color": "#FFF2CC"})
        sheet.freeze_panes(1, 0)
        fields = [one for one in takes(view) if one.type != "number"]
        for column, one in enumerate(fields):
            sheet.set_column(column, column, _WIDTH, text)
            is_needed = one.required == ALWAYS_WHEN
            mark = "*" if is_needed else ""
            sheet.write_string(
                0, column, f"{head(one, locale)}{mark}", needed if is_needed else bold
            )
            sheet.write_comment(0, column, _note(one, locale), _NOTE)
            if labels := _labels(one, locale):
                listed = {"validate": "list", "source": labels, "error_type": "warning"}
                sheet.data_validation(_LIST_FROM, column, _LIST_TO, column, listed)
    return buffer.getvalue()


def faults(desk: Desk, batch_id: int, *, actor: Actor, now: datetime, locale: str) -> bytes:
    """The refused lines as they came, faulty cells red with the reason beside them.

    Raises:
        NotFound: no such import of his.
    """
    batch = own(desk, batch_id, actor)
    found = batches.lines.sheet(desk.store, batch_id)
    if batch.deed != IMPORT or found is None:
        raise NotFound
    check_right(desk, batch.type, actor=actor, now=now)
    fields = desk.project.types[batch.type].fields
    places = {name: place for place, name in found.mapping.items()}
    width = len(found.heads)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {**_OPTIONS, "in_memory": True}) as book:
        sheet = book.add_worksheet(wording.text("错误", locale))
        plain = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        red = book.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, width, _WIDTH, plain)
        for column, text in enumerate((*found.heads, wording.text("错误（原行号）", locale))):
            sheet.write_string(0, column, harmless(text), bold)
        at, last = 1, 0
        while refused := batches.rows(
            desk.store, batch_id, verdicts=(Verdict.REFUSED, Verdict.DENIED), after_id=last,
            limit=_PAGE,
        ):  # fmt: skip
            last = refused[-1].id
            cells = batches.lines.cells(
                desk.store, batch_id, found.number, first=refused[0].id, last=last
            )
            for row in refused:
                marked = {places[one.field] for one in row.errors if one.field in places}
                for column, text in enumerate(cells.get(row.id, ())):
                    sheet.write_string(
                        at, column, harmless(text), red if column in marked else plain
                    )
                sheet.write_string(at, width, _told(row.id, row.errors, fields, locale))
                at += 1
    return buffer.getvalue()


def _told(
    number: int, errors: Sequence[FieldError], fields: Mapping[str, Field], locale: str
) -> str:
    """The reasons of a line, with its number in the file that was sent."""
    told = [
        f"{fields[one.field].label.text(locale)}: {wording.field_error(one, locale)}"
        if one.field in fields
        else wording.field_error(one, locale)
        for one in errors
    ] or [wording.text("无权操作", locale)]
    return harmless(f"{number}: {' '.join(told)}")


def _note(field: Field, locale: str) -> str:
    """What is said beside a head: whether it is needed, what may stand there, an example."""
    kind = value_type(field)
    told = [wording.text("必填", locale)] if field.required == ALWAYS_WHEN else []
    if field.required.condition is not None:
        told.append(wording.text("有些情况下必填", locale))
    if field.help.text(locale):
        told.append(field.help.text(locale))
    if field.type in LINKED:
        told.append(wording.text("填姓名、标题或编号，要能在系统里找到", locale))
    if kind.id in ("choice", "multi_choice"):
        labels = [one.label.text(locale) for one in field.choices if not one.retired]
        told.append(
            wording.text(
                "可填：{labels}",
                locale,
                labels=(", " if locale == "en" else "、").join(labels[:_NAMED]),
            )
        )
    if kind.many:
        told.append(wording.text("多个值用顿号隔开", locale))
    if kind.id in _EXAMPLES:
        example = (
            wording.text(_EXAMPLES[kind.id], locale)
            if kind.id == "boolean"
            else (_EXAMPLES[kind.id])
        )
        told.append(wording.text("例：{example}", locale, example=example))
    return "\n".join(told) or wording.text("可以不填", locale)


def _labels(field: Field, locale: str) -> list[Any]:
    """What a drop-down offers; [] where it would be too long."""
    kind = value_type(field).id
    if kind == "boolean":
        return [wording.text(one, locale) for one in ("是", "否")]
    if kind != "choice":
        return []
    labels = [choice.label.text(locale) for choice in field.choices if not choice.retired]
    return labels if len(",".join(labels)) <= _LONGEST_LIST else []
