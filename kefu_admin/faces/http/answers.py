"""How every answer of ours leaves: security headers, errors as page or envelope, connection back.

An unexpected exception becomes a 500 with an id and a plain sentence; its traceback goes to the
log, never to the client. A face sets how its error looks (`Runtime.panel_error`, `api_error`).
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces.http import asked, session
from kefu_admin.faces.http.runtime import ErrorPage, runtime
from kefu_admin.problems import ConfigMoved, NoSpace, Refusal, SignInRequired, TooMany
from kefu_admin.store.faults import DISK_FULL

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def install(app: Flask) -> None:
    """Register headers, error answers and the return of the connection on the application."""
    app.after_request(_finish)
    app.teardown_request(_release)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(OSError, _no_space)
    previous = app.error_handler_spec[None][None].get(HTTPException)

    def failed(error: HTTPException) -> Any:  # whatever the host answers
        if not asked.is_ours():
            return app.ensure_sync(previous)(error) if previous else error
        return _http_error(error)

    app.register_error_handler(HTTPException, failed)


def _finish(response: Response) -> Response:
    if not asked.is_ours():
        return response
    response.headers.setdefault("Content-Security-Policy", CSP)  # a file has a stricter one
    response.headers.extend(HEADERS)
    if (request.endpoint or "").rpartition(".")[2] != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers["X-Request-Id"] = asked.request_id()
    session.keep_stranger(response)
    return response


def _release(error: BaseException | None) -> None:
    known = asked.facts()
    if known.inside:
        known.inside = False
        known.here.gate.leave()
    known.here.store.release()


def _refused(refusal: Refusal) -> Response:
    here = runtime()
    asked.facts().refusal = refusal.code
    if isinstance(refusal, ConfigMoved) and here.restart is not None:
        here.restart()
    response = _answer(
        ErrorPage(
            status=refusal.status,
            code=refusal.code,
            message=wording.refusal(refusal, asked.locale()),
            request_id=asked.request_id(),
            error=refusal,
        )
    )
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    elif refusal.status == 503:
        response.headers["Retry-After"] = "2"
    elif isinstance(refusal, SignInRequired) and asked.asks_api():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _no_space(error: OSError) -> Response:
    """A full disk, wherever it was met: the temporary file of a large form, an attachment."""
    if error.errno not in DISK_FULL or not asked.is_ours():
        raise error
    return _refused(NoSpace())


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response.force_type(error.get_response())  # a redirect of the router's own
    code = f"http_{status}" if f"http_{status}" in wording.sentences() else "http_error"
    response = _answer(
        ErrorPage(
            status=status,
            code=code,
            message=wording.sentence(code, asked.locale(), status=status, id=asked.request_id()),
            request_id=asked.request_id(),
            error=error,
        )
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _answer(page: ErrorPage) -> Response:
    here = runtime()
    render = here.api_error if asked.asks_api() else here.panel_error
    return render(page) if render is not None else plain_error(page)


def plain_error(page: ErrorPage) -> Response:
    """The error as plain text, where no face is mounted to show it better."""
    return Response(f"{page.message}\n({page.request_id})\n", page.status, mimetype="text/plain")
