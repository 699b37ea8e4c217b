"""Reads what stands right of an operator, and checks that it suits the left side.

Lists that hold a symbol or a field become several comparisons (`in: [$me, 7]` is any of two), so a
`Literal` list always holds values only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kefu_admin.definitions.condition import (
    NEVER,
    All,
    Any_,
    Compare,
    Condition,
    FormulaOperand,
    Literal,
    Me,
    MyDepartment,
    MyDepartments,
    Op,
    Operand,
    Path,
    RelativeDate,
)
from kefu_admin.definitions.condition_text.days import Day, compare_day, day
from kefu_admin.definitions.condition_text.left import PARTIAL, TWO_SIDED, Left, family
from kefu_admin.definitions.condition_text.symbols import (
    NAMES,
    NoSymbol,
    Symbol,
    TooFar,
    is_symbol,
    parse_symbol,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.formula import Formula
from kefu_admin.definitions.formula_text import parse_noting
from kefu_admin.definitions.text_rules import identifier, line, paragraphs
from kefu_admin.definitions.troubles import Notes, Trouble, cut
from kefu_admin.problems import Place

FindPath = Callable[[str, ContentType, Place], tuple[Path, Field] | None]
MAX_LIST = 1000
_LISTS = {Op.IN: Op.EQ, Op.NOT_IN: Op.NE, Op.HAS_ANY: Op.HAS, Op.HAS_ALL: Op.HAS}
_EVERY = frozenset({Op.NOT_IN, Op.HAS_ALL})  # taken apart, all of the parts must hold
_DEPARTMENT_SETS = frozenset({Op.IN, Op.NOT_IN, Op.HAS_ANY})
_IDENTIFIERS = frozenset({"phone", "id_number", "email", "url", "number", "region"})


class Operands:
    """Reads operands of comparisons on records of one type."""

    def __init__(
        self, type: ContentType, types: Mapping[str, ContentType], find: FindPath, notes: Notes
    ) -> None:
        self.type = type
        self.types = types
        self.find = find
        self.notes = notes

    def compare(self, left: Left, op: Op, raw: object, place: Place) -> Condition:
        """`left op raw`, checked; `NEVER` when something is wrong with it."""
        if op is Op.IS_EMPTY:
            return self._is_empty(left, raw, place)
        if op is Op.BETWEEN:
            return self._between(left, raw, place)
        if op in _LISTS and not is_symbol(raw):
            return self._list(left, op, raw, place)
        if op in TWO_SIDED and (ends := self._day(left, raw)):
            return compare_day(left.side, op, ends, place)
        operand = self._one(left, op, raw, place)
        return NEVER if operand is None else Compare(left.side, op, operand, place)

    def formula(self, raw: object, place: Place) -> Formula | None:
        """A formula over the record's own fields."""
        if not isinstance(raw, str):
            self.notes.add(place, Trouble.SYNTAX, position=1, found=cut(str(raw), 40))
            return None
        return parse_noting(raw, type=self.type, types=self.types, place=place, notes=self.notes)

    def _is_empty(self, left: Left, raw: object, place: Place) -> Condition:
        if raw in (True, "true"):
            return Compare(left.side, Op.IS_EMPTY, Literal(True), place)
        if raw in (False, "false"):
            return Compare(left.side, Op.IS_EMPTY, Literal(False), place)
        self.notes.add(place, Trouble.TRUE_OR_FALSE, operator=Op.IS_EMPTY.value)
        return NEVER

    def _between(self, left: Left, raw: object, place: Place) -> Condition:
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            self.notes.add(place, Trouble.TWO_WANTED, operator=Op.BETWEEN.value)
            return NEVER
        if self._day(left, raw[0]) or self._day(left, raw[1]):
            low_part = self.compare(left, Op.GE, raw[0], place.under(0))
            return All((low_part, self.compare(left, Op.LE, raw[1], place.under(1))))
        low = self._one(left, Op.GE, raw[0], place.under(0))
        high = self._one(left, Op.LE, raw[1], place.under(1))
        if low is None or high is None:
            return NEVER
        if not (isinstance(low, Literal) and isinstance(high, Literal)):
            side = left.side
            return All((Compare(side, Op.GE, low, place), Compare(side, Op.LE, high, place)))
        ends = (low.value, high.value)
        if ends[0] > ends[1]:  # type: ignore[operator]  # both of one ordered field type
            self.notes.add(
                place, Trouble.ENDS_SWAPPED, low=cut(str(raw[0]), 40), high=cut(str(raw[1]), 40)
            )
        return Compare(left.side, Op.BETWEEN, Literal(ends), place)

    def _list(self, left: Left, op: Op, raw: object, place: Place) -> Condition:
        if not isinstance(raw, list | tuple) or not raw:
            self.notes.add(place, Trouble.LIST_WANTED, operator=op.value)
            return NEVER
        if len(raw) > MAX_LIST:
            self.notes.add(place, Trouble.LIST_TOO_LONG, limit=MAX_LIST)
            return NEVER
        single = _LISTS[op]
        if any(self._day(left, one) for one in raw):
            days = tuple(
                self.compare(left, single, one, place.under(i)) for i, one in enumerate(raw)
            )
            return All(days) if op in _EVERY else Any_(days)
        found = [self._one(left, single, one, place.under(i)) for i, one in enumerate(raw)]
        operands = [operand for operand in found if operand is not None]
        if len(operands) < len(found):
            return NEVER
        values = {one.value: None for one in operands if isinstance(one, Literal)}
        parts: list[Condition] = []
        if values:
            parts.append(Compare(left.side, op, Literal(tuple(values)), place))
        parts += [
            Compare(left.side, single, one, place)
            for one in operands
            if not isinstance(one, Literal)
        ]
        if len(parts) == 1:
            return parts[0]
        return All(tuple(parts)) if op in _EVERY else Any_(tuple(parts))

    def _day(self, left: Left, raw: object) -> Day | None:
        """The ends of a day that is asked of a datetime."""
        return day(left.field, raw) if value_type(left.field).id == "datetime" else None

    def _one(self, left: Left, op: Op, raw: object, place: Place) -> Operand | None:
        """A single operand, or None with a trouble noted."""
        if raw is None:
            self.notes.add(place, Trouble.NULL, operator=Op.IS_EMPTY.value)
            return None
        if isinstance(raw, list | tuple):
            self.notes.add(place, Trouble.ONE_WANTED, operator=op.value)
            return None
        if isinstance(raw, Mapping):
            return self._other(left, op, raw, place)
        if is_symbol(raw):
            return self._symbol(left, op, str(raw), place)
        bare = raw[1:] if isinstance(raw, str) and raw.startswith("$$") else raw
        return self._literal(left, op, bare, place)

    def _other(
        self, left: Left, op: Op, raw: Mapping[object, object], place: Place
    ) -> Operand | None:
        """`{field: path}` or `{formula: text}`."""
        if len(raw) != 1 or not raw.keys() <= {"field", "formula"}:
            self.notes.add(place, Trouble.BAD_VALUE, value=cut(str(raw), 40), field=left.name)
            return None
        if op not in TWO_SIDED:
            self.notes.add(place, Trouble.VALUE_ONLY, operator=op.value)
            return None
        if "formula" in raw:
            formula = self.formula(raw["formula"], place.under("formula"))
            if formula is None or not self._suits(left, formula, place):
                return None
            return FormulaOperand(formula)
        found = self.find(str(raw["field"]), self.type, place.under("field"))
        if found is None:
            return None
        path, field = found
        if isinstance(left.side, FormulaOperand):
            same = value_type(field).formula_type == left.side.formula.root.type
        else:
            same = family(left.field) == family(field) != ""
        if not same:
            self.notes.add(place, Trouble.NOT_COMPARABLE, left=left.name, right=str(path))
            return None
        return path

    def _suits(self, left: Left, formula: Formula, place: Place) -> bool:
        if isinstance(left.side, FormulaOperand):
            mine: str | None = left.side.formula.root.type
        else:
            mine = value_type(left.field).formula_type
        if mine != formula.root.type:
            self.notes.add(place, Trouble.NOT_COMPARABLE, left=left.name, right=formula.text)
        return mine == formula.root.type

    def _symbol(self, left: Left, op: Op, raw: str, place: Place) -> Operand | None:
        try:
            symbol = parse_symbol(raw)
        except NoSymbol:
            near, far = Trouble.NO_SYMBOL_NEAR, Trouble.NO_SYMBOL
            self.notes.unknown(place, near, far, raw, NAMES)
            return None
        except TooFar:
            self.notes.add(place, Trouble.AMOUNT_TOO_LARGE, value=raw)
            return None
        instant = value_type(left.field).id == "datetime"
        if isinstance(symbol, RelativeDate) and instant and op in TWO_SIDED:
            return RelativeDate(symbol.anchor, symbol.amount, symbol.unit, as_instant=True)
        if not symbol_suits(symbol, left.field, op):
            self.notes.add(place, Trouble.SYMBOL_UNSUITED, symbol=raw, field=left.name)
            return None
        return symbol

    def _literal(self, left: Left, op: Op, raw: object, place: Place) -> Literal | None:
        field = left.field
        if field.choices and isinstance(raw, str) and field.choice(raw) is None:
            known = [choice.id for choice in field.choices]
            near, far = Trouble.NO_CHOICE_NEAR, Trouble.NO_CHOICE
            self.notes.unknown(place, near, far, raw, known, field=left.name)
            return None
        try:
            value = literal(field, op, raw)
        except BadValue:
            self.notes.add(place, Trouble.BAD_VALUE, value=cut(str(raw), 40), field=left.name)
            return None
        if value is None:
            self.notes.add(place, Trouble.NULL, operator=Op.IS_EMPTY.value)
            return None
        return Literal(value)


