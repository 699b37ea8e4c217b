"""Typed takers: what a key of the config may hold, said once for reading, editors and reference.

A taker takes a node of the tree and returns a value, or None after noting why not. The same objects
write the JSON Schemas (`definitions.schema`) and the config reference (`definitions.reference`).
Mappings with known keys are taken by `keys.Shape`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from kefu_admin.definitions import text_rules
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.tree import ListNode, Node, TextNode

Schema = dict[str, object]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)


class Taker(Protocol[T_co]):
    """Reads one node; also says what it takes, to an editor and to a reader of the reference."""

    def take(self, node: Node, problems: Problems) -> T_co | None:
        """The value, or None when a problem was noted."""

    def schema(self) -> Schema:
        """JSON Schema of what is taken."""

    def meaning(self) -> Label:
        """What is taken, in a few words."""


@dataclass(frozen=True)
class Text:
    """One line of text."""

    max_length: int = 200

    def take(self, node: Node, problems: Problems) -> str | None:
        """The text in normal form, not blank."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if not node.text.strip():
            problems.add(node.place, Fault.BLANK)
            return None
        try:
            text = text_rules.line(node.text)
        except BadValue as bad:
            problems.add(node.place, Fault.BAD_TEXT, character=bad.facts["character"])
            return None
        if len(text) > self.max_length:
            problems.add(node.place, Fault.TEXT_TOO_LONG, limit=self.max_length)
            return None
        return text

    def schema(self) -> Schema:
        """A text; editors may also see numbers and booleans where quotes were left out."""
        return {"type": ["string", "number", "boolean"]}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("文本", "text")


@dataclass(frozen=True)
class Integer:
    """A whole number within limits."""

    least: int
    most: int

    def take(self, node: Node, problems: Problems) -> int | None:
        """The number."""
        if not isinstance(node, TextNode) or not re.fullmatch(r"-?[0-9]{1,18}", node.text):
            problems.add(node.place, Fault.NOT_AN_INTEGER)
            return None
        number = int(node.text)
        if not self.least <= number <= self.most:
            problems.add(node.place, Fault.INTEGER_OUT_OF_RANGE, least=self.least, most=self.most)
            return None
        return number

    def schema(self) -> Schema:
        """An integer; quoted ones are taken as well."""
        return {"type": ["integer", "string"], "minimum": self.least, "maximum": self.most}

    def meaning(self) -> Label:
        """In a few words."""
        return Label(f"整数 {self.least}–{self.most}", f"integer {self.least}–{self.most}")


@dataclass(frozen=True)
class Boolean:
    """true or false, nothing else."""

    def take(self, node: Node, problems: Problems) -> bool | None:
        """The answer."""
        if isinstance(node, TextNode) and node.text in ("true", "false"):
            return node.text == "true"
        problems.add(node.place, Fault.NOT_A_BOOLEAN)
        return None

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("true 或 false", "true or false")


@dataclass(frozen=True)
class OneOf:
    """One word of a closed set."""

    words: tuple[str, ...]

    def take(self, node: Node, problems: Problems) -> str | None:
        """The word."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if node.text not in self.words:
            problems.unknown(
                node.place, Fault.NOT_ONE_OF_NEAR, Fault.NOT_ONE_OF, node.text, self.words
            )
            return None
        return node.text

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": list(self.words)}

    def meaning(self) -> Label:
        """In a few words."""
        shown = " ".join(f"`{word}`" for word in self.words)
        return Label(shown, shown)


@dataclass(frozen=True)
class Member(Generic[E]):
    """One member of an enumeration, by its value."""

    of: type[E]

    def take(self, node: Node, problems: Problems) -> E | None:
        """The member."""
        word = self._words().take(node, problems)
        return None if word is None else self.of(word)

    def schema(self) -> Schema:
        """An enumeration."""
        return self._words().schema()

    def meaning(self) -> Label:
        """In a few words."""
        return self._words().meaning()

    def _words(self) -> OneOf:
        return OneOf(tuple(member.value for member in self.of))


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list; faulty items are noted and left out.

    `keys` name what tells its items apart, the first one an item has: a layer above then changes
    single items (`definitions.merging`). Without, a layer above replaces the list.
    """

    item: Taker[T]
    least: int = 0
    distinct: bool = False  # texts that repeat are noted
    keys: tuple[str, ...] = ()

    def take(self, node: Node, problems: Problems) -> tuple[T, ...] | None:
        """The items."""
        if not isinstance(node, ListNode):
            problems.add(node.place, Fault.NOT_A_LIST)
            return None
        if len(node.items) < self.least:
            problems.add(node.place, Fault.EMPTY_LIST)
            return None
        if self.distinct:
            _repeated(node, problems)
        taken = (self.item.take(item, problems) for item in node.items)
        return tuple(value for value in taken if value is not None)

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.item.schema(), "minItems": self.least}

    def meaning(self) -> Label:
        """In a few words."""
        item = self.item.meaning()
        return Label(f"列表：{item.zh}", f"list of: {item.en}")


@dataclass(frozen=True)
class Raw:
    """A node as it stands, read later with more knowledge: a condition, a value, a formula."""

    what: Label
    definition: Mapping[str, object] = field(default_factory=dict, compare=False)

    def take(self, node: Node, problems: Problems) -> Node | None:
        """The node."""
        return node

    def schema(self) -> Schema:
        """What its later reader takes."""
        return dict(self.definition)

    def meaning(self) -> Label:
        """In a few words."""
        return self.what


CONDITION = Raw(Label("条件", "condition"), {"$ref": "#/$defs/condition"})
VALUE = Raw(Label("值", "value"), {})


def _repeated(node: ListNode, problems: Problems) -> None:
    seen: set[str] = set()
    for item in node.items:
        if isinstance(item, TextNode):
            if item.text in seen:
                problems.add(item.place, Fault.REPEATED, name=item.text)
            seen.add(item.text)
