"""All versions of a record: any two beside each other, and the way back to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin.record.forms import fresh_key, told_errors
from kefu_admin.faces.admin.record.history import Line, compared, told
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import reading
from kefu_admin.problems import Invalid, Refusal
from kefu_admin.store.query import Row

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.pages import RecordPages

_VERSIONS = 30
_MOST = 2**31 - 1


def context(page: RecordPages, row: Row, refusal: Refusal | None = None) -> dict[str, object]:
    """What the template prints: the versions, and what differs between the two chosen ones.

    Raises:
        Forbidden: the person may not read the record's history.
    """
    below = _version("below") or 0
    entries = reading.history(
        page.desk,
        page.content.id,
        row.id,
        actor=http.actor(),
        now=http.now(),
        below_version=below,
        limit=_VERSIONS + 1,
    )
    shown = entries[:_VERSIONS]
    newer = min(_version("newer") or row.version, row.version)
    older = _version("older") or newer - 1
    older, newer = min(older, newer), max(older, newer)
    differing = _differing(page, row, older, newer)
    here, said = f"{page.base}{row.id}", translator(http.locale())
    return {
        "heading": said("修改历史"),
        "plural": page.content.plural.text(http.locale()),
        "code": row.title,
        "base": page.base,
        "here": here,
        "only_one": row.version == 1,
        "versions": told(page.content, shown, page.shown, said),
        "older": older,
        "newer": newer,
        "differing": differing,
        "present": row.version,
        "may_revert": Action.UPDATE.value in row.actions and older < row.version,
        "editable": [
            name
            for name in (line.change.name for line in differing)
            if name in row.editable and field_type(page.content.fields[name]).written
        ],
        "problems": told_errors(page.content, refusal) if refusal is not None else (),
        "first": f"{here}/history" if below else "",
        "next": f"{here}/history?below={shown[-1].version}" if len(entries) > _VERSIONS else "",
        "key": fresh_key(),
    }


def _differing(page: RecordPages, row: Row, older: int, newer: int) -> tuple[Line, ...]:
    try:
        found = reading.difference(
            page.desk,
            page.content.id,
            row.id,
            older,
            newer,
            actor=http.actor(),
            now=http.now(),
        )
    except Invalid:  # the only version, or one that never was
        return ()
    return compared(page.content, found, page.shown, page.desk.project.types)


def _version(name: str) -> int | None:
    """A version named in the address; None when it is none."""
    text = request.args.get(name, "") or request.form.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return min(int(text), _MOST)
