"""What a row of the filter builder may say of a field: a verb, the control its values are given
with, and how both stand in a plain condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.faces.admin.record.finder import SPANS

Operands = Mapping[str, object]
Values = tuple[str, ...]
_MANY = 100  # values of one row


class Form(StrEnum):
    """How the values of a verb are given."""

    NONE = "none"
    TEXT = "text"
    NUMBER = "number"
    TWO_NUMBERS = "two_numbers"
    DAY = "day"
    TWO_DAYS = "two_days"
    TIME = "time"
    SPAN = "span"
    DAYS = "days"  # how many
    CHECKS = "checks"
    PICK = "pick"
    PICKS = "picks"


@dataclass(frozen=True, slots=True)
class Verb:
    """`write` makes the operands of the values; `read` the values of operands that say this, else
    None. `ops`: the operators a person must be allowed."""

    id: str
    label: str
    form: Form
    ops: frozenset[Op]
    write: Callable[[Values], Operands]
    read: Callable[[Operands], Values | None]


def verbs_of(field: Field, allowed: Collection[Op]) -> tuple[Verb, ...]:
    """The verbs of a field, the usual one first, as far as its operators are allowed."""
    known = _OF_KIND.get(shown_as(value_type(field).id), _TEXTS)
    return tuple(verb for verb in (*known, *_EMPTINESS) if verb.ops <= frozenset(allowed))


def _scalar(raw: object) -> str | None:
    """A literal as it is typed; None for symbols, lists and fields."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if not isinstance(raw, str | int) and not hasattr(raw, "as_tuple"):
        return None
    text = str(raw)
    if text.startswith("$"):
        return text[1:] if text.startswith("$$") else None
    return text


def _literal(text: str) -> str:
    return "$" + text if text.startswith("$") else text


def _one(op: Op, label: str, form: Form, id: str = "") -> Verb:
    def read(found: Operands) -> Values | None:
        if found.keys() != {op.value}:
            return None
        text = _scalar(found[op.value])
        return None if text is None else (text,)

    return Verb(
        id or op.value, label, form, frozenset({op}), lambda v: {op.value: _literal(v[0])}, read
    )


def _several(op: Op, single: Op, label: str, form: Form) -> Verb:
    """A list of values; a comparison with one value reads as a list of one."""

    def read(found: Operands) -> Values | None:
        if found.keys() == {single.value}:
            text = _scalar(found[single.value])
            return None if text is None else (text,)
        listed = found.get(op.value) if len(found) == 1 else None
        if not isinstance(listed, list | tuple) or not 0 < len(listed) <= _MANY:
            return None
        texts = [_scalar(each) for each in listed]
        return None if None in texts else tuple(text for text in texts if text is not None)

    return Verb(
        op.value,
        label,
        form,
        frozenset({op}),
        lambda values: {op.value: [_literal(value) for value in values]},
        read,
    )


def _fixed(id: str, label: str, operands: dict[str, object]) -> Verb:
    ops = frozenset(Op(name) for name in operands)
    return Verb(
        id,
        label,
        Form.NONE,
        ops,
        lambda values: dict(operands),
        lambda found: () if _plain(found) == _plain(operands) else None,
    )


def _plain(operands: Operands) -> dict[str, object]:
    """With truth as text, in which form a client may send it too."""
    return {
        name: ("true" if value else "false") if isinstance(value, bool) else value
        for name, value in operands.items()
    }


def _between(form: Form) -> Verb:
    def read(found: Operands) -> Values | None:
        ends = found.get("between") if len(found) == 1 else None
        if not isinstance(ends, list | tuple) or len(ends) != 2:
            return None
        low, high = _scalar(ends[0]), _scalar(ends[1])
        return None if low is None or high is None else (low, high)

    return Verb(
        "between",
        "介于",
        form,
        frozenset({Op.BETWEEN}),
        lambda values: {"between": [_literal(values[0]), _literal(values[1])]},
        read,
    )


def _span() -> Verb:
    def read(found: Operands) -> Values | None:
        ends = (found.get("ge"), found.get("lt")) if found.keys() == {"ge", "lt"} else None
        return next(((id,) for id, (_, *span) in SPANS.items() if tuple(span) == ends), None)

    def write(values: Values) -> Operands:
        _, begins, ends = SPANS[values[0]]
        return {"ge": begins, "lt": ends}

    return Verb("span", "在", Form.SPAN, frozenset({Op.GE, Op.LT}), write, read)


_LAST = re.compile(r"\$today(?:-([0-9]{1,4})d)?", re.ASCII)
_NEXT = re.compile(r"\$today\+([0-9]{1,4})d", re.ASCII)


