"""Reads the arguments of a function call and checks their number and kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.formula import Call, ChildrenOf, Constant, Node, ValueType
from kefu_admin.definitions.formula_text.functions import FUNCTIONS, Function
from kefu_admin.definitions.formula_text.stop import Stop
from kefu_admin.definitions.formula_text.tokens import Kind, Token
from kefu_admin.definitions.label import NO_LABEL
from kefu_admin.definitions.times import to_date
from kefu_admin.definitions.troubles import Trouble

MOST_PLACES = 6
N = TypeVar("N", bound=Node)


class Reader(Protocol):
    """What calls need of the parser."""

    type: ContentType
    types: Mapping[str, ContentType]
    uses_now: bool

    @property
    def token(self) -> Token: ...
    def taken(self, *texts: str) -> Token | None: ...
    def expect(self, text: str) -> None: ...
    def expression(self) -> Node: ...
    def made(self, node: N) -> N: ...
    def step(self) -> Token: ...
    def known_field(self, name: str, type: ContentType) -> Field: ...
    def note_read(self, field: Field) -> None: ...


def call(reader: Reader, name: str) -> Node:
    """The call of `name`, whose opening bracket was just read."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise Stop(Trouble.NO_FUNCTION_NEAR).among(name, FUNCTIONS, Trouble.NO_FUNCTION)
    if function.children and (children := _children_field(reader)):
        return _over_children(reader, name, function, children)
    if name in ("count", "sum"):
        raise Stop(Trouble.CHILDREN_WANTED, function=name)
    arguments = _arguments(reader)
    if not function.least <= len(arguments) <= function.most:
        raise Stop(Trouble.ARGUMENTS, function=name, found=len(arguments), wanted=_many(function))
    _check_kinds(name, function, arguments)
    if name == "date" and arguments[0].type is ValueType.TEXT:
        return reader.made(_written_date(reader, arguments[0]))
    if name == "round":
        _check_places(arguments[1])
    reader.uses_now |= name in ("now", "today")
    kind = function.result([argument.type for argument in arguments])
    return reader.made(Call(name, tuple(arguments), kind))


def _arguments(reader: Reader) -> list[Node]:
    if reader.taken(")"):
        return []
    arguments = [reader.expression()]
    while reader.taken(","):
        arguments.append(reader.expression())
    reader.expect(")")
    return arguments


def _check_kinds(name: str, function: Function, arguments: list[Node]) -> None:
    alike = function.alike_from
    for position, argument in enumerate(arguments):
        wanted = function.kinds(position)
        if alike is not None and position > alike:
            wanted = frozenset({arguments[alike].type})
        if argument.type not in wanted:
            kinds = " / ".join(sorted(kind.value for kind in wanted))
            raise Stop(Trouble.WRONG_KIND, what=name, wanted=kinds, found=argument.type.value)


def _children_field(reader: Reader) -> Field | None:
    if reader.token.kind is not Kind.NAME:
        return None
    field = reader.type.fields.get(reader.token.text)
    return field if field is not None and field.type == "children" else None


def _over_children(reader: Reader, name: str, function: Function, children: Field) -> Node:
    """`count(contacts)`, `sum(lines, amount)`, `min(…)`, `max(…)`."""
    reader.step()
    reader.note_read(children)
    if name == "count":
        reader.expect(")")
        rows = reader.made(ChildrenOf(children.id, None, ValueType.NUMBER))
        return reader.made(Call(name, (rows,), ValueType.NUMBER))
    reader.expect(",")
    child = reader.types.get(children.to)
    token = reader.step()
    if child is None or token.kind is not Kind.NAME:
        raise Stop(Trouble.CHILDREN_WANTED, function=name)
    field = reader.known_field(token.text, child)
    kind = value_type(field).formula_type
    if kind is None or field.encrypted:
        raise Stop(Trouble.FIELD_UNUSABLE, field=field.id, type=field.type)
    if kind not in function.kinds(0):
        wanted = " / ".join(sorted(one.value for one in function.kinds(0)))
        raise Stop(Trouble.WRONG_KIND, what=name, wanted=wanted, found=str(kind))
    if field.formula is not None and field.formula.uses_now:
        raise Stop(Trouble.MOVES, field=field.id)
    reader.expect(")")
    rows = reader.made(ChildrenOf(children.id, field.id, ValueType(kind)))
    return reader.made(Call(name, (rows,), ValueType(kind)))


def _check_places(argument: Node) -> None:
    places = argument.value if isinstance(argument, Constant) else None
    if not isinstance(places, Decimal) or places % 1 or not 0 <= places <= MOST_PLACES:
        raise Stop(Trouble.PLACES)


def _written_date(reader: Reader, argument: Node) -> Constant:
    """`date("2026-05-01")` is known while reading."""
    text = argument.value if isinstance(argument, Constant) else None
    try:
        day = to_date(Field(id="date", type="date", label=NO_LABEL), text)
    except BadValue:
        day = None
    if not isinstance(day, date):
        raise Stop(Trouble.BAD_VALUE, value=text or "?", field="date()")
    return Constant(day, ValueType.DATE)


def _many(function: Function) -> str:
    if function.least == function.most:
        return str(function.least)
    return f"{function.least}-{function.most}"
