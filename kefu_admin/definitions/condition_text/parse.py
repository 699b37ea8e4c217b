"""Reads conditions from plain trees (dict, list, text, JSON scalars) and checks them.

Every fault is collected; a part with a fault becomes `NEVER`, so a condition with troubles must
not be used. Operands are read by `operands`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.condition import (
    NEVER,
    All,
    Any_,
    Children,
    Condition,
    Count,
    Not,
    Op,
    Path,
    Quantifier,
)
from kefu_admin.definitions.condition_text.left import Left
from kefu_admin.definitions.condition_text.operands import Operands
from kefu_admin.definitions.condition_text.reads import has_sql
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.troubles import Notes, Trouble, cut, listed
from kefu_admin.problems import NOWHERE, Place, Problem

MAX_DEPTH = 20
MAX_NODES = 200
MAX_REFERENCES = 3
MAX_COUNT = 1_000_000
RESERVED = frozenset({"all", "any", "not", "formula"})  # names no field may have
_ELSEWHERE = {
    "=": "eq", "==": "eq", "equals": "eq", "is": "eq", "!=": "ne", "<>": "ne", "neq": "ne",
    "<": "lt", "<=": "le", "lte": "le", ">": "gt", ">=": "ge", "gte": "ge", "nin": "not_in",
    "like": "contains", "includes": "has", "null": "is_empty", "isnull": "is_empty",
}  # fmt: skip
_COUNT_OPS = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)


def parse_condition(
    raw: object,
    *,
    type: ContentType,
    types: Mapping[str, ContentType],
    place: Place,
    problems: list[Problem],
) -> Condition:
    """The condition written in the config; what is wrong is added to `problems`."""
    notes = Notes(place)
    condition = _Parser(types, notes).condition(raw, type, place, 1)
    problems += notes.problems()
    return condition


def parse_filter(raw: object, type: ContentType, types: Mapping[str, ContentType]) -> Condition:
    """The condition a person sends as a filter. To hide fields, pass types without them.

    Raises:
        UnknownParameter: a field that is not in its type.
        Invalid: anything else that is wrong, and formulas, which have no SQL form.
    """
    notes = Notes(NOWHERE)
    condition = _Parser(types, notes).condition(raw, type, NOWHERE, 1)
    if not notes.found and not has_sql(condition):
        notes.add(NOWHERE, Trouble.NO_SQL)
    notes.refuse()
    return condition


class _Parser:
    """Holds what all parts of one condition share: the types, the troubles, the node count."""

    def __init__(self, types: Mapping[str, ContentType], notes: Notes) -> None:
        self.types = types
        self.notes = notes
        self.nodes = 0

    def condition(self, raw: object, type: ContentType, place: Place, depth: int) -> Condition:
        """One condition; a mapping with several keys means all of them."""
        if depth > MAX_DEPTH:
            self.notes.add(place, Trouble.TOO_DEEP, limit=MAX_DEPTH)
            return NEVER
        if not isinstance(raw, Mapping):
            self.notes.add(place, Trouble.NOT_A_CONDITION, found=cut(str(raw), 40))
            return NEVER
        if "formula" in raw:
            return self.formula(raw, type, place)
        parts: list[Condition] = []
        for key, value in raw.items():
            if self.notes.full:
                break
            under = place.under(str(key))
            if key in ("all", "any"):
                parts.append(self.several(str(key), value, type, under, depth))
            elif key == "not":
                if not self.too_large(under):
                    parts.append(Not(self.condition(value, type, under, depth + 1)))
            else:
                parts += self.entry(str(key), value, type, under, depth)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def too_large(self, place: Place) -> bool:
        """Counts one comparison, all, any, not or question to children; says once when too many."""
        self.nodes += 1
        if self.nodes == MAX_NODES + 1:
            self.notes.add(place, Trouble.TOO_LARGE, limit=MAX_NODES)
        return self.nodes > MAX_NODES

    def several(
        self, key: str, raw: object, type: ContentType, place: Place, depth: int
    ) -> Condition:
        if not isinstance(raw, list | tuple):
            self.notes.add(place, Trouble.NOT_A_LIST, key=key)
            return NEVER
        parts: list[Condition] = []
        for number, part in enumerate(() if self.too_large(place) else raw):
            if self.nodes > MAX_NODES or self.notes.full:
                break
            parts.append(self.condition(part, type, place.under(number), depth + 1))
        return All(tuple(parts)) if key == "all" else Any_(tuple(parts))

    def entry(
        self, name: str, raw: object, type: ContentType, place: Place, depth: int
    ) -> list[Condition]:
        """`field: value`, `field: {op: operand, …}` or a question to children."""
        found = self.path(name, type, place)
        if found is None:
            return []
        path, field = found
        if field.type == "children":
            return self.children(path, field, raw, place, depth)
        left = Left(path, field)
        if not isinstance(raw, Mapping):
            return [self.compare(left, Op.EQ, raw, type, place)]
        return self.comparisons(left, raw, type, place)

    def comparisons(
        self, left: Left, raw: Mapping[object, object], type: ContentType, place: Place
    ) -> list[Condition]:
        parts: list[Condition] = []
        if not raw:
            self.notes.add(place, Trouble.NOT_A_CONDITION, found="{}")
        for key, value in raw.items():
            if self.notes.full:
                break
            under = place.under(str(key))
            if key not in Op.__members__.values():
                self.no_operator(left, str(key), under)
                continue
            parts.append(self.compare(left, Op(str(key)), value, type, under))
        return parts

    def no_operator(self, left: Left, name: str, place: Place) -> None:
        """Says which one was meant, when another language's word for it tells."""
        names = sorted(op.value for op in left.operators())
        meant = _ELSEWHERE.get(name.lower(), "")
        if meant in names:
            self.notes.add(place, Trouble.NO_OPERATOR_NEAR, name=name, near=meant)
            return
        near, far = Trouble.NO_OPERATOR_NEAR, Trouble.NO_OPERATOR
        self.notes.unknown(place, near, far, name, names)

    def compare(
        self, left: Left, op: Op, raw: object, type: ContentType, place: Place
    ) -> Condition:
        if self.too_large(place):
            return NEVER
        if op not in left.operators():
            known = listed(sorted(op.value for op in left.operators()))
            self.notes.add(
                place, Trouble.OPERATOR_UNSUITED, field=left.name, operator=op.value, known=known
            )
            return NEVER
        return self.operands(type).compare(left, op, raw, place)

    def operands(self, type: ContentType) -> Operands:
        return Operands(type, self.types, self.path, self.notes)

    def formula(self, raw: Mapping[object, object], type: ContentType, place: Place) -> Condition:
        """`{formula: text, op: operand}`: a worked-out value on the left."""
        formula = self.operands(type).formula(raw["formula"], place.under("formula"))
        if formula is None:
            return NEVER
        zone = next(iter(type.fields.values())).zone
        rest = {key: value for key, value in raw.items() if key != "formula"}
        parts = self.comparisons(Left.of_formula(formula, zone), rest, type, place)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def children(
        self, path: Path, field: Field, raw: object, place: Place, depth: int
    ) -> list[Condition]:
        child = self.types.get(field.to)
        if child is None:
            return []  # the missing type has its own problem
        if not isinstance(raw, Mapping) or not raw:
            self.notes.add(place, Trouble.CHILDREN_FORM, field=field.id)
            return []
        parts: list[Condition] = []
        for key, value in raw.items():
            under = place.under(str(key))
            if self.too_large(under):
                break
            if key == "count":
                parts += self.count(path, field, child, value, under, depth)
            elif key in Quantifier.__members__.values():
                where = self.condition(value, child, under, depth + 1)
                parts.append(Children(path, Quantifier(str(key)), where, under, field.by))
            else:
                self.notes.add(under, Trouble.CHILDREN_FORM, field=field.id)
        return parts

    def count(
        self, path: Path, field: Field, child: ContentType, raw: object, place: Place, depth: int
    ) -> list[Condition]:
        comparisons = dict(raw) if isinstance(raw, Mapping) else {}
        where = self.condition(comparisons.pop("where", {}), child, place.under("where"), depth + 1)
        parts: list[Condition] = []
        if not comparisons:
            self.notes.add(place, Trouble.COUNT_FORM)
        for key, value in comparisons.items():
            number = whole_number(value)
            if key not in _COUNT_OPS or number is None or number > MAX_COUNT:
                self.notes.add(place.under(str(key)), Trouble.COUNT_FORM)
                continue
            parts.append(Count(path, where, Op(str(key)), number, place, field.by))
        return parts

    def path(self, text: str, type: ContentType, place: Place) -> tuple[Path, Field] | None:
        """A dotted path and the field it ends in."""
        names = tuple(text.split("."))
        if len(names) > MAX_REFERENCES + 1:
            self.notes.add(
                place, Trouble.TOO_MANY_REFERENCES, path=cut(text), count=len(names) - 1,
                limit=MAX_REFERENCES,
            )  # fmt: skip
            return None
        through: list[str] = []
        here = type
        for name in names[:-1]:
            step = self.field(name, text, here, place)
            if step is None:
                return None
            target = content_type(self.types, target_type(step.type, step.to))
            if storage(step) is not Storage.LINK or target is None:
                self.notes.add(place, Trouble.NOT_A_REFERENCE, name=name, path=cut(text))
                return None
            through.append(target.id)
            here = target
        last = self.field(names[-1], text, here, place)
        if last is None:
            return None
        if last.type == "children" and through:
            self.notes.add(place, Trouble.NOT_A_REFERENCE, name=names[-1], path=text)
            return None
        if last.formula is not None and last.formula.uses_now:
            self.notes.add(place, Trouble.MOVES, field=text)
            return None
        return Path(names, tuple(through)), last

    def field(self, name: str, text: str, type: ContentType, place: Place) -> Field | None:
        field = type.fields.get(name)
        if field is None:
            self.notes.unknown(
                place, Trouble.NO_FIELD_NEAR, Trouble.NO_FIELD, name, type.fields,
                type=type.id, path=cut(text),
            )  # fmt: skip
        return field


def whole_number(raw: object) -> int | None:
    """A number ≥ 0 as text or int, or None."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw if raw >= 0 else None
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 9:
        return int(raw)
    return None