def literal(field: Field, op: Op, raw: object) -> object:
    """The canonical value of one literal; None when blank.

    Raises:
        BadValue: not a value of the field (or, for parts of a text, not a text).
    """
    type = value_type(field)
    if op in PARTIAL:
        return _part(type.id, raw) or None
    if not type.many:
        return type.convert(field, raw)
    members = type.convert(field, [raw])
    return members[0] if isinstance(members, tuple) and members else None


def symbol_suits(symbol: Symbol, field: Field, op: Op) -> bool:
    """Whether a symbol can be compared with the field by this operator."""
    kind = value_type(field).id
    single = op in TWO_SIDED and op not in (Op.LT, Op.LE, Op.GT, Op.GE)
    to = field.to if kind in ("reference", "references") else kind
    match symbol:
        case Me():
            return to == "person" and (single or op is Op.HAS)
        case MyDepartment():
            return to == "department" and (single or op in (Op.HAS, Op.UNDER))
        case MyDepartments():
            return to == "department" and op in _DEPARTMENT_SETS
        case RelativeDate():
            return kind == "date" and op in TWO_SIDED


def _part(type_id: str, raw: object) -> str:
    """Part of a text in the normal form of the whole."""
    if not isinstance(raw, str):
        raise BadValue("not_text")
    if type_id in _IDENTIFIERS:
        return identifier(raw)
    return paragraphs(raw) if type_id == "long_text" else line(raw)
