"""How a refused or failed panel request looks: a plain page, or the way to the sign-in form."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import make_response, redirect, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.view import render_page
from kefu_admin.faces.http import ErrorPage
from kefu_admin.problems import Invalid, NotFound, PasswordChangeRequired, SignInRequired

TITLES = {
    400: "请求有误",
    403: "没有权限",
    404: "没有找到",
    405: "请求方式不对",
    409: "现在不能这样做",
    413: "内容太大",
    422: "填写有误",
    428: "请刷新后重试",
    429: "操作太频繁",
    500: "系统出错了",
    503: "系统正忙",
}


def error_page(page: ErrorPage) -> Response:
    """The answer to a panel request that was refused or failed."""
    here = http.runtime()
    if isinstance(page.error, SignInRequired) and _is_page():
        return _to_sign_in(here.prefix)
    if isinstance(page.error, PasswordChangeRequired):
        return redirect(f"{here.prefix}/account/password", 303)
    locale = http.locale()
    title = TITLES.get(page.status, TITLES[500] if page.status >= 500 else TITLES[400])
    reasons = (
        [wording.field_error(error, locale) for error in page.error.errors]
        if isinstance(page.error, Invalid)
        else []
    )
    return make_response(
        render_page(
            "admin/error.html",
            title=wording.text(title, locale),
            message=_message(page, locale),
            reasons=reasons,
            request_id=page.request_id if page.status >= 500 else "",
        ),
        page.status,
    )


def _message(page: ErrorPage, locale: str) -> str:
    """What the page says: an address that leads nowhere says what a record says that is not his."""
    return wording.refusal(NotFound(), locale) if page.status == 404 else page.message


def _is_page() -> bool:
    """Whether a person waits for a page, not a script for data."""
    return "text/html" in request.headers.get("Accept", "text/html") or not request.is_json


def _to_sign_in(prefix: str) -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    query = "?" + urlencode({"next": back}) if back not in ("", "/", f"{prefix}/") else ""
    return redirect(f"{prefix}/sign-in{query}", 303)
