"""Departments as a tree: seeing, creating, renaming, moving, taking out of use."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input
from kefu_admin.faces.admin.pages.people_form import department_options
from kefu_admin.faces.admin.pages.sheets import (
    NONE,
    Button,
    Refused,
    Spot,
    choice,
    entry,
    refused,
)
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key, sent_version
from kefu_admin.faces.admin.view import PanelView, expose, prefix
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import accounts, calendars
from kefu_admin.operations.accounts import Department
from kefu_admin.problems import Busy, Conflict, Invalid
from kefu_admin.store.idempotency import idempotency_key

_KEPT = (Invalid, Conflict, Busy)
_FIELDS = ("name", "code", "parent", "calendar", "active")
_DEEPEST_INDENT = 5


class DepartmentsView(PanelView):
    """`/departments/`."""

    def __init__(self) -> None:
        super().__init__(name="部门", endpoint="kefu_departments", url="departments")

    @property
    def base(self) -> str:
        """The path of the tree."""
        return f"{prefix()}/departments/"

    @expose("/")
    @declare("GET", access=Permission.USERS)
    def index(self) -> Response:
        """The tree."""
        said = translator(http.locale())
        return self.page(
            "admin/pages/table.html",
            heading=said("部门"),
            help=said("上级部门的人看得到下级部门的记录，具体看角色怎样配置。"),
            buttons=[
                Button(label=said("新建部门"), href=f"{self.base}new", icon="plus", primary=True)
            ],
            heads=[said("名称"), said("代码"), said("状态")],
            rows=[
                (
                    Spot(
                        text=one.name,
                        href=f"{self.base}{one.id}",
                        css=f"indent-{min(one.depth, _DEEPEST_INDENT)}" if one.depth else "",
                    ),
                    Spot(text=one.code or "—", css="c"),
                    Spot(text=said("在用"), color="green")
                    if one.active
                    else Spot(text=said("停用"), color="gray"),
                )
                for one in accounts.list_departments(self.desk, actor=http.actor())
            ],
            opens=True,
        )

    @expose("/new", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.KEY)
    def new(self) -> Response:
        """A new department."""
        heading, action = translator(http.locale())("新建部门"), f"{self.base}new"
        if request.method == "GET":
            return self._form(heading, action, None)
        key, raw = sent_key(), _sent()
        try:
            accounts.create_department(
                self.desk, raw, actor=http.actor(), now=http.now(), key=idempotency_key(key, raw)
            )
        except _KEPT as refusal:
            return self._form(heading, action, None, faults=refused(refusal), status=refusal.status)
        return self.go("/departments/", "department_saved")

    @expose("/<int:id>", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.USERS, audit=Audit.PERMISSIONS, repeat=Repeat.KEY)
    def edit(self, id: int) -> Response:
        """One department."""
        found = accounts.get_department(self.desk, id, actor=http.actor())
        action = f"{self.base}{id}"
        if request.method == "GET":
            return self._form(found.name, action, found, version=found.version)
        key, version, raw = sent_key(), sent_version(), _sent()
        try:
            accounts.change_department(
                self.desk,
                id,
                version,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, {"id": id, "version": version, "values": raw}),
            )
        except _KEPT as refusal:
            now = accounts.get_department(self.desk, id, actor=http.actor())
            return self._form(
                now.name,
                action,
                now,
                version=now.version if isinstance(refusal, Conflict) else version,
                faults=refused(refusal),
                status=refusal.status,
            )
        return self.go("/departments/", "department_saved")

    def _form(
        self,
        heading: str,
        action: str,
        found: Department | None,
        *,
        version: int | None = None,
        faults: Refused = NONE,
        status: int = 200,
    ) -> Response:
        return self.page(
            "admin/pages/form.html",
            status=status,
            heading=heading,
            above=translator(http.locale())("部门"),
            base=self.base,
            action=action,
            inputs=self._controls(found, faults),
            key=fresh_key(),
            version_sent=version,
            refused=faults,
        )

    def _controls(self, found: Department | None, faults: Refused) -> list[Input]:
        said = translator(http.locale())
        typed = request.form if faults is not NONE else None

        def text(name: str, stored: str) -> str:
            return typed.get(name, stored) if typed is not None else stored

        parent = str(found.parent_id or "") if found else ""
        above = [
            (id, label)
            for id, label in department_options(self.desk)
            if found is None or id != str(found.id)
        ]
        made = [
            entry(
                "name",
                "名称",
                text("name", found.name if found else ""),
                refused=faults,
                required=True,
                max_length=64,
            ),
            entry(
                "code",
                "代码",
                text("code", found.code if found else ""),
                refused=faults,
                max_length=16,
                help="写进业务编号里，可以不填。",
            ),
            choice("parent", "上级部门", above, (text("parent", parent),), refused=faults),
        ]
        named = {one.id: one.label.text(http.locale()) for one in calendars.calendars(self.desk)}
        if len(named) > 1:
            stored = found.calendar if found else ""
            made.append(
                choice(
                    "calendar",
                    "工作日历",
                    tuple(named.items()),
                    (text("calendar", stored),),
                    refused=faults,
                    help="不选就与上级部门相同；最上面的部门用默认的。",
                )
            )
        if found is not None:
            made.append(
                choice(
                    "active",
                    "状态",
                    [("true", said("在用")), ("false", said("停用"))],
                    (text("active", "true" if found.active else "false"),),
                    refused=faults,
                    kind="radio",
                    required=True,
                )
            )
        return made


def _sent() -> dict[str, object]:
    """The fields that were sent; one that was not is left as it is."""
    return {name: request.form[name] for name in _FIELDS if name in request.form}
