"""The page of an export: what the file will hold, which kind, masked or in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.record import page_list
from kefu_admin.faces.admin.view import prefix
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import exports, reading
from kefu_admin.operations.exports import Form, Wanted
from kefu_admin.problems import BadRequest, Refusal

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView


def context(page: RecordView, refusal: Refusal | None = None) -> dict[str, object]:
    """What the template prints.

    Raises:
        Forbidden: the person may take nothing of the list along.
        NotFound, UnknownParameter, BadRequest: the address asks what no list answers.
    """
    asked, wanted = page_list.question(page)
    locale = http.locale()
    said = translator(locale)
    found = exports.outline(page.desk, wanted, actor=http.actor(), now=http.now())
    joint = ", " if locale == "en" else "、"
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    count = f"{found.limit:,}" if found.is_over else f"{found.count:,}"
    label = reading.view_label(page.desk, wanted.view, http.actor()) or page.content.plural
    return {
        "heading": said(
            "导出：{list}",
            list=label.text(locale),
        ),
        "plural": page.content.plural.text(locale),
        "back": f"{page.base}{query}",
        "action": f"{page.base}export{query}",
        "counted": said("超过 {count} 条", count=count)
        if found.is_over
        else said("共 {count} 条", count=count),
        "narrowed": asked.narrowed,
        "columns": joint.join(field.label.text(locale) for field in found.columns),
        "left_out": joint.join(field.label.text(locale) for field in found.left_out),
        "masked": joint.join(field.label.text(locale) for field in found.masked),
        "limit": f"{found.limit:,}",
        "can_export": not found.is_over and found.count > 0,
        "is_over": found.is_over,
        "refused": wording.refusal(refusal, locale) if refusal is not None else "",
        "home": f"{prefix()}/",
    }


def file(page: RecordView) -> Response:
    """The file the form asks for.

    Raises:
        SecondNeeded: one person alone may not take it.
        Forbidden, NotFound, UnknownParameter, BadRequest: as `context`.
    """
    _, wanted = page_list.question(page)
    form = request.form.get("form", Form.XLSX.value)
    if form not in set(Form):
        raise BadRequest(detail="form")
    made = exports.export(
        page.desk,
        Wanted(request=wanted, form=Form(form), full=request.form.get("full") == "1"),
        actor=http.actor(),
        now=http.now(),
        locale=http.locale(),
    )
    return http.send_pieces(made.name, made.media_type, made.pieces)
