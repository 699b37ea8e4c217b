"""What every request of ours passes before its view: host, declaration, sign-in, CSRF, size.

One `before_request` for panel and API, enforcing what `faces.routes` declares. A host application's
own routes pass untouched; its Flask-Admin views on our `Admin` are behind our sign-in.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from flask import Flask, Request, current_app
from werkzeug.exceptions import BadRequest as BadHost
from werkzeug.sansio.utils import host_is_trusted

from kefu_admin import logs
from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.faces.http import asked, session
from kefu_admin.faces.http.runtime import Runtime, this_request
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
from kefu_admin.store.database import FINGERPRINT
from kefu_admin.store.readiness import config_waits
from kefu_admin.store.state import read_state

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LOOK_SECONDS = 1.0  # between two looks for a newer config
FAULTY_SECONDS = 30.0  # until the next where its files cannot be read

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
    logs.request_id.set(asked.request_id())
    if not asked.is_ours():
        return
    asking, here = this_request(), asked.facts().here
    _check_host(asking, here)
    declared = declaration(asking, here)
    if declared is None:
        return  # no such route: the error handler answers
    _limit_body(asking, here, declared)
    unsafe = declared.writes and asking.method not in SAFE
    if unsafe and declared.repeat is not Repeat.SAFE:
        _enter_gate(here)
    who = session.actor() if declared.access is not Access.PUBLIC else None
    if unsafe:
        check_csrf(asking)
    if unsafe or who is not None:
        _look_for_config(here, writes=unsafe, is_heard=who is not None)
    if who is None:
        return
    here.desk.show_values(asked.now())
    if not declared.before_password_change and session.bearer() is None:
        _check_password_changed()
    if isinstance(declared.access, Permission):
        _check_permission(here, who, declared.access)
    _check_host_view(asking, here, who)


def _look_for_config(here: Runtime, *, writes: bool, is_heard: bool) -> None:
    """Renew the process once another config has been applied: before somebody fills in a form that
    it could not keep. One indexed read, or what was read along with who asks (`is_heard`)."""
    if here.restart is None:
        return
    moment = time.monotonic()
    if not writes and moment < here.looks_again_at:
        return
    applied = here.desk.applied if is_heard else read_state(here.store, FINGERPRINT)
    waits = config_waits(here.store, applied)
    here.looks_again_at = moment + (FAULTY_SECONDS if waits else LOOK_SECONDS)
    if waits:
        here.restart()


def _enter_gate(here: Runtime) -> None:
    """What was waited at the gate is not waited again for the database."""
    waited = here.gate.enter()
    asked.facts().inside = True
    here.store.has_waited(waited)


def declaration(asking: Request, here: Runtime) -> Declaration | None:
    """What the asked route promises; a host's view on our `Admin` is held to `HOST_VIEW`."""
    found = declaration_of(current_app, asking.endpoint)
    if found is not None or asking.endpoint is None:
        return found
    blueprint = asking.endpoint.rpartition(".")[0]
    return HOST_VIEW if blueprint in here.guarded() - here.blueprints() else None


def check_csrf(asking: Request) -> None:
    """An unsafe request must come from our own pages.

    A bearer token is no cookie and needs no CSRF token.

    Raises:
        BadToken: a foreign origin, or the token is missing, foreign or expired.

    Rule: D22, S01.
    """
    if session.bearer() is not None:
        return
    headers = asking.headers
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise BadToken
    origin = headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != asking.host:
        raise BadToken
    sent = headers.get(session.HEADER) or asking.form.get(session.FORM_FIELD, "")
    if not session.csrf_matches(sent):
        raise BadToken


def _check_host(asking: Request, here: Runtime) -> None:
    hosts = current_app.config.get("TRUSTED_HOSTS") or ()
    trusted = (*here.settings.trusted_hosts, *hosts)
    name = asking.environ.get("HTTP_HOST", "") or asking.environ.get("SERVER_NAME", "")
    if not host_is_trusted(name, trusted or LOOPBACK):
        raise BadHost


def _limit_body(asking: Request, here: Runtime, declared: Declaration) -> None:
    of_files = {
        Body.UPLOAD: here.settings.max_upload_bytes,
        Body.TABLE: here.settings.max_import_bytes,
    }
    asking.max_content_length = (BODY_BYTES | of_files)[declared.body]
    asking.max_form_parts = 5000


def _check_password_changed() -> None:
    if session.signed_in().must_change:
        raise PasswordChangeRequired


def _check_permission(here: Runtime, who: Actor, permission: Permission) -> None:
    if permission not in here.desk.grants(who).permissions:
        raise Forbidden


def _check_host_view(asking: Request, here: Runtime, who: Actor) -> None:
    admin = here.admin
    blueprint = (asking.endpoint or "").rpartition(".")[0]
    if admin is None or blueprint in here.blueprints():
        return
    view = next((view for view in admin._views if view.endpoint == blueprint), None)
    roles = getattr(view, "kefu_roles", None)
    if roles is not None and not who.roles & frozenset(roles):
        raise Forbidden
