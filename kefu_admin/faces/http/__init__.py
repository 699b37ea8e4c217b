"""What panel and API share of a request, so that one rule holds in both.

`runtime` what is mounted · `asked` instant, id, language, owner of the request · `session` who
asks, cookie, CSRF token · `guard` what every request passes first · `gate` how many write at once ·
`answers` headers and errors · `downloads` how a file leaves · `redirects` where `next` may lead.
`install(app)` puts guard and answers on the application.
"""

from __future__ import annotations

from flask import Flask

from kefu_admin.faces.http import answers, guard
from kefu_admin.faces.http.asked import LOCALE_COOKIE, address, agent, locale, now, request_id
from kefu_admin.faces.http.downloads import send_download, send_pieces
from kefu_admin.faces.http.redirects import safe_next
from kefu_admin.faces.http.runtime import KEY, ErrorPage, Runtime, runtime
from kefu_admin.faces.http.session import (
    FORM_FIELD,
    HEADER,
    actor,
    actor_or_none,
    clear_session,
    csrf_token,
    session_token,
    set_session,
    signed_in,
)

__all__ = [
    "FORM_FIELD",
    "HEADER",
    "KEY",
    "LOCALE_COOKIE",
    "ErrorPage",
    "Runtime",
    "actor",
    "actor_or_none",
    "address",
    "agent",
    "clear_session",
    "csrf_token",
    "install",
    "locale",
    "now",
    "request_id",
    "runtime",
    "safe_next",
    "send_download",
    "send_pieces",
    "session_token",
    "set_session",
    "signed_in",
]


def install(app: Flask) -> None:
    """Guard every request of ours on the application, and shape every answer."""
    guard.install(app)
    answers.install(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
