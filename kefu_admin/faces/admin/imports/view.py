"""The routes of an import: the file, its columns, the template, the lines with faults. What
becomes of the lines is shown and run by the pages of batches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key
from kefu_admin.faces.admin.view import PanelView, expose, prefix
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import imports, reading
from kefu_admin.operations.imports import Staged
from kefu_admin.problems import BadRequest, Busy, FieldError, Invalid, Refusal
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import idempotency_key

COLUMN = "column."
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportView(PanelView):
    """`/imports/`."""

    def __init__(self) -> None:
        super().__init__(name="导入", endpoint="kefu_imports", url="imports")

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """What one has imported stands among one's batches."""
        return self.go("/batches/")

    @expose("/of/<type_id>", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.NONE, repeat=Repeat.KEY, body=Body.TABLE)
    def file(self, type_id: str) -> Response:
        """Choose a file; sent, it leads to its columns."""
        imports.check_right(self.desk, type_id, actor=http.actor(), now=http.now())
        if request.method == "GET":
            return self._file(type_id)
        try:
            sent = _sent()
            batch = imports.take(
                self.desk,
                type_id,
                sent.filename or "",
                sent.stream,
                most_bytes=http.runtime().settings.max_import_mib * 1024 * 1024,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(sent_key(), [type_id, sent.filename, _digest(sent)]),
            )
        except (Invalid, Busy) as refusal:
            return self._file(type_id, refusal)
        return self.go(f"/imports/{batch}")

    @expose("/of/<type_id>/template")
    @declare("GET")
    def template(self, type_id: str) -> Response:
        """A workbook to fill in."""
        made = imports.template(
            self.desk, type_id, actor=http.actor(), now=http.now(), locale=http.locale()
        )
        plural = self.desk.project.types[type_id].plural.text(http.locale())
        return http.send_pieces(f"{plural}.xlsx", _XLSX, iter([made]))

    @expose("/<int:id>", methods=("GET", "POST"))
    @declare("GET", "POST", audit=Audit.NONE, repeat=Repeat.NATURAL)
    def columns(self, id: int) -> Response:
        """Which column holds which field; then every line is looked at."""
        number, heads_line = _place("sheet"), _place("heads")
        staged = imports.staged(
            self.desk,
            id,
            number=number,
            heads_line=heads_line,
            actor=http.actor(),
            now=http.now(),
        )
        if staged.batch.state is not State.FREEZING:
            return self.go(f"/batches/{id}")
        if request.method == "GET":
            return self._columns(staged, staged.suggested, "")
        mapping, key_field = _mapping(), request.form.get("key_field", "")
        try:
            imports.choose(
                self.desk,
                id,
                mapping,
                key_field,
                number=number,
                heads_line=heads_line,
                actor=http.actor(),
                now=http.now(),
            )
        except (Invalid, Busy) as refusal:
            return self._columns(staged, mapping, key_field, refusal)
        return self.go(f"/batches/{id}")

    @expose("/<int:id>/faults")
    @declare("GET")
    def faults(self, id: int) -> Response:
        """The refused lines as a workbook, faults marked."""
        made = imports.faults(
            self.desk, id, actor=http.actor(), now=http.now(), locale=http.locale()
        )
        return http.send_pieces(f"import-{id}.xlsx", _XLSX, iter([made]))

    def _file(self, type_id: str, refusal: Refusal | None = None) -> Response:
        view = reading.type_view(self.desk, type_id, http.actor(), now=http.now())
        locale = http.locale()
        said = translator(locale)
        plural = view.type.plural.text(locale)
        return self.page(
            "admin/imports/file.html",
            status=refusal.status if refusal is not None else 200,
            heading=said("导入：{list}", list=plural),
            plural=plural,
            back=f"{prefix()}/records/{type_id}/",
            action=f"{prefix()}/imports/of/{type_id}",
            most=f"{imports.MOST_LINES:,}",
            most_of_workbook=f"{imports.MOST_OF_WORKBOOK:,}",
            most_mib=http.runtime().settings.max_import_mib,
            key=fresh_key(),
            problems=_told(refusal),
        )

    def _columns(
        self,
        staged: Staged,
        mapping: Mapping[int, str],
        key_field: str,
        refusal: Refusal | None = None,
    ) -> Response:
        locale = http.locale()
        said = translator(locale)
        plural = staged.view.type.plural.text(locale)
        joint = ", " if locale == "en" else "、"
        return self.page(
            "admin/imports/columns.html",
            status=refusal.status if refusal is not None else 200,
            heading=said("导入：{list}", list=plural),
            plural=plural,
            back=f"{prefix()}/records/{staged.batch.type}/",
            again=f"{prefix()}/imports/of/{staged.batch.type}",
            action=f"{prefix()}/imports/{staged.batch.id}",
            file=staged.sheet.file,
            encoding=staged.sheet.encoding.upper(),
            counted=said("{count} 行", count=f"{staged.lines:,}"),
            sheets=[
                (number, name, f"{count:,}")
                for number, (name, count) in enumerate(staged.sheet.sheets)
                if count
            ],
            sheet=staged.sheet.number,
            tops=staged.tops,
            heads_line=staged.sheet.first_line - 1,
            columns=[
                (f"{COLUMN}{place}", head or f"#{place + 1}", joint.join(texts), mapping.get(place))
                for place, (head, texts) in enumerate(
                    zip(staged.sheet.heads, staged.samples, strict=True)
                )
            ],
            fields=[(one.id, one.label.text(locale)) for one in staged.takes],
            keys=[(one.id, one.label.text(locale)) for one in staged.keys],
            key_field=key_field,
            problems=_told(refusal),
        )


def _sent() -> FileStorage:
    """The file that was sent.

    Raises:
        Invalid: there is none.
    """
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid([FieldError("file", "upload_missing")])
    return sent


def _digest(sent: FileStorage) -> str:
    sent.stream.seek(0)
    digest = hashlib.file_digest(sent.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # seekable, readable
    sent.stream.seek(0)
    return digest


def _place(name: str) -> int | None:
    """A sheet or row the person has said; None where he has not.

    Raises:
        BadRequest: no number.
    """
    text = request.values.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise BadRequest(detail=name)
    return int(text)


def _mapping() -> dict[int, str]:
    """The fields chosen, by place of their column.

    Raises:
        BadRequest: a column without a number.
    """
    found: dict[int, str] = {}
    for name, field in request.form.items():
        if name.startswith(COLUMN) and field:
            place = name.removeprefix(COLUMN)
            if not place.isascii() or not place.isdigit() or len(place) > 4:
                raise BadRequest(detail="column")
            found[int(place)] = field
    return found


def _told(refusal: Refusal | None) -> list[str]:
    if isinstance(refusal, Invalid):
        return [wording.field_error(error, http.locale()) for error in refusal.errors]
    return [wording.refusal(refusal, http.locale())] if refusal is not None else []
