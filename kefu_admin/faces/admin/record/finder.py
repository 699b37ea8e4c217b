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

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.definitions.fields import Field, PersonalClass
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.operations.reading import FieldView
from kefu_admin.problems import UnknownParameter

PREFIX = "f."
_OTHER = frozenset({"view", "q", "s", "a", "b", "last", "notice"})
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
    "this_year": ("今年", "$start_of_year", "$start_of_year+1y"),
    "next_week": ("未来七天", "$today", "$today+7d"),
}
RANGE = "range"
ME = "me"
MINE = "mine"
SYMBOLS = {ME: "$me", MINE: "$my_departments"}


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
        and shown_as(value_type(field).id) in DATES | PICKS | CHOICES | NUMBERS
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
