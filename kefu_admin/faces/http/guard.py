"""What every request of ours passes before its view: host, declaration, sign-in, CSRF, size.

One `before_request` for panel and API, enforcing what `faces.routes` declares. A host application's
own routes pass untouched; its Flask-Admin views on our `Admin` are behind our sign-in.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.exceptions import BadRequest as BadHost
from werkzeug.sansio.utils import host_is_trusted

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.faces.http import asked, session
from kefu_admin.faces.http.runtime import runtime
from kefu_admin.faces.routes import (
    BODY_BYTES,
    SAFE,
    Access,
    Audit,
    Body,
    Declaration,
    Repeat,
    declaration_of,
)
from kefu_admin.problems import BadToken, Forbidden, PasswordChangeRequired

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

# A host application's stock Flask-Admin view: behind our sign-in, with our CSRF token.
HOST_VIEW = Declaration(
    methods=frozenset({"GET", "POST"}),
    access=Access.SIGNED_IN,
    csrf=True,
    audit=Audit.NONE,
    repeat=Repeat.NATURAL,
    body=Body.FORM,
)


def install(app: Flask) -> None:
    """Put the guard before every request of the application."""
    app.before_request(_guard)


def _guard() -> None:
    if not asked.is_ours():
        return
    g.kefu_ours = True
    _check_host()
    declared = declaration()
    if declared is None:
        return  # no such route: the error handler answers
    _limit_body(declared)
    unsafe = declared.writes and request.method not in SAFE
    if unsafe and declared.repeat is not Repeat.SAFE:
        _enter_gate(declared)
    who = session.actor() if declared.access is not Access.PUBLIC else None
    if unsafe:
        check_csrf()
    if who is None:
        return
    runtime().desk.show_values(asked.now())
    if not declared.before_password_change and session.bearer() is None:
        _check_password_changed()
    if isinstance(declared.access, Permission):
        _check_permission(who, declared.access)
    _check_host_view(who)


def _enter_gate(declared: Declaration) -> None:
    """What was waited at the gate is not waited again for the database. Signing in takes no turn:
    hashing a password takes long and lets others work meanwhile."""
    here = runtime()
    waited = here.gate.enter(turn=declared.access is not Access.PUBLIC)
    g.kefu_inside = True
    here.store.has_waited(waited)


def declaration() -> Declaration | None:
    """What the asked route promises; a host's view on our `Admin` is held to `HOST_VIEW`."""
    found = declaration_of(current_app, request.endpoint)
    if found is not None or request.endpoint is None:
        return found
    blueprint = request.endpoint.rpartition(".")[0]
    return HOST_VIEW if blueprint in runtime().guarded() - runtime().blueprints() else None


def check_csrf() -> None:
    """An unsafe request must come from our own pages.

    A bearer token is no cookie and needs no CSRF token.

    Raises:
        BadToken: a foreign origin, or the token is missing, foreign or expired.

    Rule: D22, S01.
    """
    if session.bearer() is not None:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise BadToken
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise BadToken
    sent = request.headers.get(session.HEADER) or request.form.get(session.FORM_FIELD, "")
    if not session.csrf_matches(sent):
        raise BadToken


def _check_host() -> None:
    hosts = current_app.config.get("TRUSTED_HOSTS") or ()
    trusted = (*runtime().settings.trusted_hosts, *hosts)
    name = request.environ.get("HTTP_HOST", "") or request.environ.get("SERVER_NAME", "")
    if not host_is_trusted(name, trusted or LOOPBACK):
        raise BadHost


def _limit_body(declared: Declaration) -> None:
    request.max_content_length = (
        runtime().settings.max_upload_bytes
        if declared.body is Body.UPLOAD
        else BODY_BYTES[declared.body]
    )
    request.max_form_parts = 5000


def _check_password_changed() -> None:
    if session.signed_in().must_change:
        raise PasswordChangeRequired


def _check_permission(who: Actor, permission: Permission) -> None:
    if permission not in runtime().desk.grants(who).permissions:
        raise Forbidden


def _check_host_view(who: Actor) -> None:
    admin = runtime().admin
    blueprint = (request.endpoint or "").rpartition(".")[0]
    if admin is None or blueprint in runtime().blueprints():
        return
    view = next((view for view in admin._views if view.endpoint == blueprint), None)
    roles = getattr(view, "kefu_roles", None)
    if roles is not None and not who.roles & frozenset(roles):
        raise Forbidden
