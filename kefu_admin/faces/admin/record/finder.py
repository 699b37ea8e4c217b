"""What a person asks of a list: filters, quick search, sort, page; in the form, the address and as
a condition.

Choices, dates and picked ids stand in the address as they are, so that a list can be kept as a
bookmark. What is typed, and anything about a personal field, travels sealed in `q`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field, PersonalClass
from kefu_admin.definitions.masks import visible_tail
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.faces.admin.words import Translate
from kefu_admin.operations.reading import FieldView
from kefu_admin.problems import UnknownParameter

PREFIX = "f."
_OTHER = frozenset({"view", "q", "s", "a", "b", "last", "notice"})
_DATES = frozenset({"date", "datetime"})
_PICKS = frozenset({"person", "department", "reference", "references", "region"})
_CHOICES = frozenset({"choice", "multi_choice", "boolean"})
_NUMBERS = frozenset({"integer", "decimal", "money", "duration"})

# A span of days: its label, and where it begins and ends (the end is not part of it).
SPANS: Mapping[str, tuple[str, str, str]] = {
    "today": ("今天", "$today", "$today+1d"),
    "yesterday": ("昨天", "$today-1d", "$today"),
    "this_week": ("本周", "$start_of_week", "$start_of_week+1w"),
    "last_week": ("上周", "$start_of_week-1w", "$start_of_week"),
    "this_month": ("本月", "$start_of_month", "$start_of_month+1m"),
    "last_month": ("上月", "$start_of_month-1m", "$start_of_month"),
    "this_quarter": ("本季度", "$start_of_quarter", "$start_of_quarter+3m"),
    "this_year": ("今年", "$start_of_year", "$start_of_year+1y"),
    "next_week": ("未来七天", "$today", "$today+7d"),
}
RANGE = "range"
ME = "me"
MINE = "mine"
_SYMBOLS = {ME: "$me", MINE: "$my_departments"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to a list. `values` are keyed by control name (`f.kind`, `f.since.from`)."""

    view: str = ""
    search: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view limits the list."""
        return bool(self.search or self.values)

    def first_page(self) -> Asked:
        """The same question from its first page."""
        return replace(self, after="", before="", last=False)


Link = Callable[[Asked], str]
"""From a question to its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterControl:
    """One filter as the template prints it. `kind`: select, dates, pick, range or text."""

    id: str
    name: str
    label: str
    kind: str
    value: str = ""
    least: str = ""
    most: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    picker: str = ""
    on: bool = False


def read_address(args: Mapping[str, str], *, secret: bytes, owner: str, now: datetime) -> Asked:
    """The question an address asks.

    Raises:
        UnknownParameter: a parameter no list knows.
        BadRequest: a sealed part that is not this person's, or has expired.
    """
    values: dict[str, str] = {}
    for name, text in args.items():
        if name.startswith(PREFIX):
            values[name] = text
        elif name not in _OTHER:
            raise UnknownParameter(name=name)
    search = ""
    if args.get("q"):
        hidden = unseal(secret, args["q"], owner=owner, now=now)
        assert isinstance(hidden, dict)
        search = str(hidden.pop("search", ""))
        values |= {str(name): str(text) for name, text in hidden.items()}
    return Asked(
        view=args.get("view", ""),
        search=search,
        values={name: text for name, text in values.items() if text},
        sort=args.get("s", ""),
        after=args.get("a", ""),
        before=args.get("b", ""),
        last=args.get("last", "") == "1",
    )


def read_form(form: Mapping[str, str]) -> Asked:
    """The question the finder above a list was sent with."""
    values = {
        name: text.strip()
        for name, text in form.items()
        if name.startswith(PREFIX) and text.strip()
    }
    return Asked(
        view=form.get("view", ""),
        search=form.get("search", "").strip(),
        values=_without_stale_ends(values),
        sort=form.get("s", ""),
    )


def _without_stale_ends(values: Mapping[str, str]) -> dict[str, str]:
    """The ends of a span count only while "自定义" is chosen (numbers have no such choice)."""
    kept = dict(values)
    for name, text in values.items():
        if name.count(".") == 1 and text in SPANS:
            kept.pop(f"{name}.from", None)
            kept.pop(f"{name}.to", None)
    return kept


def address(
    asked: Asked, fields: Mapping[str, Field], *, secret: bytes, owner: str, now: datetime
) -> str:
    """The query string of a question, with what is personal or typed sealed; begins with `?`, or
    is "" where there is nothing to say."""
    plain: dict[str, str] = {}
    hidden: dict[str, str] = {"search": asked.search} if asked.search else {}
    for name, text in asked.values.items():
        target = plain if _is_open(fields.get(name.split(".")[1])) else hidden
        target[name] = text
    if asked.view:
        plain["view"] = asked.view
    if hidden:
        plain["q"] = seal(secret, hidden, owner=owner, now=now)
    rest = {"s": asked.sort, "a": asked.after, "b": asked.before, "last": "1" if asked.last else ""}
    plain |= {name: text for name, text in rest.items() if text}
    return "?" + urlencode(plain) if plain else ""


def _is_open(field: Field | None) -> bool:
    return (
        field is not None
        and field.personal is PersonalClass.NONE
        and value_type(field).id in _DATES | _PICKS | _CHOICES | _NUMBERS
    )


