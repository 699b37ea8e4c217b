"""Facts of the current request, each worked out once: instant, id, address, language, owner."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flask import g, request

from kefu_admin import clock
from kefu_admin.faces.http.runtime import Runtime, runtime, this_request
from kefu_admin.wording import LOCALES

if TYPE_CHECKING:
    from kefu_admin.actor import Actor
    from kefu_admin.operations.sign_in import SignedIn

LOCALE_COOKIE = "kefu_locale"


@dataclass(slots=True)
class Facts:
    """What is known of one request so far; None and "" are not asked yet.

    Attributes:
        began: `time.perf_counter()` when the first was asked, before the guard.
        stranger: the cookie a form shown before sign-in needs.
        refusal: the code of the refusal it was answered with.
        inside: whether it holds a place at the gate.
    """

    here: Runtime
    now: datetime | None = None
    id: str = ""
    ours: bool | None = None
    api: bool | None = None
    locale: str = ""
    actor: Actor | None = None
    signed_in: SignedIn | None = None
    began: float = field(default_factory=time.perf_counter)
    stranger: str = ""
    refusal: str = ""
    inside: bool = False


def facts() -> Facts:
    """What is known of this request, to be read and added to by the modules beside this one."""
    kept = g._get_current_object()  # once past Flask's proxy
    try:
        found: Facts = kept.kefu
    except AttributeError:
        found = kept.kefu = Facts(runtime())
    return found


def now() -> datetime:
    """The instant of this request, aware UTC: one for everything it does."""
    known = facts()
    if known.now is None:
        known.now = clock.now()
    return known.now


def request_id() -> str:
    """A random name for this request, shown on error pages and in the answer's headers."""
    known = facts()
    if not known.id:
        known.id = secrets.token_hex(8)
    return known.id


def address() -> str:
    """Where the request came from: the socket, or the hop `KEFU_PROXY_HOPS` trusts."""
    return (request.remote_addr or "")[:64]


def agent() -> str:
    """The client's name for itself, shortened."""
    return request.user_agent.string[:200]


def asks_api() -> bool:
    """Whether the request is for the API, known or not; its documentation is a page."""
    known = facts()
    if known.api is None:
        prefix, path = known.here.api_prefix, request.path
        known.api = (path + "/").startswith(prefix + "/") and path != f"{prefix}/docs"
    return known.api


def is_ours() -> bool:
    """Whether the request is ours to guard and to answer for in a shared application."""
    known = facts()
    if known.ours is None:
        known.ours = _is_ours(known.here)
    return known.ours


def _is_ours(here: Runtime) -> bool:
    asking = this_request()
    if asking.endpoint is None:
        return (asking.path + "/").startswith(here.prefix + "/")
    blueprint = asking.endpoint.rpartition(".")[0]
    return blueprint in here.guarded() or (not here.prefix and blueprint == "")


def locale() -> str:
    """The language of the answer: "zh" or "en".

    The API goes by Accept-Language first; then the switch (cookie), then the project's.
    """
    known = facts()
    if not known.locale:
        known.locale = _locale(known.here)
    return known.locale


def _locale(here: Runtime) -> str:
    asking = this_request()
    chosen = asking.cookies.get(LOCALE_COOKIE, "")
    if asks_api():
        wanted = asking.accept_languages.best_match(("zh", "zh-CN", "en", "en-US", "en-GB"))
        if wanted:
            return wanted[:2]
    if chosen in LOCALES:
        return chosen
    return here.project.locale
