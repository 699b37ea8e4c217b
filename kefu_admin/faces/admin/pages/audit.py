"""The audit book: who did what to which record, when and from where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.masks import HIDDEN
from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.sheets import Spot, choice, entry
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import Translate, clock_text, exact_text, translator
from kefu_admin.faces.routes import Repeat, declare
from kefu_admin.operations import audit_book
from kefu_admin.operations.audit_book import AuditRequest, Entry
from kefu_admin.problems import BadRequest

# What the book calls an action, as people say it.
ACTIONS = {
    "create": "创建",
    "update": "修改",
    "delete": "删除",
    "restore": "恢复",
    "purge": "彻底清除",
    "unmask": "查看隐藏内容",
    "search_exact": "精确查找",
    "export": "导出",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出登录",
    "locked_out": "账号锁定",
    "source_blocked": "来源封锁",
    "change_password": "修改密码",
    "change_password_failed": "修改密码失败",
    "reset_password": "重置密码",
    "unlock_person": "解锁账号",
    "create_person": "新建用户",
    "change_person": "修改用户",
    "create_department": "新建部门",
    "change_department": "修改部门",
    "issue_token": "签发令牌",
    "revoke_token": "作废令牌",
    "void_number": "作废编号",
    "config_applied": "配置生效",
    "backed_up": "备份",
    "restored": "恢复备份",
    "retire": "注销演示账号",
    "bulk": "批量操作",
    "import": "导入",
    "merge": "合并",
    "unmerge": "撤销合并",
    "bulk_undo": "撤销批量操作",
    "bulk_refused": "批量操作被拒绝",
    "retry_job": "再试后台任务",
    "cancel_job": "取消后台任务",
    "resend_message": "重新发送消息",
    "resend_messages": "重新发送停下的消息",
    "skip_message": "跳过消息",
}
TYPES = {
    "person": "用户账号",
    "department": "组织部门",
    "token": "令牌",
    "kefu_batch": "批量操作",
    "kefu_merge": "合并记录",
    "kefu_job": "后台任务",
    "kefu_delivery": "消息发送",
    "kefu_dated_value": "选项与参数",
}
# What a line beside the records tells, as people say it.
FACTS = {
    "method": "登录方式",
    "login": "账号",
    "name": "名称",
    "department": "部门",
    "roles": "角色",
    "active": "在用",
    "must_change": "须改密码",
    "code": "代码",
    "parent": "上级部门",
    "scopes": "范围",
    "until": "到期",
    "token": "令牌",
    "series": "编号种类",
    "number": "编号",
    "values_of": "所属",
    "zh": "显示名",
    "en": "英文名",
    "color": "颜色",
    "from_on": "从哪天起",
    "until_on": "到哪天止",
    "definition": "指纹",
    "steps": "步数",
    "content_type": "对象",
    "bulk_action": "操作",
    "deed": "做法",
    "count": "条数",
    "filter": "选择",
    "fields": "字段",
    "values": "写入的值",
    "selection": "选择摘要",
    "digest": "改前摘要",
    "of_batch": "撤销的批次",
    "made_at": "备份时间",
    "rows": "行数",
    "checksum": "校验和",
}
METHODS = {"password": "密码", "password_change": "修改密码"}
_PLAIN = ("action", "type", "from", "to", "a")
_LONGEST = 40


class AuditView(PanelView):
    """`/audit/`."""

    def __init__(self) -> None:
        super().__init__(name="审计日志", endpoint="kefu_audit", url="audit")

    @property
    def base(self) -> str:
        """The path of the book."""
        return f"{prefix()}/audit/"

    @expose("/")
    @declare("GET", access=Permission.AUDIT)
    def index(self) -> Response:
        """The newest lines."""
        said = translator(http.locale())
        asked = {name: typed(request.args.get(name, "")) for name in _PLAIN} | self._opened()
        who = asked.get("who", "")
        page = audit_book.list_lines(
            self.desk,
            AuditRequest(
                who=who,
                since=_midnight(asked["from"], days=0),
                until=_midnight(asked["to"], days=1),
                type=asked["type"],
                action=asked["action"],
                after=asked["a"],
            ),
            actor=http.actor(),
            now=http.now(),
        )
        known = audit_book.actions(self.desk, actor=http.actor())
        actions = [(one, _action(one, said)) for one in known]
        return self.page(
            "admin/pages/table.html",
            heading=said("审计日志"),
            help=self._sealed(said),
            buttons=[],
            find=f"{self.base}find",
            base=self.base,
            finder=[
                entry("who", "账号", who),
                choice("action", "操作", actions, (asked["action"],)),
                choice("type", "对象", self._types(said), (asked["type"],)),
                entry("from", "从", asked["from"], kind="date"),
                entry("to", "到", asked["to"], kind="date"),
            ],
            narrowed=any(text for name, text in asked.items() if name != "a"),
            heads=[said(t) for t in ("时间", "账号", "操作", "对象", "内容", "原因", "来源")],
            rows=[self._row(line, said) for line in page.entries],
            first=self._address(asked | {"a": ""}) if asked["a"] else "",
            next=self._address(asked | {"a": page.next}) if page.next else "",
        )

    @expose("/find", methods=("POST",))
    @declare("POST", access=Permission.AUDIT, repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the lines asked for; the login typed stays out of the address."""
        names = ("who", "action", "type", "from", "to")
        return redirect(
            self._address({name: typed(request.form.get(name, "")) for name in names}), 303
        )

    def _address(self, asked: Mapping[str, str]) -> str:
        plain = {name: asked[name] for name in _PLAIN if asked.get(name)}
        if asked.get("who"):
            plain["q"] = seal(
                self.desk.store.secret, {"who": asked["who"]}, owner=_owner(), now=http.now()
            )
        return self.base + ("?" + urlencode(plain) if plain else "")

    def _opened(self) -> dict[str, str]:
        text = request.args.get("q", "")
        if not text:
            return {}
        found = unseal(self.desk.store.secret, text, owner=_owner(), now=http.now())
        assert isinstance(found, dict)
        return found

    def _types(self, said: Translate) -> list[tuple[str, str]]:
        locale = http.locale()
        own = [(id, one.label.text(locale)) for id, one in self.desk.project.types.items()]
        return own + [(id, said(label)) for id, label in TYPES.items()]

    def _sealed(self, said: Translate) -> str:
        """How far the chain is sealed."""
        state = audit_book.seal_state(self.desk, actor=http.actor())
        if state.sealed_at is None:
            return said("只增不改；还没有封存。")
        at = clock_text(state.sealed_at, zone())
        return said(
            "只增不改；已封存 {count} 块，最近一次 {at}。", count=f"{state.blocks:,}", at=at
        )

    def _row(self, line: Entry, said: Translate) -> tuple[Spot, ...]:
        labels = dict(self._types(said))
        label = labels.get(line.type, line.type)
        thing = f"{label} #{line.record_id}" if line.record_id is not None else label
        return (
            Spot(text=exact_text(line.at, zone()), css="d"),
            Spot(text=line.actor),
            Spot(text=_action(line.action, said)),
            Spot(text=thing or "—"),
            Spot(text=self._changes(line, said), css="wrap"),
            Spot(text=line.reason, css="wrap"),
            Spot(text=line.address or line.source, css="d"),
        )

    def _changes(self, line: Entry, said: Translate) -> str:
        content = self.desk.project.types.get(line.type)
        told = []
        for name, (before, after) in line.changes.items():
            field = content.fields.get(name) if content else None
            if field is not None:
                label = field.label.text(http.locale())
            else:
                label = said(FACTS[name]) if name in FACTS else name
            if name == "method" and after in METHODS:
                after = said(METHODS[str(after)])
            if before == after == HIDDEN:
                told.append(label)
            elif before in (None, "") and after in (None, ""):
                continue
            elif before in (None, ""):
                told.append(f"{label}={_short(after, said)}")
            else:
                told.append(f"{label}: {_short(before, said)} → {_short(after, said)}")
        return "; ".join(told)


def _action(action: str, said: Translate) -> str:
    return said(ACTIONS[action]) if action in ACTIONS else action


def _short(value: object, said: Translate) -> str:
    match value:
        case None:
            text = "—"
        case bool():
            text = said("是") if value else said("否")
        case list():
            text = ", ".join(str(one) for one in value)
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _owner() -> str:
    return f"{http.actor().user_id}:audit"


def _midnight(text: str, *, days: int) -> datetime | None:
    """The beginning of a day (or, with `days=1`, of the next) on the project's clock, in UTC.

    Raises:
        BadRequest: no such day.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise BadRequest(detail=text[:20]) from None
    return datetime.combine(day, time(), zone()).astimezone(UTC)
