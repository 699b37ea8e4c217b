"""How every answer of ours leaves: security headers, errors as page or envelope, connection back.

An unexpected exception becomes a 500 with an id and a plain sentence; its traceback goes to the
log, never to the client. A face sets how its error looks (`Runtime.panel_error`, `api_error`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces.http import asked, session
from kefu_admin.faces.http.runtime import ErrorPage, runtime, this_request
from kefu_admin.problems import NoSpace, Refusal, SignInRequired, TooMany
from kefu_admin.store.faults import DISK_FULL

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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


_MORE = "kefu_admin.headers"  # in the environ: headers `_Headed` is to put on


def install(app: Flask) -> None:
    """Register headers, error answers and the return of the connection on the application."""
    app.wsgi_app = _Headed(app.wsgi_app)  # type: ignore[method-assign]
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


class _Headed:
    """The application with our headers on its answers, put on after werkzeug has done with them: it
    looks through all it knows of several times."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        more: list[tuple[str, str]] = []
        environ[_MORE] = more

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            return start_response(status, [*headers, *more], exc_info)

        return self._app(environ, start)


def _finish(response: Response) -> Response:
    if not asked.is_ours():
        return response
    asking, own = this_request(), response.headers
    more = [*HEADERS.items(), ("X-Request-Id", asked.request_id())]
    if "Content-Security-Policy" not in own:  # a file has a stricter one
        more.append(("Content-Security-Policy", CSP))
    if (asking.endpoint or "").rpartition(".")[2] != "static" or response.status_code >= 400:
        if "Cache-Control" in own:
            del own["Cache-Control"]
        more.append(("Cache-Control", "no-store"))
    if asking.is_secure and "Strict-Transport-Security" not in own:
        more.append(("Strict-Transport-Security", "max-age=31536000"))
    session.keep_stranger(response)
    known = asked.facts()
    if known.here.counted is not None:
        known.here.counted(asking, response.status_code, known.refusal)
    asking.environ.get(_MORE, own).extend(more)  # own: nobody called us through `_Headed`
    return response


def _release(error: BaseException | None) -> None:
    known = asked.facts()
    if known.inside:
        known.inside = False
        known.here.gate.leave()
    known.here.store.release()


def _refused(refusal: Refusal) -> Response:
    asked.facts().refusal = refusal.code
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
