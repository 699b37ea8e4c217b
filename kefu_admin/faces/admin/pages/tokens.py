"""One's own API tokens: issued, shown once, revoked."""

from __future__ import annotations

from datetime import datetime

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.sheets import (
    NONE,
    Button,
    Extra,
    Refused,
    Spot,
    choice,
    entry,
    refused,
)
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import clock_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import tokens
from kefu_admin.problems import Busy, FieldError, Invalid, NotFound
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.tokens import Token

_DAYS = "90"


class TokensView(PanelView):
    """`/tokens/`."""

    def __init__(self) -> None:
        super().__init__(name="API 令牌", endpoint="kefu_tokens", url="tokens")

    @property
    def base(self) -> str:
        """The path of the list."""
        return f"{prefix()}/tokens/"

    @expose("/")
    @declare("GET", access=Permission.TOKENS)
    def index(self) -> Response:
        """My tokens."""
        said, now = translator(http.locale()), http.now()
        return self.page(
            "admin/pages/table.html",
            heading=said("API 令牌"),
            help=said("程序用令牌代您办事，权限不会超过您本人。令牌只在签发时显示一次。"),
            buttons=[
                Button(label=said("签发令牌"), href=f"{self.base}new", icon="plus", primary=True)
            ],
            heads=[said(t) for t in ("用途", "范围", "签发时间", "到期", "上次使用", "状态")],
            rows=[
                (
                    Spot(text=one.name, href=f"{self.base}{one.id}"),
                    Spot(text=" ".join(sorted(one.scopes)), css="c"),
                    Spot(text=clock_text(one.created_at, zone()), css="d"),
                    Spot(text=clock_text(one.expires_at, zone()) if one.expires_at else "—"),
                    Spot(text=clock_text(one.last_used_at, zone()) if one.last_used_at else "—"),
                    self._state(one, now),
                )
                for one in tokens.own(self.desk, actor=http.actor())
            ],
            opens=True,
        )

    def _state(self, one: Token, now: datetime) -> Spot:
        said = translator(http.locale())
        if one.revoked_at is not None:
            return Spot(text=said("已作废"), color="gray")
        if one.expires_at is not None and one.expires_at <= now:
            return Spot(text=said("已到期"), color="orange")
        return Spot(text=said("有效"), color="green")

    @expose("/new", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.TOKENS, audit=Audit.PERMISSIONS, repeat=Repeat.KEY)
    def new(self) -> Response:
        """Issue a token; it is shown on the answer and nowhere else."""
        if request.method == "GET":
            return self._form()
        said, form = translator(http.locale()), request.form
        name, scopes, days = form.get("name", ""), form.get("scopes", ""), form.get("days", "")
        key = idempotency_key(sent_key(), [name, scopes, days])
        try:
            issued = tokens.issue(
                self.desk,
                name=name,
                scopes=scopes.replace(",", " ").split(),
                days=_days(days),
                actor=http.actor(),
                now=http.now(),
                key=key,
            )
        except (Invalid, Busy) as refusal:
            return self._form(refused(refusal), refusal.status)
        return self.page(
            "admin/pages/form.html",
            heading=name,
            above=said("API 令牌"),
            base=self.base,
            secret=issued.token,
            secret_head=said("新令牌："),
        )

    @expose("/<int:id>")
    @declare("GET", access=Permission.TOKENS)
    def detail(self, id: int) -> Response:
        """One of my tokens, and the way to end it."""
        said = translator(http.locale())
        own = tokens.own(self.desk, actor=http.actor())
        found = next((one for one in own if one.id == id), None)
        if found is None:
            raise NotFound
        extra = Extra(
            said("作废令牌"),
            said("作废后，用它的程序立即不能再访问。"),
            said("作废令牌"),
            f"{self.base}{id}/revoke",
        )
        return self.page(
            "admin/pages/form.html",
            heading=found.name,
            above=said("API 令牌"),
            base=self.base,
            extras=[extra] if found.revoked_at is None else [],
        )

    @expose("/<int:id>/revoke", methods=("POST",))
    @declare("POST", access=Permission.TOKENS, audit=Audit.PERMISSIONS, repeat=Repeat.NATURAL)
    def revoke(self, id: int) -> Response:
        """End a token."""
        tokens.revoke(self.desk, id, actor=http.actor(), now=http.now())
        return self.go("/tokens/", "token_revoked")

    def _form(self, faults: Refused = NONE, status: int = 200) -> Response:
        said, form = translator(http.locale()), request.form
        return self.page(
            "admin/pages/form.html",
            status=status,
            heading=said("签发令牌"),
            above=said("API 令牌"),
            base=self.base,
            action=f"{self.base}new",
            submit=said("签发"),
            inputs=[
                entry(
                    "name",
                    "用途",
                    form.get("name", ""),
                    refused=faults,
                    required=True,
                    max_length=64,
                    help="写明给哪个程序用。",
                ),
                choice(
                    "scopes",
                    "范围",
                    [(scope, scope) for scope in tokens.choices(self.desk)],
                    (form.get("scopes", ""),),
                    refused=faults,
                    required=True,
                ),
                entry(
                    "days",
                    "有效期",
                    form.get("days", _DAYS),
                    refused=faults,
                    kind="number",
                    required=True,
                    unit="天",
                ),
            ],
            key=fresh_key(),
            refused=faults,
        )


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Invalid([FieldError("days", "not_an_integer")])
    return int(text)
