"""One's own account: who I am here, and my password."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin import wording
from kefu_admin.faces import http
from kefu_admin.faces.admin.theme import APPEARANCE_COOKIE, APPEARANCES
from kefu_admin.faces.admin.view import PanelView, back_with, expose, prefix
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import sign_in
from kefu_admin.operations.sign_in import PasswordProfile
from kefu_admin.problems import BadRequest, Busy, Invalid, TooMany


class AccountView(PanelView):
    """Pages about oneself."""

    def __init__(self) -> None:
        super().__init__(name="我的账号", endpoint="kefu_account", url="account")

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """Who I am and what I may do here."""
        who, project, locale = http.actor(), http.runtime().project, http.locale()
        permissions = self.desk.grants(who).permissions
        return self.page(
            "admin/account.html",
            roles=[
                (project.roles[role].label.text(locale), project.roles[role].help.text(locale))
                for role in sorted(who.roles)
                if role in project.roles
            ],
            may_tokens="tokens" in permissions,
        )

    @expose("/appearance", methods=("POST",))
    @declare("POST", repeat=Repeat.NATURAL, before_password_change=True)
    def appearance(self) -> Response:
        """Light, dark, or as the system wishes, in this browser from now on."""
        wanted = request.form.get("appearance", "")
        if wanted not in APPEARANCES:
            raise BadRequest(detail="appearance")
        return back_with(APPEARANCE_COOKIE, wanted)

    @expose("/password", methods=("GET", "POST"))
    @declare(
        "GET",
        "POST",
        audit=Audit.SIGN_IN,
        repeat=Repeat.NATURAL,
        before_password_change=True,
    )
    def password(self) -> Response:
        """Change one's own password."""
        if request.method == "GET":
            return self._form({})
        if request.form.get("password") != request.form.get("again"):
            said = wording.text("两次填写的新密码不一致。", http.locale())
            return self._form({"again": said}, 422)
        try:
            begun = sign_in.change_password(
                self.desk,
                request.form.get("old_password", ""),
                request.form.get("password", ""),
                actor=http.actor(),
                address=http.address(),
                agent=http.agent(),
                now=http.now(),
            )
        except Invalid as refusal:
            return self._form(_by_field(refusal), refusal.status)
        except (TooMany, Busy) as refusal:
            return self._form({"": wording.refusal(refusal, http.locale())}, refusal.status)
        response = redirect(f"{prefix()}/?notice=password_changed", 303)
        http.set_session(response, begun.token)
        return response

    def _form(self, errors: dict[str, str], status: int = 200) -> Response:
        return self.page(
            "admin/password.html",
            status=status,
            errors=errors,
            must_change=http.signed_in().must_change,
            rules=_rules(sign_in.profile_of(self.desk), http.locale()),
        )


def _rules(profile: PasswordProfile, locale: str) -> str:
    if profile.classes > 1:
        return wording.text(
            "至少 {count} 位，大写、小写、数字、符号中至少 {classes} 类；不能含账号，不能太常见。",
            locale,
            count=profile.min_length,
            classes=profile.classes,
        )
    return wording.text(
        "至少 {count} 位；不能含账号，不能太常见。", locale, count=profile.min_length
    )


def _by_field(refusal: Invalid) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in refusal.errors:
        said = wording.field_error(error, http.locale())
        found[error.field] = f"{found[error.field]} {said}" if error.field in found else said
    return found