def condition(asked: Asked, fields: Mapping[str, FieldView]) -> object:
    """The filters as a plain condition tree for `operations.reading`; None when there are none.

    Raises:
        UnknownParameter: a filter on a field this person does not have, or of another kind.
    """
    parts: list[dict[str, object]] = []
    for name, text in asked.values.items():
        names = name.split(".")
        view = fields.get(names[1])
        if view is None or not view.operators or len(names) > 3:
            raise UnknownParameter(name=names[1])
        end = names[2] if len(names) == 3 else ""
        parts.extend(_parts(view, end, text))
    return {"all": parts} if parts else None


def _parts(view: FieldView, end: str, text: str) -> Iterable[dict[str, object]]:
    kind = value_type(view.field).id
    if end:
        if end not in ("from", "to") or kind not in _DATES | _NUMBERS:
            raise UnknownParameter(name=f"{view.id}.{end}")
        yield {view.id: {"ge" if end == "from" else "le": text}}
    elif kind in _DATES:
        if text == RANGE:
            return
        if text not in SPANS:
            raise UnknownParameter(name=view.id)
        _, begins, ends = SPANS[text]
        yield {view.id: {"ge": begins}}
        yield {view.id: {"lt": ends}}
    elif text in _SYMBOLS and kind in ("person", "department"):
        yield {view.id: {"in" if text == MINE else "eq": _SYMBOLS[text]}}
    else:
        yield {view.id: {_operator(view, kind).value: text}}


def _operator(view: FieldView, kind: str) -> Op:
    """How a typed or picked value is compared, as far as the person may."""
    wanted = {
        "multi_choice": (Op.HAS,),
        "references": (Op.HAS,),
        "tags": (Op.HAS,),
        "region": (Op.UNDER,),
    }.get(kind, (Op.EQ,) if kind in _CHOICES | _PICKS else (Op.CONTAINS, Op.ENDS_WITH, Op.EQ))
    found = next((op for op in wanted if op in view.operators), None)
    if found is None:
        raise UnknownParameter(name=view.id)
    return found


def controls(
    names: Iterable[str],
    fields: Mapping[str, FieldView],
    asked: Asked,
    *,
    said: Translate,
    locale: str,
    base: str,
    regions: str,
    labels: Mapping[tuple[str, str], str],
    actor: Actor,
) -> tuple[FilterControl, ...]:
    """The filters a view offers, as far as this person may use them."""
    return tuple(
        _control(fields[name], asked, said, locale, base, regions, labels, actor)
        for name in names
        if name in fields and fields[name].operators
    )


def _control(
    view: FieldView,
    asked: Asked,
    said: Translate,
    locale: str,
    base: str,
    regions: str,
    labels: Mapping[tuple[str, str], str],
    actor: Actor,
) -> FilterControl:
    field, kind, name = view.field, value_type(view.field).id, PREFIX + view.id
    value = asked.values.get(name, "")
    least, most = asked.values.get(name + ".from", ""), asked.values.get(name + ".to", "")
    made = FilterControl(
        id="f-" + view.id,
        name=name,
        label=field.label.text(locale),
        kind="text",
        value=value,
        least=least,
        most=most,
        on=bool(value or least or most),
    )
    if kind in _DATES:
        spans = [Option(id, said(words), id == value) for id, (words, _, _) in SPANS.items()]
        spans.append(Option(RANGE, said("自定义…"), value == RANGE or bool(least or most)))
        return replace(made, kind="dates", options=tuple(spans))
    if kind == "boolean":
        yes_no = (("true", said("是")), ("false", said("否")))
        return replace(
            made, kind="select", options=tuple(Option(i, text, i == value) for i, text in yes_no)
        )
    if kind in _CHOICES:
        offered = tuple(
            Option(choice.id, choice.label.text(locale), choice.id == value)
            for choice in field.choices
        )
        return replace(made, kind="select", options=offered)
    if kind in _NUMBERS:
        return replace(made, kind="range")
    if kind in _PICKS:
        return replace(
            made,
            kind="pick",
            picker=regions if kind == "region" else f"{base}choices/{view.id}",
            options=_picked(view, kind, value, said, labels, actor),
        )
    if _operator_hint(view) is Op.ENDS_WITH:
        return replace(made, hint=said("末 {count} 位", count=visible_tail(field.mask)))
    return replace(made, hint=said("完整号码") if _operator_hint(view) is Op.EQ else "")


def _operator_hint(view: FieldView) -> Op | None:
    return next((op for op in (Op.CONTAINS, Op.ENDS_WITH, Op.EQ) if op in view.operators), None)


def _picked(
    view: FieldView,
    kind: str,
    value: str,
    said: Translate,
    labels: Mapping[tuple[str, str], str],
    actor: Actor,
) -> tuple[Option, ...]:
    """The short-cuts (me, my departments) and the one that is chosen."""
    offered: list[Option] = []
    if kind == "person" and actor.user_id is not None:
        offered.append(Option(ME, said("我"), value == ME))
    if kind == "department" and actor.department_id is not None:
        offered.append(Option(MINE, said("本部门及下级"), value == MINE))
    if value and value not in _SYMBOLS:
        offered.append(Option(value, labels.get((view.id, value), value), True))
    return tuple(offered)
