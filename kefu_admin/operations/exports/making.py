"""Making the file of a list: one audit line first, then the file, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kefu_admin import wording
from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.operations import reading
from kefu_admin.operations.bulk import saying
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.exports import csv_file, xlsx_file
from kefu_admin.operations.exports.cells import Setting
from kefu_admin.operations.reading import ListRequest, Table
from kefu_admin.problems import ExportTooLong, SecondNeeded
from kefu_admin.store import audit

_UNNAMED = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


class Form(StrEnum):
    """What kind of file is made."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A list as a file. `full`: personal values are not masked where the person sees them."""

    request: ListRequest
    form: Form
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a file would hold. `count` is exact up to the limit, `is_over` says there are more;
    `masked` are columns whose values are masked unless asked for in full."""

    type: ContentType
    columns: tuple[Field, ...]
    left_out: tuple[Field, ...]
    masked: tuple[Field, ...]
    count: int
    is_over: bool
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file to be sent: its name, and the pieces it is made of while it is sent."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def outline(desk: Desk, request: ListRequest, *, actor: Actor, now: datetime) -> Outline:
    """What a file of the list would hold for this person.

    Raises:
        Forbidden: nothing of it may leave in a file by him.
        NotFound, UnknownParameter, Invalid, TooMany: as `reading.list_rows`.
    """
    limit = desk.project.export_rows
    table = reading.table(desk, request, actor=actor, now=now, most=limit + 1)
    return Outline(
        type=table.type,
        columns=tuple(column.field for column in table.columns),
        left_out=table.left_out,
        masked=tuple(column.field for column in table.columns if column.mask),
        count=min(len(table.ids), limit),
        is_over=len(table.ids) > limit,
        limit=limit,
    )


def export(desk: Desk, wanted: Wanted, *, actor: Actor, now: datetime, locale: str) -> Made:
    """The file of a list as this person sees it. The audit line is kept before anything leaves.

    Raises:
        Forbidden: nothing of it may leave in a file by him.
        SecondNeeded: more rows than the project lets one person take, or personal values in full.
        NotFound, UnknownParameter, Invalid, TooMany: as `reading.list_rows`.
    """
    limit = desk.project.export_rows
    table = reading.table(desk, wanted.request, actor=actor, now=now, most=limit + 1)
    if len(table.ids) > limit:
        raise SecondNeeded(limit=f"{limit:,}")
    if wanted.full and any(column.mask for column in table.columns):
        raise SecondNeeded(limit=f"{limit:,}")
    if wanted.form is Form.XLSX and len(table.ids) > xlsx_file.MOST_ROWS:
        raise ExportTooLong(limit=f"{xlsx_file.MOST_ROWS:,}")
    tell(desk, table, wanted, actor=actor, now=now)
    return made(desk, table, wanted, actor=actor, now=now, locale=locale)


def tell(desk: Desk, table: Table, wanted: Wanted, *, actor: Actor, now: datetime) -> None:
    """The one line that tells of the file: who, of what, how many, which columns."""
    line = audit.Line(
        actor=actor,
        action="export",
        at=now,
        type=table.type.id,
        after={
            "count": len(table.ids),
            "columns": [column.field.id for column in table.columns],
            "filter": saying.described(desk, wanted.request),
            "form": wanted.form.value,
            "full": wanted.full,
        },
        operation="exports.export",
    )

    def keep() -> None:
        with desk.store.transaction():
            audit.write(desk.store, line)

    desk.store.retrying(keep)


def made(
    desk: Desk, table: Table, wanted: Wanted, *, actor: Actor, now: datetime, locale: str
) -> Made:
    """The file of a table; nothing is read before its pieces are."""
    setting = Setting(locale, desk.zone, wanted.full)
    label = reading.view_label(desk, wanted.request.view, actor) or table.type.plural
    title = label.text(locale)
    at = now.astimezone(desk.zone)
    name = _UNNAMED.sub("_", f"{title}_{actor.name}_{at:%Y%m%d-%H%M}")
    if wanted.form is Form.CSV:
        pieces = csv_file.pieces(table, setting)
    else:
        mark = wording.text(
            "{name}（{login}）于 {at} 导出", locale,
            name=actor.name, login=actor.login, at=f"{at:%Y-%m-%d %H:%M}",
        )  # fmt: skip
        pieces = xlsx_file.pieces(table, setting, title=title, mark=mark)
    return Made(name=f"{name}.{wanted.form}", media_type=MEDIA_TYPES[wanted.form], pieces=pieces)
