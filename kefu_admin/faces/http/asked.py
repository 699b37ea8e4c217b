"""Facts of the current request, each worked out once: instant, id, address, language, owner."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import g, request

from kefu_admin import clock
from kefu_admin.faces.http.runtime import runtime
from kefu_admin.wording import LOCALES

LOCALE_COOKIE = "kefu_locale"


def now() -> datetime:
    """The instant of this request, aware UTC: one for everything it does."""
    if "kefu_now" not in g:
        g.kefu_now = clock.now()
    instant = g.kefu_now
    assert isinstance(instant, datetime)
    return instant


def request_id() -> str:
    """A random name for this request, shown on error pages and in the answer's headers."""
    if "kefu_request_id" not in g:
        g.kefu_request_id = secrets.token_hex(8)
    return str(g.kefu_request_id)


def address() -> str:
    """Where the request came from: the socket, or the hop `KEFU_PROXY_HOPS` trusts."""
    return (request.remote_addr or "")[:64]


def agent() -> str:
    """The client's name for itself, shortened."""
    return request.user_agent.string[:200]


def asks_api() -> bool:
    """Whether the request is for the API, known or not; its documentation is a page."""
    prefix = runtime().api_prefix
    return (request.path + "/").startswith(prefix + "/") and request.path != f"{prefix}/docs"


def is_ours() -> bool:
    """Whether the request is ours to guard and to answer for in a shared application."""
    here = runtime()
    blueprint = (request.endpoint or "").rpartition(".")[0]
    if request.endpoint is not None:
        return blueprint in here.guarded() or (not here.prefix and blueprint == "")
    return (request.path + "/").startswith(here.prefix + "/")


def locale() -> str:
    """The language of the answer: "zh" or "en".

    The API goes by Accept-Language first; then the switch (cookie), then the project's.
    """
    if "kefu_locale" not in g:
        g.kefu_locale = _locale()
    return str(g.kefu_locale)


def _locale() -> str:
    chosen = request.cookies.get(LOCALE_COOKIE, "")
    if asks_api():
        wanted = request.accept_languages.best_match(("zh", "zh-CN", "en", "en-US", "en-GB"))
        if wanted:
            return wanted[:2]
    if chosen in LOCALES:
        return chosen
    return runtime().project.locale
