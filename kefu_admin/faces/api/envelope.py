"""The two shapes every answer has: `{"ok": true, "data": …}` and `{"ok": false, "errors": […]}`.

Lists add `"next"` (the cursor of the following page, "" at the end) and, when asked, `"count"`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces.api.rows import plain
from kefu_admin.faces.http import ErrorPage, locale
from kefu_admin.problems import Conflict, Invalid, Referrer, StillReferenced, UnknownParameter


def success(
    data: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    beside: Mapping[str, object] | None = None,
) -> Response:
    """A success envelope; `beside` are keys next to `data` (next, count)."""
    return _response({"ok": True, "data": data, **(beside or {})}, status, headers)


def failure(page: ErrorPage) -> Response:
    """The error envelope: every refused value by name, else one entry for the whole request."""
    errors: list[dict[str, object]]
    if isinstance(page.error, Invalid) and page.error.errors:
        errors = [
            {
                "code": error.code,
                "field": error.field,
                "message": wording.field_error(error, locale()),
            }
            for error in page.error.errors
        ]
    else:
        named = page.error.facts.get("name") if isinstance(page.error, UnknownParameter) else ""
        errors = [{"code": page.code, "field": str(named or ""), "message": page.message}]
        if isinstance(page.error, StillReferenced):
            errors[0] |= _referrers(page.error)
        if isinstance(page.error, Conflict):
            errors[0] |= _told(page.error)
    return _response({"ok": False, "errors": errors, "status": page.status}, page.status, None)


def _referrers(refusal: StillReferenced) -> dict[str, object]:
    """Who refers to what was to be deleted, as far as the client may see; `hidden`: others do."""
    visible = refusal.facts["visible"]
    assert isinstance(visible, tuple)
    named = [one for one in visible if isinstance(one, Referrer)]
    return {
        "referrers": [{"type": one.type, "id": one.id, "label": one.label} for one in named],
        "hidden": bool(refusal.facts["hidden"]),
    }


def _told(refusal: Conflict) -> Mapping[str, object]:
    """What has become of the record since, where it is known."""
    told = refusal.facts.get("told", {})
    assert isinstance(told, Mapping)
    return told


def _response(body: object, status: int, headers: Mapping[str, str] | None) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=plain)
    return Response(
        text.encode("utf-8", "backslashreplace"),
        status,
        headers=headers,
        mimetype="application/json",
    )
