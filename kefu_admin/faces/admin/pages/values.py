"""Values kept in rows: their keepers add them, correct them, and say when they begin and end."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from kefu_admin.definitions.calendar_days import CALENDARS
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.definitions.field_types import plain
from kefu_admin.definitions.fields import ALWAYS_WHEN, Field
from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Input, Option
from kefu_admin.faces.admin.pages.sheets import NONE, Button, Refused, Spot, refused
from kefu_admin.faces.admin.record.forms import fresh_key, sent_key, sent_version
from kefu_admin.faces.admin.view import PanelView, expose, prefix, typed, zone
from kefu_admin.faces.admin.words import Translate, clock_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import dated
from kefu_admin.operations.dated import BY_CONFIG, FROM, UNTIL, Kept, State
from kefu_admin.problems import Busy, Conflict, Invalid
from kefu_admin.store.idempotency import idempotency_key

_KEPT = (Invalid, Conflict, Busy)
_KINDS = {"date": "date", "choice": "select"}
_STATES = {
    State.HOLDS: ("有效", "green"),
    State.COMING: ("未开始", "blue"),
    State.ENDED: ("停用", "gray"),
}
_ACTIONS = {"create": "创建", "update": "修改"}


class ValuesView(PanelView):
    """`/values/`."""

    def __init__(self) -> None:
        super().__init__(name="选项与参数", endpoint="kefu_values", url="values")

    @property
    def base(self) -> str:
        """The path of the page that lists them."""
        return f"{prefix()}/values/"

    @expose("/")
    @declare("GET", access=Permission.VALUES)
    def index(self) -> Response:
        """What the person keeps."""
        said, locale = translator(http.locale()), http.locale()
        return self.page(
            "admin/pages/table.html",
            heading=said("选项与参数"),
            help=said("由您维护的选项和数值。改动立即生效，并记入审计。"),
            heads=[said(t) for t in ("种类", "名称", "说明")],
            rows=[
                (
                    Spot(text=one.kind.label.text(locale)),
                    Spot(text=one.label.text(locale), href=f"{self.base}{one.name}/"),
                    Spot(text=one.help.text(locale) or "—"),
                )
                for one in dated.kept_by(self.desk, http.actor())
            ],
            opens=True,
        )

    @expose("/<kept>/")
    @declare("GET", access=Permission.VALUES)
    def values(self, kept: str) -> Response:
        """The values of one definition."""
        said, locale = translator(http.locale()), http.locale()
        found = dated.definition(self.desk, kept, http.actor())
        here = f"{self.base}{kept}/"
        return self.page(
            "admin/pages/table.html",
            heading=found.label.text(locale),
            help=found.help.text(locale) or said("停用的值不再可选，旧记录照常显示。"),
            buttons=[
                Button(label=said("返回"), href=self.base, icon="arrow-left"),
                *_calendar_button(found, said),
                Button(label=said("新增"), href=f"{here}new", icon="plus", primary=True),
            ],
            heads=[
                found.kind.key.label.text(locale),
                said("名称"),
                *_heads(found, said),
                said("最后修改"),
            ],
            rows=[
                self._row(one, found, here, said)
                for one in dated.values(self.desk, kept, actor=http.actor(), now=http.now())
            ],
            opens=True,
        )

    @expose("/<kept>/new", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.VALUES, audit=Audit.DATA, repeat=Repeat.KEY)
    def new(self, kept: str) -> Response:
        """A new value."""
        found = dated.definition(self.desk, kept, http.actor())
        if request.method == "GET":
            return self._form(found, None)
        raw = _sent(found, found.kind.key)
        key = idempotency_key(sent_key(), raw)
        try:
            dated.add(self.desk, kept, raw, actor=http.actor(), now=http.now(), key=key)
        except _KEPT as refusal:
            return self._form(found, None, faults=refused(refusal), status=refusal.status)
        return self._saved(found, str(raw[found.kind.key.id]))

    @expose("/<kept>/<int:id>", methods=("GET", "POST"))
    @declare("GET", "POST", access=Permission.VALUES, audit=Audit.DATA, repeat=Repeat.KEY)
    def edit(self, kept: str, id: int) -> Response:
        """One value: its parts, its dates."""
        found = dated.definition(self.desk, kept, http.actor())
        value = dated.value(self.desk, kept, id, actor=http.actor())
        if request.method == "GET":
            return self._form(found, value, version=value.version)
        key, version, raw = sent_key(), sent_version(), _sent(found)
        try:
            dated.change(
                self.desk,
                kept,
                id,
                version,
                raw,
                actor=http.actor(),
                now=http.now(),
                key=idempotency_key(key, {"id": id, "version": version, "values": raw}),
            )
        except _KEPT as refusal:
            now = dated.value(self.desk, kept, id, actor=http.actor())
            return self._form(
                found,
                now,
                version=now.version if isinstance(refusal, Conflict) else version,
                faults=refused(refusal),
                status=refusal.status,
            )
        return self._saved(found, value.key)

    @expose("/<kept>/<int:id>/history")
    @declare("GET", access=Permission.VALUES)
    def history(self, kept: str, id: int) -> Response:
        """What was done to one value."""
        said, locale = translator(http.locale()), http.locale()
        found = dated.definition(self.desk, kept, http.actor())
        value = dated.value(self.desk, kept, id, actor=http.actor())
        labels = {one.id: one.label.text(locale) for one in _fields(found, found.kind.key)}
        return self.page(
            "admin/pages/table.html",
            heading=said("{name} 的修改历史", name=_title(found, value)),
            help=found.label.text(locale),
            buttons=[Button(label=said("返回"), href=f"{self.base}{kept}/", icon="arrow-left")],
            heads=[said(t) for t in ("时间", "何人", "做了什么", "改动")],
            rows=[
                (
                    Spot(text=clock_text(past.at, zone()), css="d"),
                    Spot(text=_person(past.by, said)),
                    Spot(text=said(_ACTIONS[past.action]) if past.action in _ACTIONS else "—"),
                    Spot(
                        text="；".join(
                            f"{labels.get(part, part)}: {before or '—'} → {after or '—'}"
                            for part, (before, after) in past.changes.items()
                        )
                    ),
                )
                for past in dated.history(self.desk, kept, id, actor=http.actor())
            ],
        )

    def _saved(self, found: Dated, key: str) -> Response:
        """Where the value is seen at work: the list, or the calendar's year."""
        if found.kind is CALENDARS:
            return self.go(f"/calendar/{found.id}/?year={key[:4]}", "value_saved")
        return self.go(f"/values/{found.name}/", "value_saved")

    def _row(self, kept: Kept, found: Dated, here: str, said: Translate) -> tuple[Spot, ...]:
        value = kept.value
        by = f"{_person(kept.by, said)} {clock_text(kept.at, zone())}" if kept.at else ""
        return (
            Spot(text=value.key, css="d"),
            Spot(text=_title(found, value), href=f"{here}{value.id}" if value.id else ""),
            *_middle(kept, found, said),
            Spot(text=by or "—", href=f"{here}{value.id}/history" if value.id else "", css="d"),
        )

    def _form(
        self,
        found: Dated,
        value: DatedValue | None,
        *,
        version: int | None = None,
        faults: Refused = NONE,
        status: int = 200,
    ) -> Response:
        said, locale = translator(http.locale()), http.locale()
        here = f"{self.base}{found.name}/"
        fields = _fields(found, *(() if value else (found.kind.key,)))
        return self.page(
            "admin/pages/form.html",
            status=status,
            heading=_title(found, value) if value else said("新增"),
            above=found.label.text(locale),
            base=here,
            action=f"{here}{value.id}" if value else f"{here}new",
            inputs=[_control(field, _stored(field, value), faults) for field in fields],
            key=fresh_key(),
            version_sent=version,
            refused=faults,
        )


