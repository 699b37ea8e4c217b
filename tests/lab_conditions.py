"""Hypothesis strategies: every condition that may be asked of the laboratory's customers."""

from __future__ import annotations

from hypothesis import strategies as st

from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.condition import (
    All,
    Anchor,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    Literal,
    Me,
    MyDepartment,
    MyDepartments,
    Not,
    Op,
    Operand,
    Path,
    Quantifier,
    RelativeDate,
)
from kefu_admin.definitions.condition_text.left import PARTIAL, TWO_SIDED, family
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import operators, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.text_rules import line
from tests.lab import CUSTOMER, POOLS, TYPES

LISTS = (Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL)
COUNT_OPS = tuple(TWO_SIDED)
UNITS = ("d", "w", "m", "y")


@st.composite
def paths(draw: st.DrawFn, type: ContentType) -> tuple[Path, Field]:
    """A field with operators, behind up to three references."""
    names: list[str] = []
    through: list[str] = []
    here = type
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3)))):
        links = [f for f in here.fields.values() if storage(f) is Storage.LINK]
        if not links:
            break
        link = draw(st.sampled_from(links))
        names.append(link.id)
        target = content_type(TYPES, target_type(link.type, link.to))
        assert target is not None
        through.append(target.id)
        here = target
    last = draw(st.sampled_from([f for f in here.fields.values() if operators(f)]))
    return Path((*names, last.id), tuple(through)), last


@st.composite
def comparisons(draw: st.DrawFn, type: ContentType) -> Condition:
    path, field = draw(paths(type))
    op = draw(st.sampled_from(sorted(operators(field))))
    if op is Op.IS_EMPTY:
        return Compare(path, op, Literal(draw(st.booleans())))
    return Compare(path, op, draw(operands(type, field, op)))


def operands(type: ContentType, field: Field, op: Op) -> st.SearchStrategy[Operand]:
    """What may stand right of an operator."""
    values = pool(field)
    kinds: list[st.SearchStrategy[Operand]] = []
    if op in LISTS:
        lists = st.lists(values, min_size=1, max_size=4, unique=True)
        kinds.append(lists.map(lambda some: Literal(tuple(some))))
    elif op is Op.BETWEEN:
        kinds.append(st.tuples(values, values).map(lambda two: Literal(tuple(sorted(two)))))
    elif op in PARTIAL:
        kinds.append(values.map(lambda v: Literal(line(str(v)[:2]) or "x")))
        kinds.append(values.map(lambda v: Literal(line(str(v)[-2:]) or "x")))
    else:
        kinds.append(values.map(Literal))
    if op in TWO_SIDED and family(field):
        kinds.append(
            paths(type)
            .filter(lambda found: family(found[1]) == family(field))
            .map(lambda found: found[0])
        )
    kinds += symbols(field, op)
    return st.one_of(kinds)


def symbols(field: Field, op: Op) -> list[st.SearchStrategy[Operand]]:
    kind = value_type(field).id
    equal = op in (Op.EQ, Op.NE)
    if kind == "person" and equal:
        return [st.just(Me())]
    if kind == "department" and (equal or op is Op.UNDER):
        return [st.just(MyDepartment())]
    if kind == "department" and op in (Op.IN, Op.NOT_IN):
        return [st.just(MyDepartments())]
    if kind == "date" and op in TWO_SIDED:
        return [
            st.builds(
                _relative, st.sampled_from(Anchor), st.integers(-3, 3), st.sampled_from(UNITS)
            )
        ]
    if kind == "datetime" and op in TWO_SIDED:
        minutes = st.integers(-2, 2).map(lambda n: _relative(Anchor.NOW, n, "min", True))
        days = [a for a in Anchor if a is not Anchor.NOW]
        begin = st.builds(
            _relative,
            st.sampled_from(days),
            st.integers(-3, 3),
            st.sampled_from(UNITS),
            st.just(True),
        )
        if op not in (Op.LT, Op.GE):
            return [minutes]
        return [
            minutes,
            begin,
            begin.map(lambda r: RelativeDate(r.anchor, r.amount, r.unit, True, True)),
        ]
    return []


def _relative(anchor: Anchor, amount: int, unit: str, instant: bool = False) -> RelativeDate:
    return RelativeDate(anchor, amount, unit if amount else "d", as_instant=instant)


def pool(field: Field) -> st.SearchStrategy[object]:
    """Values of a field: mostly ones that records hold."""
    if field.id == "version":
        return st.sampled_from((1, 2))
    if field.id in ("created_at", "updated_at"):
        return st.sampled_from(POOLS["met_at"])
    if field.id in ("created_by", "updated_by"):
        return st.sampled_from(POOLS["owner"])
    if field.type in ("text", "long_text"):  # records hold more than can be asked for
        return st.sampled_from([text for text in POOLS[field.id] if _is_normal(str(text))])
    return st.sampled_from(POOLS[field.id])


def _is_normal(text: str) -> bool:
    return "\n" not in text and line(text) == text


def leaves(type: ContentType) -> st.SearchStrategy[Condition]:
    """A comparison, or a question to children."""
    if type is not CUSTOMER:
        return comparisons(type)
    contact = TYPES["contact"]
    inner = trees(contact, 4)
    path = Path(("contacts",))
    children = st.builds(
        Children, st.just(path), st.sampled_from(Quantifier), inner, by=st.just("customer")
    )
    counts = st.builds(
        Count, st.just(path), inner, st.sampled_from(COUNT_OPS), st.integers(0, 3),
        by=st.just("customer"),
    )  # fmt: skip
    return st.one_of(comparisons(type), comparisons(type), children, counts)


def trees(type: ContentType = CUSTOMER, size: int = 12) -> st.SearchStrategy[Condition]:
    """Comparisons nested in all, any and not."""

    def nested(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(inner, max_size=3).map(tuple)
        return st.one_of(st.builds(All, parts), st.builds(Any_, parts), st.builds(Not, inner))

    return st.recursive(leaves(type), nested, max_leaves=size)