def _last() -> Verb:
    """The last n days, today among them."""

    def read(found: Operands) -> Values | None:
        if found.keys() != {"ge", "lt"} or found["lt"] != "$today+1d":
            return None
        match = _LAST.fullmatch(str(found["ge"]))
        return (str(int(match[1] or 0) + 1),) if match else None

    def write(values: Values) -> Operands:
        back = int(values[0]) - 1
        return {"ge": f"$today-{back}d" if back else "$today", "lt": "$today+1d"}

    return Verb("last", "在最近", Form.DAYS, frozenset({Op.GE, Op.LT}), write, read)


def _next() -> Verb:
    """The next n days, today among them."""

    def read(found: Operands) -> Values | None:
        if found.keys() != {"ge", "lt"} or found["ge"] != "$today":
            return None
        match = _NEXT.fullmatch(str(found["lt"]))
        return (str(int(match[1])),) if match else None

    def write(values: Values) -> Operands:
        return {"ge": "$today", "lt": f"$today+{int(values[0])}d"}

    return Verb("next", "在未来", Form.DAYS, frozenset({Op.GE, Op.LT}), write, read)


def _numbers(form: Form) -> tuple[Verb, ...]:
    return (
        _one(Op.GE, "不小于", form),
        _one(Op.LE, "不大于", form),
        _between(Form.TWO_NUMBERS),
        _one(Op.EQ, "等于", form),
        _one(Op.NE, "不等于", form),
        _one(Op.GT, "大于", form),
        _one(Op.LT, "小于", form),
    )


_TEXTS = (
    _one(Op.CONTAINS, "包含", Form.TEXT),
    _one(Op.EQ, "等于", Form.TEXT),
    _one(Op.NE, "不等于", Form.TEXT),
    _one(Op.STARTS_WITH, "开头是", Form.TEXT),
    _one(Op.ENDS_WITH, "结尾是", Form.TEXT),
)
_DAYS = (
    _span(),
    _last(),
    _next(),
    _fixed("past", "早于今天", {"lt": "$today"}),
    _fixed("due", "不晚于今天", {"le": "$today"}),
    _fixed("coming", "晚于今天", {"gt": "$today"}),
    _one(Op.EQ, "是这天", Form.DAY),
    _one(Op.GE, "不早于", Form.DAY),
    _one(Op.LE, "不晚于", Form.DAY),
    _between(Form.TWO_DAYS),
    _one(Op.LT, "早于", Form.DAY),
    _one(Op.GT, "晚于", Form.DAY),
)
_CHOICES = (
    _several(Op.IN, Op.EQ, "是其中之一", Form.CHECKS),
    _several(Op.NOT_IN, Op.NE, "都不是", Form.CHECKS),
)
_PICKED = (
    _several(Op.IN, Op.EQ, "是其中之一", Form.PICKS),
    _several(Op.NOT_IN, Op.NE, "都不是", Form.PICKS),
)
_HELD = (
    _several(Op.HAS_ANY, Op.HAS, "有其中之一", Form.PICKS),
    _several(Op.HAS_ALL, Op.HAS, "全都有", Form.PICKS),
)
_EMPTINESS = (
    _fixed("empty", "没有填", {"is_empty": True}),
    _fixed("filled", "已填", {"is_empty": False}),
)
_OF_KIND: Mapping[str, tuple[Verb, ...]] = {
    "integer": _numbers(Form.NUMBER),
    "decimal": _numbers(Form.NUMBER),
    "money": _numbers(Form.NUMBER),
    "duration": _numbers(Form.NUMBER),
    "time": (
        _one(Op.GE, "不早于", Form.TIME),
        _one(Op.LE, "不晚于", Form.TIME),
        _one(Op.EQ, "等于", Form.TIME),
    ),
    "date": _DAYS,
    "datetime": _DAYS,
    "boolean": (_fixed("yes", "是", {"eq": True}), _fixed("no", "否", {"eq": False})),
    "choice": _CHOICES,
    "multi_choice": (
        _several(Op.HAS_ANY, Op.HAS, "有其中之一", Form.CHECKS),
        _several(Op.HAS_ALL, Op.HAS, "全都有", Form.CHECKS),
    ),
    "tags": (_one(Op.HAS, "有", Form.TEXT),),
    "person": (
        _fixed("me", "是我", {"eq": "$me"}),
        *_PICKED,
        _fixed("not_me", "不是我", {"ne": "$me"}),
    ),
    "department": (
        _fixed("mine", "是本部门及下级", {"in": "$my_departments"}),
        _fixed("own", "是本部门", {"eq": "$my_department"}),
        _one(Op.UNDER, "是此部门及下级", Form.PICK),
        *_PICKED,
    ),
    "reference": _PICKED,
    "references": _HELD,
    "region": (_one(Op.UNDER, "属于", Form.PICK), _one(Op.EQ, "就是", Form.PICK)),
    "attachment": (),
    "attachments": (),
    "image": (),
    "images": (),
}