def _fields(found: Dated, *more: Field) -> tuple[Field, ...]:
    if not found.kind.within_dates:
        return (*more, *found.kind.parts)
    return (*found.kind.parts, *more, FROM, UNTIL)


def _heads(found: Dated, said: Translate) -> list[str]:
    """What stands of a value besides its name: its dates, or its other parts."""
    if found.kind.within_dates:
        return [FROM.label.text(http.locale()), UNTIL.label.text(http.locale()), said("状态")]
    return [part.label.text(http.locale()) for part in _other_parts(found)]


def _middle(kept: Kept, found: Dated, said: Translate) -> list[Spot]:
    value = kept.value
    if found.kind.within_dates:
        state, color = _STATES[kept.state]
        return [
            Spot(text=value.from_on.isoformat() if value.from_on else "—", css="d"),
            Spot(text=value.until_on.isoformat() if value.until_on else "—", css="d"),
            Spot(text=said(state), color=color),
        ]
    return [Spot(text=_part_text(part, value) or "—") for part in _other_parts(found)]


def _other_parts(found: Dated) -> list[Field]:
    return [part for part in found.kind.parts if part.id != found.kind.title]


def _part_text(part: Field, value: DatedValue) -> str:
    """A part in words."""
    text = str(value.parts.get(part.id) or "")
    named = {one.id: one.label.text(http.locale()) for one in part.choices}
    return named.get(text, text)


def _calendar_button(found: Dated, said: Translate) -> list[Button]:
    if found.kind is not CALENDARS:
        return []
    here = f"{prefix()}/calendar/{found.id}/"
    return [Button(label=said("看日历"), href=here, icon="calendar")]


def _sent(found: Dated, *more: Field) -> dict[str, object]:
    return {field.id: request.form.get(field.id, "") for field in _fields(found, *more)}


def _person(login: str, said: Translate) -> str:
    """Who wrote: a person, or the config at an apply."""
    return said("按配置") if login == BY_CONFIG else login


def _title(found: Dated, value: DatedValue) -> str:
    return str(value.parts.get(found.kind.title) or value.key)


def _stored(field: Field, value: DatedValue | None) -> str:
    """The text of a part as it stands; of a form that came back, as it was typed."""
    if request.method == "POST":
        return request.form.get(field.id, "")
    if value is None:
        return typed(request.args.get(field.id, ""))
    dates = {FROM.id: value.from_on, UNTIL.id: value.until_on}
    canonical = dates[field.id] if field.id in dates else value.parts.get(field.id)
    return "" if canonical is None else str(plain(field, canonical))


def _control(field: Field, text: str, faults: Refused) -> Input:
    locale = http.locale()
    options = tuple(Option(one.id, one.label.text(locale), one.id == text) for one in field.choices)
    return Input(
        name=field.id,
        id=f"f-{field.id}",
        label=field.label.text(locale),
        kind=_KINDS.get(field.type, "text"),
        value=text,
        required=field.required == ALWAYS_WHEN,
        help=field.help.text(locale),
        errors=faults.of(field.id),
        max_length=field.max_length if field.type == "text" else 0,
        options=options,
    )
