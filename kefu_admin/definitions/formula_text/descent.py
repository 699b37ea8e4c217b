"""Formula text to typed tree, by recursive descent; the first fault ends it.

or      := and ("or" and)*            sum   := product (("+" | "-") product)*
and     := not ("and" not)*           product := unary (("*" | "/") unary)*
not     := "not" not | compare        unary := "-" unary | atom
compare := sum (op sum | "in" list)?  atom  := number | text | true | false | field
list    := "(" constant, … ")"                | function "(" … ")" | "(" or ")"
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.formula import (
    Binary,
    Call,
    Constant,
    FieldName,
    Node,
    Unary,
    ValueType,
)
from kefu_admin.definitions.formula_text.calls import N, call
from kefu_admin.definitions.formula_text.stop import Stop
from kefu_admin.definitions.formula_text.tokens import Kind, Token
from kefu_admin.definitions.troubles import Trouble

MAX_DEPTH = 20
MAX_NODES = 200
_COMPARE = ("==", "!=", "<", "<=", ">", ">=")
_WORDS = frozenset({"and", "or", "not", "in", "true", "false"})


class Descent:
    """Where we are in the tokens, how deep, and what was read."""

    def __init__(
        self, cut: list[Token], type: ContentType, types: Mapping[str, ContentType]
    ) -> None:
        self.cut = cut
        self.type = type
        self.types = types
        self.at = 0
        self.depth = 0
        self.nodes = 0
        self.read: set[str] = set()
        self.uses_now = False

    def whole(self) -> Node:
        root = self.expression()
        if self.token.kind is not Kind.END:
            raise self.unexpected()
        return root

    @property
    def token(self) -> Token:
        return self.cut[self.at]

    def step(self) -> Token:
        """The token, stepped over."""
        token = self.token
        self.at = min(self.at + 1, len(self.cut) - 1)
        return token

    def taken(self, *texts: str) -> Token | None:
        """The token, stepped over, if it is one of these signs or words."""
        token = self.token
        if token.kind in (Kind.SIGN, Kind.NAME) and token.text in texts:
            self.at += 1
            return token
        return None

    def expect(self, text: str) -> None:
        if not self.taken(text):
            raise self.unexpected()

    def unexpected(self) -> Stop:
        token = self.token
        return Stop(Trouble.SYNTAX, position=token.position, found=token.text[:20] or "…")

    def made(self, node: N) -> N:
        """Counts a node."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Stop(Trouble.TOO_LARGE, limit=MAX_NODES)
        return node

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Stop(Trouble.TOO_DEEP, limit=MAX_DEPTH)

    def expression(self) -> Node:
        self.deeper()
        left = self.conjunction()
        while token := self.taken("or"):
            left = self.logic(token, left, self.conjunction())
        self.depth -= 1
        return left

    def conjunction(self) -> Node:
        left = self.negation()
        while token := self.taken("and"):
            left = self.logic(token, left, self.negation())
        return left

    def negation(self) -> Node:
        if not self.taken("not"):
            return self.comparison()
        self.deeper()
        operand = self.want(self.negation(), ValueType.BOOLEAN, "not")
        self.depth -= 1
        return self.made(Unary("not", operand, ValueType.BOOLEAN))

    def comparison(self) -> Node:
        left = self.sum()
        if token := self.taken(*_COMPARE):
            right = self.sum()
            if left.type != right.type:
                raise Stop(
                    Trouble.WRONG_KIND, what=token.text, wanted=left.type.value,
                    found=right.type.value,
                )  # fmt: skip
            if left.type is ValueType.BOOLEAN and token.text not in ("==", "!="):
                raise Stop(Trouble.WRONG_KIND, what=token.text, wanted="number", found="boolean")
            self.check_choice(left, right)
            self.check_choice(right, left)
            left = self.made(Binary(token.text, left, right, ValueType.BOOLEAN))
        elif self.taken("in"):
            left = self.made(Binary("in", left, self.members(left), ValueType.BOOLEAN))
        if self.token.text in (*_COMPARE, "in") and self.token.kind is not Kind.TEXT:
            raise Stop(Trouble.CHAINED, position=self.token.position)
        return left

    def members(self, left: Node) -> Call:
        """The written list right of `in`."""
        self.expect("(")
        found: list[Node] = []
        while not found or self.taken(","):
            constant = self.unary()
            if not isinstance(constant, Constant):
                raise Stop(Trouble.SYNTAX, position=self.token.position, found="in (…)")
            self.want(constant, left.type, "in")
            self.check_choice(left, constant)
            found.append(constant)
        self.expect(")")
        return self.made(Call("list", tuple(found), left.type))

    def sum(self) -> Node:
        left = self.product()
        while token := self.taken("+", "-"):
            left = self.arithmetic(token, left, self.product())
        return left

    def product(self) -> Node:
        left = self.unary()
        while token := self.taken("*", "/"):
            left = self.arithmetic(token, left, self.unary())
        return left

    def unary(self) -> Node:
        if not self.taken("-"):
            return self.atom()
        self.deeper()
        operand = self.want(self.unary(), ValueType.NUMBER, "-")
        self.depth -= 1
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(-operand.value, ValueType.NUMBER)
        return self.made(Unary("-", operand, ValueType.NUMBER))

    def atom(self) -> Node:
        token = self.token
        if self.taken("("):
            inside = self.expression()
            self.expect(")")
            return inside
        if token.kind is Kind.NUMBER:
            self.at += 1
            return self.made(Constant(Decimal(token.text), ValueType.NUMBER))
        if token.kind is Kind.TEXT:
            self.at += 1
            return self.made(Constant(token.text, ValueType.TEXT))
        if word := self.taken("true", "false"):
            return self.made(Constant(word.text == "true", ValueType.BOOLEAN))
        if token.kind is not Kind.NAME or token.text in _WORDS:
            raise self.unexpected()
        self.at += 1
        if self.token.kind is Kind.SIGN and self.token.text == "(":
            self.at += 1
            return call(self, token.text)
        return self.field(token.text)

    def field(self, name: str) -> FieldName:
        field = self.known_field(name, self.type)
        kind = value_type(field).formula_type
        if kind is None or field.encrypted:
            raise Stop(Trouble.FIELD_UNUSABLE, field=name, type=field.type)
        self.note_read(field)
        return self.made(FieldName(name, ValueType(kind)))

    def known_field(self, name: str, type: ContentType) -> Field:
        field = type.fields.get(name)
        if field is None:
            near, far = Trouble.NO_NAME_NEAR, Trouble.NO_NAME
            raise Stop(near).among(name, type.fields, far)
        return field

    def note_read(self, field: Field) -> None:
        if field.formula is not None and field.formula.uses_now:
            raise Stop(Trouble.MOVES, field=field.id)
        self.read.add(field.id)

    def logic(self, token: Token, left: Node, right: Node) -> Node:
        self.want(left, ValueType.BOOLEAN, token.text)
        self.want(right, ValueType.BOOLEAN, token.text)
        return self.made(Binary(token.text, left, right, ValueType.BOOLEAN))

    def arithmetic(self, token: Token, left: Node, right: Node) -> Node:
        self.want(left, ValueType.NUMBER, token.text)
        self.want(right, ValueType.NUMBER, token.text)
        return self.made(Binary(token.text, left, right, ValueType.NUMBER))

    def want(self, node: Node, kind: ValueType, what: str) -> Node:
        if node.type is not kind:
            found, wanted = node.type.value, kind.value
            raise Stop(Trouble.WRONG_KIND, what=what, wanted=wanted, found=found)
        return node

    def check_choice(self, node: Node, constant: Node) -> None:
        """A text compared with a choice must be one of its ids."""
        if not isinstance(node, FieldName) or not isinstance(constant, Constant):
            return
        field = self.type.fields[node.name]
        if field.choices and field.choice(str(constant.value)) is None:
            known = [choice.id for choice in field.choices]
            far = Trouble.NO_CHOICE
            raise Stop(Trouble.NO_CHOICE_NEAR, field=node.name).among(
                str(constant.value), known, far
            )
