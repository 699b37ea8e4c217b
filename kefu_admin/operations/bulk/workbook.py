"""The verdicts of a batch as an .xlsx: what its asker sees of each record today, nothing more.

A text that a spreadsheet would take for a formula is led by an apostrophe; control characters are
left out. Rule: reliability-security D28.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

import xlsxwriter

from kefu_admin import wording
from kefu_admin.actor import Actor
from kefu_admin.definitions.field_types import plain
from kefu_admin.definitions.fields import Field
from kefu_admin.operations.bulk.confirming import own
from kefu_admin.operations.bulk.looking import MOST, Listed, columns, rows
from kefu_admin.operations.desk import Desk
from kefu_admin.store.query import Ref
from kefu_admin.store.verdicts import Verdict

_LONGEST = 32_767  # characters a cell holds
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEADS = ("编号", "名称", "结论", "原因")


def written(
    desk: Desk,
    batch_id: int,
    *,
    actor: Actor,
    now: datetime,
    locale: str,
    verdicts: Mapping[Verdict, str],
) -> bytes:
    """The workbook: a row per record with its verdict, reasons, and the fields the batch writes.

    Args:
        verdicts: what each verdict is called, message ids.

    Raises:
        NotFound: no such batch of his.
    """
    batch = own(desk, batch_id, actor)
    type = desk.project.types[batch.type]
    names = columns(desk, batch, actor=actor, now=now)
    heads = [wording.text(head, locale) for head in _HEADS]
    heads += [type.fields[name].label.text(locale) for name in names]
    buffer = BytesIO()
    options = {
        "constant_memory": True,
        "in_memory": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(f"#{batch.id}")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 3, 28)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, harmless(head), bold)
        line, last = 1, 0
        while some := rows(desk, batch.id, actor=actor, now=now, after_id=last, limit=MOST):
            for one in some:
                told = wording.text(verdicts[one.told.verdict], locale)
                sheet.write_number(line, 0, one.told.id)
                for column, text in enumerate(_texts(one, told, type.fields, names, locale), 1):
                    sheet.write_string(line, column, harmless(text))
                line += 1
            last = some[-1].told.id
    return buffer.getvalue()


def harmless(text: str) -> str:
    """A text no spreadsheet runs: formulas led by an apostrophe, without control characters."""
    clean = _CONTROLS.sub("", text)
    led = f"'{clean}" if clean.startswith(_STARTS) else clean
    return led[:_LONGEST]


def _texts(
    one: Listed, told: str, fields: Mapping[str, Field], names: tuple[str, ...], locale: str
) -> list[str]:
    row = one.row
    why = " ".join(wording.field_error(error, locale) for error in one.told.errors)
    title = row.title if row is not None else ""
    values = [
        _text(fields[name], row.values.get(name), name in row.masked) if row is not None else ""
        for name in names
    ]
    return [title, told, why, *values]


def _text(field: Field, value: object, masked: bool) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, Ref):
        return value.label
    if isinstance(value, tuple):
        return "、".join(one.label if isinstance(one, Ref) else str(one) for one in value)
    return str(value) if masked else str(plain(field, value))
