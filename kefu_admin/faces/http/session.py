"""Who is asking: the session cookie or a bearer token, and the CSRF token that goes with a session.

The session itself rests in the database (`operations.sign_in`); the cookie carries only its random
name. Before sign-in the token is an HMAC over a random cookie, so the sign-in form is
protected too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.actor import Actor
from kefu_admin.faces.http.asked import address, asks_api, facts, now
from kefu_admin.faces.http.runtime import runtime
from kefu_admin.operations import sign_in, tokens
from kefu_admin.operations.sign_in import SignedIn
from kefu_admin.problems import SignInRequired

FORM_FIELD = "_csrf"
HEADER = "X-CSRF-Token"
_ABSOLUTE = timedelta(hours=12)


def _name(stem: str) -> str:
    """Cookie name: bound to the host over TLS, plain on loopback without."""
    return f"__Host-{stem}" if request.is_secure else stem


def bearer() -> str | None:
    """The token of an `Authorization: Bearer …` header, or None; the panel takes sessions only."""
    if not asks_api():
        return None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def actor_or_none() -> Actor | None:
    """The asking person, or None when nobody is signed in."""
    try:
        return actor()
    except SignInRequired:
        return None


def actor() -> Actor:
    """The asking person or token, read once per request.

    Raises:
        SignInRequired: no valid session, and no valid token.
    """
    known = facts()
    if known.actor is None:
        token = bearer()
        known.actor = (
            tokens.authenticate(known.here.desk, token, now=now(), address=address())
            if token is not None
            else signed_in().actor
        )
    return known.actor


def signed_in() -> SignedIn:
    """The session behind the cookie, read once per request.

    Raises:
        SignInRequired: there is none, or it has ended.
    """
    known = facts()
    if known.signed_in is None:
        token = session_token()
        if not token:
            raise SignInRequired()
        known.signed_in = sign_in.session(known.here.desk, token, now=now(), address=address())
    return known.signed_in


def session_token() -> str:
    """The session's name as the cookie carries it, "" when there is none (for sign-out)."""
    return request.cookies.get(_name("kefu_session"), "")


def set_session(response: Response, token: str) -> None:
    """Hand the session's name to the browser; it ends with the browser or after twelve hours."""
    response.set_cookie(
        _name("kefu_session"),
        token,
        max_age=_ABSOLUTE,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def clear_session(response: Response) -> None:
    """Take the session's name back from the browser."""
    response.delete_cookie(
        _name("kefu_session"), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def csrf_token() -> str:
    """The token every unsafe request of this browser must carry."""
    try:
        return signed_in().csrf
    except SignInRequired:
        return _stranger_token(_stranger())


def csrf_matches(sent: str) -> bool:
    """Whether the token sent is the one of this session (or, before sign-in, of this browser)."""
    try:
        expected = signed_in().csrf
    except SignInRequired:
        cookie = request.cookies.get(_name("kefu_visitor"), "")
        expected = _stranger_token(cookie) if cookie else ""
    return bool(expected) and hmac.compare_digest(sent.encode(), expected.encode())


def keep_stranger(response: Response) -> None:
    """Set the cookie a form shown before sign-in needs, if one was shown."""
    fresh = facts().stranger
    if fresh and request.cookies.get(_name("kefu_visitor")) != fresh:
        response.set_cookie(
            _name("kefu_visitor"),
            fresh,
            path="/",
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )


def _stranger() -> str:
    known = facts()
    if not known.stranger:
        known.stranger = request.cookies.get(_name("kefu_visitor")) or secrets.token_urlsafe(24)
    return known.stranger


def _stranger_token(cookie: str) -> str:
    secret = runtime().store.secret
    return hmac.new(secret, b"kefu visitor\0" + cookie.encode(), hashlib.sha256).hexdigest()
