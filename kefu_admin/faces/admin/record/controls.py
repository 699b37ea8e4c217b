"""The filters above a list as the template prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.definitions.masks import visible_tail
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.record.finder import (
    CHOICES,
    DATES,
    ME,
    MINE,
    NUMBERS,
    PICKS,
    PREFIX,
    RANGE,
    SPANS,
    SYMBOLS,
    Asked,
)
from kefu_admin.faces.admin.words import Translate
from kefu_admin.operations.reading import FieldView


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
    field, kind, name = view.field, shown_as(value_type(view.field).id), PREFIX + view.id
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
    if kind in DATES:
        spans = [Option(id, said(words), id == value) for id, (words, _, _) in SPANS.items()]
        spans.append(Option(RANGE, said("自定义…"), value == RANGE or bool(least or most)))
        return replace(made, kind="dates", options=tuple(spans))
    if kind == "boolean":
        yes_no = (("true", said("是")), ("false", said("否")))
        return replace(
            made, kind="select", options=tuple(Option(i, text, i == value) for i, text in yes_no)
        )
    if kind in CHOICES:
        offered = tuple(
            Option(choice.id, choice.label.text(locale), choice.id == value)
            for choice in field.choices
        )
        return replace(made, kind="select", options=offered)
    if kind in NUMBERS:
        return replace(made, kind="range")
    if kind in PICKS:
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
    if value and value not in SYMBOLS:
        offered.append(Option(value, labels.get((view.id, value), value), True))
    return tuple(offered)
