"""Messages to other systems: what was sent, what waits, what stopped and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.facts import Deed, Fact, reason, state_choice
from kefu_admin.faces.admin.pages.parts import SIZE, cursor, part
from kefu_admin.faces.admin.pages.sheets import Spot
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import Translate, clock_text, exact_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import messages
from kefu_admin.store.deliveries import Delivery, DeliveryState

_DELIVERY_STATES: Mapping[str, tuple[str, str]] = {
    DeliveryState.WAITING: ("等待发送", "blue"),
    DeliveryState.PARKED: ("停下待处理", "red"),
    DeliveryState.SENT: ("已送达", "green"),
    DeliveryState.SKIPPED: ("已跳过", "gray"),
}

_EVENTS: Mapping[str, str] = {
    "created": "新建",
    "updated": "修改",
    "deleted": "删除",
    "restored": "恢复",
    "purged": "彻底清除",
}


class MessagesView(PanelView):
    """`/messages/`."""

    def __init__(self) -> None:
        super().__init__(name="消息发送", endpoint="kefu_messages", url="messages")

    @property
    def base(self) -> str:
        """The path of the list."""
        return f"{prefix()}/messages/"

    @expose("/")
    @declare("GET", access=Permission.JOBS)
    def index(self) -> Response:
        """What was told to which system; newest first."""
        said, state = translator(http.locale()), request.args.get("state", "")
        found = messages.list_deliveries(
            self.desk,
            actor=http.actor(),
            states=(DeliveryState(state),) if state in set(DeliveryState) else (),
            before_id=cursor() or None,
            limit=SIZE + 1,
        )
        listed = part(found, [one.id for one in found], self.base, {"state": state})
        return self.page(
            "admin/pages/table.html",
            heading=said("消息发送"),
            help=said(
                "记录有改动时告诉别的系统：只说是哪条记录，不含内容。同一条记录按先后发送，"
                "发不出去的自动重试，三天后停下等人处理。"
            ),
            buttons=[],
            deeds=self._deeds(said),
            base=self.base,
            find=f"{self.base}find",
            finder=[state_choice(said, _DELIVERY_STATES, state)],
            narrowed=bool(state),
            opens=True,
            heads=[said(t) for t in ("消息", "接收方", "状态", "试过几次", "发生时间")],
            rows=[self._row(one, said) for one in listed.shown],
            first=listed.first,
            next=listed.next,
        )

    @expose("/find", methods=("POST",))
    @declare("POST", access=Permission.JOBS, repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the messages of one state."""
        state = request.form.get("state", "")
        known = state in set(DeliveryState)
        return redirect(self.base + (f"?state={state}" if known else ""), 303)

    @expose("/<int:id>")
    @declare("GET", access=Permission.JOBS)
    def detail(self, id: int) -> Response:
        """One message to one system."""
        said = translator(http.locale())
        one = messages.get_delivery(self.desk, id, actor=http.actor())
        label, color = _DELIVERY_STATES[one.state]
        held = said("要等同一记录前一条消息发出")
        facts = [
            Fact(said("状态"), said(label), color),
            Fact(said("原因"), held if one.is_held else reason(one.fault)),
            Fact(said("接收方"), one.receiver),
            Fact(said("记录"), self._record(one)),
            Fact(said("消息编号"), str(id)),
            Fact(said("试过几次"), str(one.tries)),
            Fact(said("下次再试"), self._next(one)),
            Fact(said("发生时间"), exact_text(one.at, zone())),
            Fact(said("结束时间"), exact_text(one.ended_at, zone()) if one.ended_at else ""),
        ]
        deeds = []
        if one.state in (DeliveryState.PARKED, DeliveryState.SENT):
            text = said("用同一个消息编号再发，接收方据此认出重复。")
            deeds.append(Deed(said("重新发送"), text, f"{self.base}{id}/resend", "refresh", True))
        if one.state in (DeliveryState.PARKED, DeliveryState.WAITING):
            text = said("这一条不发了，让同一记录后面的消息先走。")
            deeds.append(Deed(said("跳过"), text, f"{self.base}{id}/skip", "x"))
        return self.page(
            "admin/pages/facts.html",
            heading=f"{self._record(one)} {event(one, said)}",
            above=said("消息发送"),
            base=self.base,
            facts=[fact for fact in facts if fact.text],
            done=0,
            total=None,
            deeds=deeds,
        )

    @expose("/<int:id>/resend", methods=("POST",))
    @declare("POST", access=Permission.JOBS, audit=Audit.DATA, repeat=Repeat.NATURAL)
    def resend(self, id: int) -> Response:
        """Send it again."""
        messages.resend(self.desk, id, actor=http.actor(), now=http.now())
        return self.go(f"/messages/{id}", "message_resent")

    @expose("/resend", methods=("POST",))
    @declare("POST", access=Permission.JOBS, audit=Audit.DATA, repeat=Repeat.NATURAL)
    def resend_parked(self) -> Response:
        """Send all that stopped again."""
        messages.resend_parked(self.desk, actor=http.actor(), now=http.now())
        return self.go("/messages/", "messages_resent")

    @expose("/<int:id>/skip", methods=("POST",))
    @declare("POST", access=Permission.JOBS, audit=Audit.DATA, repeat=Repeat.NATURAL)
    def skip(self, id: int) -> Response:
        """Pass it over."""
        messages.skip(self.desk, id, actor=http.actor(), now=http.now())
        return self.go(f"/messages/{id}", "message_skipped")

    def _deeds(self, said: Translate) -> list[Deed]:
        count = messages.count_parked(self.desk, actor=http.actor())
        if not count:
            return []
        label = said("重新发送停下的 {count} 条", count=f"{count:,}")
        help = said("用同一个消息编号再发，接收方据此认出重复。")
        return [Deed(label, help, f"{self.base}resend", "refresh")]

    def _record(self, one: Delivery) -> str:
        content = self.desk.project.types.get(one.type)
        label = content.label.text(http.locale()) if content is not None else one.type
        return f"{label} #{one.record_id}"

    def _next(self, one: Delivery) -> str:
        """When one that failed is sent again."""
        if one.state is not DeliveryState.WAITING or one.due_ms is None or not one.tries:
            return ""
        return exact_text(datetime.fromtimestamp(one.due_ms / 1000, UTC), zone())

    def _row(self, one: Delivery, said: Translate) -> tuple[Spot, ...]:
        label, color = _DELIVERY_STATES[one.state]
        return (
            Spot(
                text=self._record(one),
                href=f"{self.base}{one.id}",
                small=reason(one.fault) or event(one, said),
            ),
            Spot(text=one.receiver),
            Spot(text=said(label), color=color),
            Spot(text=str(one.tries), css="n"),
            Spot(text=clock_text(one.at, zone()), css="d"),
        )


def event(one: Delivery, said: Translate) -> str:
    """What happened, in a word; as it is sent where there is none for it."""
    deed = one.event.removeprefix(f"{one.type}.")
    return said(_EVENTS[deed]) if deed in _EVENTS else one.event
