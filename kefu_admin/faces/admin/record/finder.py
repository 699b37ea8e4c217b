"""What a person asks of a list: filters, quick search, sort, page; from the form, and as a
condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.operations.reading import FieldView
from kefu_admin.problems import UnknownParameter

PREFIX = "f."
DATES = frozenset({"date", "datetime"})
PICKS = frozenset({"person", "department", "reference", "references", "region"})
CHOICES = frozenset({"choice", "multi_choice", "boolean"})
NUMBERS = frozenset({"integer", "decimal", "money", "duration"})

# A span of days: its label, and where it begins and ends (the end is not part of it).
SPANS: Mapping[str, tuple[str, str, str]] = {
    "today": ("今天", "$today", "$today+1d"),
    "yesterday": ("昨天", "$today-1d", "$today"),
    "this_week": ("本周", "$start_of_week", "$start_of_week+1w"),
    "last_week": ("上周", "$start_of_week-1w", "$start_of_week"),
    "this_month": ("本月", "$start_of_month", "$start_of_month+1m"),
    "last_month": ("上月", "$start_of_month-1m", "$start_of_month"),
    "this_quarter": ("本季度", "$start_of_quarter", "$start_of_quarter+3m"),
    "last_quarter": ("上季度", "$start_of_quarter-3m", "$start_of_quarter"),
    "this_year": ("今年", "$start_of_year", "$start_of_year+1y"),
    "last_year": ("去年", "$start_of_year-1y", "$start_of_year"),
    "last_7_days": ("最近 7 天", "$today-6d", "$today+1d"),
    "last_30_days": ("最近 30 天", "$today-29d", "$today+1d"),
    "next_week": ("未来七天", "$today", "$today+7d"),
}
RANGE = "range"
ME = "me"
MINE = "mine"
SYMBOLS = {ME: "$me", MINE: "$my_departments"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to a list. `values` are keyed by control name (`f.kind`, `f.since.from`);
    `tree` is a plain condition besides, None for none."""

    view: str = ""
    search: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    tree: Mapping[str, object] | None = None
    sort: str = ""
    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view limits the list."""
        return bool(self.search or self.values or self.tree)

    def first_page(self) -> Asked:
        """The same question from its first page."""
        return replace(self, after="", before="", last=False)


Link = Callable[[Asked], str]
"""From a question to its address."""


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
    if asked.tree:
        parts.append(dict(asked.tree))
    return {"all": parts} if parts else None


def _parts(view: FieldView, end: str, text: str) -> Iterable[dict[str, object]]:
    kind = shown_as(value_type(view.field).id)
    if end:
        if end not in ("from", "to") or kind not in DATES | NUMBERS:
            raise UnknownParameter(name=f"{view.id}.{end}")
        yield {view.id: {"ge" if end == "from" else "le": text}}
    elif kind in DATES:
        if text == RANGE:
            return
        if text not in SPANS:
            raise UnknownParameter(name=view.id)
        _, begins, ends = SPANS[text]
        yield {view.id: {"ge": begins}}
        yield {view.id: {"lt": ends}}
    elif text in SYMBOLS and kind in ("person", "department"):
        yield {view.id: {"in" if text == MINE else "eq": SYMBOLS[text]}}
    else:
        yield {view.id: {_operator(view, kind).value: text}}


def _operator(view: FieldView, kind: str) -> Op:
    """How a typed or picked value is compared, as far as the person may."""
    wanted = {
        "multi_choice": (Op.HAS,),
        "references": (Op.HAS,),
        "tags": (Op.HAS,),
        "region": (Op.UNDER,),
    }.get(kind, (Op.EQ,) if kind in CHOICES | PICKS else (Op.CONTAINS, Op.ENDS_WITH, Op.EQ))
    found = next((op for op in wanted if op in view.operators), None)
    if found is None:
        raise UnknownParameter(name=view.id)
    return found
