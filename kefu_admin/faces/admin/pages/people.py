"""People: finding, creating, changing them; the roles they hold; first passwords."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input
from kefu_admin.faces.admin.pages.people_form import controls, role_options, sent_values
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
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key, sent_version
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import Translate, clock_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import accounts
from kefu_admin.problems import Busy, Conflict, Invalid
from kefu_admin.store.idempotency import idempotency_key

if TYPE_CHECKING:
    from kefu_admin.store.accounts import Person

_PAGE = 50
_KEPT = (Invalid, Conflict, Busy)


class PeopleView(PanelView):
    """`/users/`."""

    def __init__(self) -> None:
        super().__init__(name="用户", endpoint="kefu_users", url="users")

    @property
    def base(self) -> str:
        """The path of the list."""
        return f"{prefix()}/users/"

    @expose("/")
    @declare("GET", access=Permission.USERS)
    def index(self) -> Response:
        """Everybody with an account."""
        said, locale, actor = translator(http.locale()), http.locale(), http.actor()
        hidden = self._opened()
        term, after = hidden.get("term", ""), hidden.get("after", "")
        role, active = typed(request.args.get("role", "")), request.args.get("active", "")
        people = accounts.list_people(
            self.desk,
            actor=actor,
            term=term,
            role=role,
            active={"yes": True, "no": False}.get(active),
            after_login=after,
            limit=_PAGE + 1,
        )
        names = {one.id: one.name for one in accounts.list_departments(self.desk, actor=actor)}
        locked = accounts.locked_until(self.desk, actor=actor, now=http.now())
        more = len(people) > _PAGE
        first = self._address(term, "", role, active)
        roles = http.runtime().project.roles
        return self.page(
            "admin/pages/table.html",
            heading=said("用户"),
            help=said("停用账号或改动角色后，本人要重新登录。"),
            buttons=[
                Button(label=said("部门"), href=f"{prefix()}/departments/", icon="hierarchy"),
                Button(label=said("新建用户"), href=f"{self.base}new", icon="plus", primary=True),
            ],
            find=f"{self.base}find",
            base=self.base,
            finder=[
                entry("term", "账号或姓名", term),
                choice("role", "角色", role_options(), (role,)),
                choice("active", "状态", [("yes", said("在用")), ("no", said("停用"))], (active,)),
            ],
            narrowed=bool(term or role or active),
            heads=[said(t) for t in ("账号", "姓名", "部门", "角色", "状态", "上次登录")],
            rows=[
                (
                    Spot(text=one.login, href=f"{self.base}{one.id}"),
                    Spot(text=one.name),
                    Spot(text=names.get(one.department_id or 0, "—")),
                    Spot(
                        text=("、" if locale == "zh" else ", ").join(
                            roles[r].label.text(locale) if r in roles else r
                            for r in sorted(one.roles)
                        )
                        or "—"
                    ),
                    _state(one, locked, said),
                    Spot(
                        text=clock_text(one.last_sign_in_at, zone())
                        if one.last_sign_in_at
                        else "—",
                        css="d",
                    ),
                )
                for one in people[:_PAGE]
            ],
            opens=True,
            first=first if after else "",
            next=self._address(term, people[_PAGE - 1].login, role, active) if more else "",
        )

    @expose("/find", methods=("POST",))
    @declare("POST", access=Permission.USERS, repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the list asked for; what was typed stays out of the address."""
        form = request.form
        term = typed(form.get("term", ""))
        return redirect(self._address(term, "", form.get("role", ""), form.get("active", "")), 303)

    def _address(self, term: str, after: str, role: str, active: str) -> str:
        hidden = {name: text for name, text in (("term", term), ("after", after)) if text}
        plain = {name: text for name, text in (("role", role), ("active", active)) if text}
        if hidden:
            plain["q"] = seal(self.desk.store.secret, hidden, owner=self._owner(), now=http.now())
        return self.base + ("?" + urlencode(plain) if plain else "")

    def _opened(self) -> Mapping[str, str]:
        sealed = request.args.get("q", "")
        if not sealed:
            return {}
        found = unseal(self.desk.store.secret, sealed, owner=self._owner(), now=http.now())
        assert isinstance(found, dict)
        return found

    def _owner(self) -> str:
        return f"{http.actor().user_id}:users"

    @expose("/new", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.KEY)
    def new(self) -> Response:
        """A new account; the first password is shown once."""
        said = translator(http.locale())
        if request.method == "GET":
            return self._form(said("新建用户"), controls(self.desk, None), f"{self.base}new")
        key, raw = sent_key(), sent_values()
        try:
            made = accounts.create_person(
                self.desk,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, raw),
            )
        except _KEPT as refusal:
            faults = refused(refusal)
            return self._form(
                said("新建用户"),
                controls(self.desk, None, faults),
                f"{self.base}new",
                faults=faults,
                status=refusal.status,
            )
        return self._shown(made)

    @expose("/<int:id>", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.KEY)
    def edit(self, id: int) -> Response:
        """One account."""
        person = accounts.get_person(self.desk, id, actor=http.actor())
        action = f"{self.base}{id}"
        if request.method == "GET":
            return self._form(
                person.name,
                controls(self.desk, person),
                action,
                person=person,
                version=person.version,
            )
        key, version, raw = sent_key(), sent_version(), sent_values()
        try:
            accounts.change_person(
                self.desk,
                id,
                version,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, {"id": id, "version": version, "values": raw}),
            )
        except _KEPT as refusal:
            faults = refused(refusal)
            now = accounts.get_person(self.desk, id, actor=http.actor())
            return self._form(
                person.name,
                controls(self.desk, now, faults),
                action,
                person=now,
                version=now.version if isinstance(refusal, Conflict) else version,
                faults=faults,
                status=refusal.status,
            )
        return self.go("/users/", "user_saved")

    @expose("/<int:id>/unlock", methods=("POST",))
    @declare("POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.NATURAL)
    def unlock(self, id: int) -> Response:
        """End the lock of somebody who mistyped his password too often."""
        accounts.unlock_person(self.desk, id, actor=http.actor(), now=http.now())
        return self.go(f"/users/{id}", "user_unlocked")

    @expose("/<int:id>/password", methods=("POST",))
    @declare("POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.NATURAL)
    def password(self, id: int) -> Response:
        """A new first password for somebody, shown once."""
        made = accounts.reset_password(
            self.desk, id, sent_version(), actor=http.actor(), now=http.now()
        )
        return self._shown(made)

    def _locked_until(self, person: Person) -> datetime | None:
        locked = accounts.locked_until(self.desk, actor=http.actor(), now=http.now())
        return locked.get(person.login)

    def _shown(self, made: accounts.Created) -> Response:
        said = translator(http.locale())
        person = accounts.get_person(self.desk, made.id, actor=http.actor())
        return self.page(
            "admin/pages/form.html",
            heading=person.name,
            above=said("用户"),
            base=self.base,
            secret=made.first_password,
            secret_head=said("{login} 的初始密码，首次登录时必须更改：", login=person.login),
        )

    def _form(
        self,
        heading: str,
        inputs: list[Input],
        action: str,
        *,
        person: Person | None = None,
        version: int | None = None,
        faults: Refused = NONE,
        status: int = 200,
    ) -> Response:
        said = translator(http.locale())
        extras = []
        if person is not None and (until := self._locked_until(person)):
            extras.append(
                Extra(
                    said("登录已锁定"),
                    said("输错密码的次数太多，{time} 自动解开。", time=clock_text(until, zone())),
                    said("马上解锁"),
                    f"{action}/unlock",
                )
            )
        if person is not None and person.id != http.actor().user_id:
            extras.append(
                Extra(
                    said("重置密码"),
                    said("生成新的初始密码；此人所有已登录的会话立即结束。"),
                    said("重置密码"),
                    f"{action}/password",
                )
            )
        return self.page(
            "admin/pages/form.html",
            status=status,
            heading=heading,
            below=said("账号：{login}", login=person.login) if person else "",
            above=said("用户"),
            base=self.base,
            action=action,
            inputs=inputs,
            key=fresh_key(),
            version_sent=version,
            refused=faults,
            extras=extras,
        )


def _state(person: Person, locked: Mapping[str, datetime], said: Translate) -> Spot:
    if not person.active:
        return Spot(text=said("停用"), color="gray")
    if person.login in locked:
        return Spot(text=said("已锁定"), color="orange")
    return Spot(text=said("在用"), color="green")
