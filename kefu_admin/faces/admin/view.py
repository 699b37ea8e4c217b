"""The base of every page of the panel: a Flask-Admin view with its traps taken out.

Kept from Flask-Admin: routing, the menu a host application adds to, the life-cycle. Sign-in, CSRF
and permissions are `faces.http.guard`'s; a `Refusal` raised here reaches the error page, any other
exception is a fault and is not caught.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import make_response, redirect, render_template, request
from flask_admin import BaseView
from flask_admin import expose as flask_admin_expose
from werkzeug.wrappers import Response

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.text_rules import line
from kefu_admin.faces import http
from kefu_admin.faces.admin import marks, menu, notices
from kefu_admin.faces.admin.theme import STATIC_PATH, appearance, assets_built
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import BadRequest, NotFound

LARGEST_ID = 2**63 - 1
"""No database keeps a larger id."""

_KEPT_SECONDS = 365 * 24 * 3600  # how long a browser keeps what somebody chose

Page = TypeVar("Page", bound=Callable[..., object])


def expose(path: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[Page], Page]:
    """Flask-Admin's `expose`, typed: the path of a page below its view's."""
    mark: Callable[[Page], Page] = flask_admin_expose(path, methods)
    return mark


class PanelView(BaseView):  # type: ignore[misc]  # Flask-Admin's types are not followed
    """One group of pages. Holds no state of a request."""

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the view once. Flask-Admin calls it again on any TypeError.

        Raises:
            NotFound: an id in the path that no database keeps.
        """
        if any(isinstance(given, int) and given > LARGEST_ID for given in kwargs.values()):
            raise NotFound
        return fn(self, *args, **kwargs)

    @property
    def desk(self) -> Desk:
        """The desk this panel shows."""
        return http.runtime().desk

    def page(
        self,
        template: str,
        context: Mapping[str, object] | None = None,
        /,
        *,
        status: int = 200,
        **more: object,
    ) -> Response:
        """The page as an answer."""
        return make_response(render_page(template, **(context or {}), **more), status)

    def go(self, path: str, notice: str = "") -> Response:
        """See other: a path of the panel, with a one-shot notice."""
        joint = "&" if "?" in path else "?"
        told = f"{joint}notice={notice}" if notice else ""
        return redirect(f"{prefix()}{path}{told}", 303)


def typed(text: str, *, longest: int = 100) -> str:
    """A search term or parameter in its normal form, cut to `longest` characters.

    Raises:
        BadRequest: it holds what no text may hold (NUL, surrogates, controls).
    """
    try:
        return line(text)[:longest]
    except BadValue:
        raise BadRequest(detail=ascii(text[:20])) from None


def prefix() -> str:
    """Where the desk is mounted: "" or "/desk"."""
    return http.runtime().prefix


def back_with(cookie: str, choice: str) -> Response:
    """Back to the page one was on (`next`); the browser keeps the choice for a year."""
    back = http.safe_next(request.form.get("next"), otherwise=f"{prefix()}/")
    response = make_response(redirect(back, 303))
    response.set_cookie(
        cookie,
        choice,
        max_age=_KEPT_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def zone() -> ZoneInfo:
    """The project's clock."""
    return ZoneInfo(http.runtime().project.time_zone)


def render_page(template: str, **context: object) -> str:
    """A template with the frame of every page and what this one prints."""
    return render_template(template, **frame(), **context)


def frame() -> dict[str, object]:
    """What every page needs: words, person, menu, notice, paths."""
    here = http.runtime()
    locale = http.locale()
    who = http.actor_or_none()
    return {
        "_": translator(locale),
        "locale": locale,
        "who": who,
        "p": here.prefix,
        "icon": partial(marks.icon, menu.sprite(here)),
        "assets": f"{here.prefix}{STATIC_PATH}",
        "version": here.admin.theme.version if here.admin is not None else "",
        "assets_built": assets_built(),
        "appearance": appearance(),
        "csrf": http.csrf_token(),
        "csrf_field": http.FORM_FIELD,
        "project_name": here.project.name.text(locale),
        "demo": here.settings.demo,
        "menu": _menu(who, locale),
        "here_path": request.full_path.rstrip("?") if request.method == "GET" else "",
        "notice": notices.said(request.args.get("notice", ""), locale),
        "undo": notices.undo(request.args.get("notice", "")),
    }


def _menu(who: Actor | None, locale: str) -> object:
    if who is None or http.signed_in().must_change:
        return ""
    return menu.rendered(who, locale)
