"""The way in and the first page: home, sign-in, sign-out, language, regions, files."""

from __future__ import annotations

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin import menu
from kefu_admin.faces.admin.regions import found_regions
from kefu_admin.faces.admin.theme import STATIC, STATIC_PATH
from kefu_admin.faces.admin.view import PanelView, back_with, expose, prefix, zone
from kefu_admin.faces.admin.words import clock_text, day_of_week, translator
from kefu_admin.faces.routes import Access, Audit, Repeat, declare
from kefu_admin.operations import reading, sign_in
from kefu_admin.problems import BadRequest, Busy, SignInFailed, SignInRequired, TooMany


class FrontView(PanelView):
    """Routes at the root of the desk. Also serves the panel's static files."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            name="首页",
            endpoint="kefu",
            url=prefix or "/",
            static_folder=str(STATIC),
            static_url_path=STATIC_PATH,
        )

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """Numbers of the person's work, and the records last worked on."""
        who, now, locale = http.actor(), http.now(), http.locale()
        found = reading.home(self.desk, actor=who, now=now)
        types = http.runtime().project.types
        return self.page(
            "admin/home.html",
            greeting=_greeting(now.astimezone(zone()).hour, who.name, locale),
            today=day_of_week(now.astimezone(zone()).date(), locale),
            groups=[
                (
                    group.label.text(locale) if group.label else "",
                    [
                        (
                            card.label.text(locale),
                            f"{card.count:,}{'+' if card.capped else ''}",
                            f"{prefix()}/records/{card.view.type}/?view={card.view.id}",
                            card.icon or "folder",
                            card.color if card.count else "none",
                        )
                        for card in group.cards
                    ],
                )
                for group in found.groups
            ],
            shortcuts=() if found.groups else menu.entries(who, locale),
            recent=[
                (
                    types[one.type].label.text(locale),
                    one.title,
                    f"{prefix()}/records/{one.type}/{one.id}",
                    clock_text(one.changed_at, zone()),
                )
                for one in found.recent
            ],
            makers=[
                (types[type_id].label.within(locale), f"{prefix()}/records/{type_id}/new")
                for type_id in found.new
            ],
        )

    @expose("/sign-in", methods=("GET", "POST"))
    @declare(
        "GET",
        "POST",
        access=Access.PUBLIC,
        audit=Audit.SIGN_IN,
        repeat=Repeat.NATURAL,
        before_password_change=True,
    )
    def sign_in(self) -> Response:
        """Who are you?"""
        back = http.safe_next(request.values.get("next"), otherwise=f"{prefix()}/")
        if request.method == "GET":
            if http.actor_or_none() is not None:
                return redirect(back, 303)
            return self._form(back)
        try:
            begun = sign_in.sign_in(
                self.desk,
                request.form.get("login", ""),
                request.form.get("password", ""),
                address=http.address(),
                agent=http.agent(),
                now=http.now(),
                previous=http.session_token(),
            )
        except (SignInFailed, TooMany, Busy) as refusal:
            said = wording.refusal(refusal, http.locale())
            return self._form(back, refused=said, status=refusal.status)
        response = redirect(f"{prefix()}/account/password" if begun.must_change else back, 303)
        http.set_session(response, begun.token)
        return response

    def _form(self, back: str, *, refused: str = "", status: int = 200) -> Response:
        return self.page(
            "admin/sign_in.html",
            status=status,
            back=back,
            refused=refused,
            login=request.form.get("login", ""),
        )

    @expose("/sign-out", methods=("POST",))
    @declare(
        "POST",
        access=Access.PUBLIC,
        audit=Audit.SIGN_IN,
        repeat=Repeat.NATURAL,
        before_password_change=True,
    )
    def sign_out(self) -> Response:
        """End this session."""
        try:
            who = http.actor()
            sign_in.sign_out(self.desk, http.session_token(), actor=who, now=http.now())
        except SignInRequired:
            pass  # it had ended already: the wish is fulfilled
        response = self.go("/sign-in", "signed_out")
        http.clear_session(response)
        return response

    @expose("/language", methods=("POST",))
    @declare("POST", access=Access.PUBLIC, repeat=Repeat.NATURAL, before_password_change=True)
    def language(self) -> Response:
        """Show the panel in another language from now on."""
        wanted = request.form.get("locale", "")
        if wanted not in wording.LOCALES:
            raise BadRequest(detail="locale")
        return back_with(http.LOCALE_COOKIE, wanted)

    @expose("/regions", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def regions(self) -> Response:
        """Regions whose name holds a few characters, for the pick-list."""
        found = found_regions(request.form.get("term", "")[:60])
        return jsonify(ok=True, data=[{"id": code, "label": label} for code, label in found])


def _greeting(hour: int, name: str, locale: str) -> str:
    said = translator(locale)
    if hour < 11:
        return said("早上好，{name}", name=name)
    if hour < 13:
        return said("中午好，{name}", name=name)
    return said("下午好，{name}", name=name) if hour < 18 else said("晚上好，{name}", name=name)
