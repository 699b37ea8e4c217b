"""What stands left of an operator: a field or a formula, with what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.condition import FormulaOperand, Op, Path
from kefu_admin.definitions.field_types import operators, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.formula import Formula, ValueType
from kefu_admin.definitions.label import NO_LABEL

ORDER = frozenset({Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN})
TWO_SIDED = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})  # may compare two fields
PARTIAL = frozenset({Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH})
_EQUAL = frozenset({Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.IS_EMPTY})
_FORMULA_OPS = {
    ValueType.NUMBER: _EQUAL | ORDER,
    ValueType.TEXT: _EQUAL,
    ValueType.BOOLEAN: frozenset({Op.EQ, Op.NE, Op.IS_EMPTY}),
    ValueType.DATE: _EQUAL | ORDER,
    ValueType.INSTANT: _EQUAL | ORDER,
}
_FORMULA_FIELDS = {
    ValueType.NUMBER: "decimal",
    ValueType.TEXT: "text",
    ValueType.BOOLEAN: "boolean",
    ValueType.DATE: "date",
    ValueType.INSTANT: "datetime",
}
_NUMBERS = frozenset({"integer", "decimal", "money"})


@dataclass(frozen=True, slots=True)
class Left:
    """A field (through its path) or a formula; `field` then stands for the formula's value."""

    side: Path | FormulaOperand
    field: Field

    @classmethod
    def of_formula(cls, formula: Formula, zone: str) -> Left:
        """A formula, with a field that converts literals of its type."""
        return cls(FormulaOperand(formula), formula_field(formula.root.type, zone))

    @property
    def name(self) -> str:
        """As it was written."""
        return str(self.side) if isinstance(self.side, Path) else self.side.formula.text

    def operators(self) -> frozenset[Op]:
        """The operators that may follow."""
        if isinstance(self.side, FormulaOperand):
            return _FORMULA_OPS[self.side.formula.root.type]
        return operators(self.field)


def formula_field(type: ValueType, zone: str) -> Field:
    """A field whose literals have the type of a formula's value."""
    return Field(id="formula", type=_FORMULA_FIELDS[type], label=NO_LABEL, scale=6, zone=zone)


def family(field: Field) -> str:
    """Fields of one family may be compared with each other; "" compares with none."""
    type = value_type(field)
    match storage(field):
        case Storage.TEXT | Storage.LONG_TEXT:
            return "text"
        case Storage.LINK:
            return f"link {target_type(type.id, field.to)}"
        case Storage.INTEGER:
            return "number" if type.id in _NUMBERS else type.id
        case Storage.BOOLEAN | Storage.DATE | Storage.INSTANT:
            return type.id
        case _:
            return ""
