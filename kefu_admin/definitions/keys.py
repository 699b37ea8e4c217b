"""Mappings with known keys: `Key` declares one, `Shape` takes the whole, `Taken` gives the values.

A value is asked for by the `Key` that declared it, so a reader cannot misspell a key or mistake its
type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from kefu_admin.definitions.faults import Fault, Problems, listed
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.naming import Clause
from kefu_admin.definitions.takers import ListOf, Schema, Taker, Text
from kefu_admin.definitions.tree import ListNode, MapNode, Node, TextNode
from kefu_admin.problems import Place

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, eq=False)
class Key(Generic[T_co]):
    """A key of a mapping: its name, what it takes, what it is for."""

    name: str
    taker: Taker[T_co]
    help: Label
    required: bool = False


class Taken:
    """An opened mapping: values by key; a key that was absent or faulty has none."""

    def __init__(self, node: MapNode) -> None:
        self.node = node
        self._values: dict[str, object] = {}

    @property
    def place(self) -> Place:
        """Where the mapping was written."""
        return self.node.place

    def __getitem__(self, key: Key[T]) -> T | None:
        return cast("T | None", self._values.get(key.name))

    def get(self, key: Key[T], default: T) -> T:
        """The value, or `default` where there is none."""
        return cast("T", self._values.get(key.name, default))

    def has(self, key: Key[T]) -> bool:
        """Whether the key was written, faulty or not."""
        return key.name in self.node.entries

    def at(self, key: Key[T], *below: str | int) -> Place:
        """Where the key's value, or something below it, was written."""
        node: Node | None = self.node.entries.get(key.name)
        if node is None:
            return self.node.place
        for step in below:
            if isinstance(node, MapNode) and step in node.entries:
                node = node.entries[str(step)]
            elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                break
        return node.place

    def put(self, name: str, value: object) -> None:
        """Filled by `Shape`."""
        self._values[name] = value


class Shape:
    """The taker of a mapping with known keys; unknown ones are noted with the nearest known."""

    def __init__(self, *keys: Key[Any]) -> None:  # of any value types
        self.keys = keys
        self._by_name = {key.name: key for key in keys}

    def key(self, name: str) -> Key[Any] | None:
        """The key of this name, or None."""
        return self._by_name.get(name)

    def take(self, node: Node, problems: Problems) -> Taken | None:
        """The opened mapping."""
        if not isinstance(node, MapNode):
            problems.add(node.place, Fault.NOT_A_MAPPING)
            return None
        taken = Taken(node)
        for name, entry in node.entries.items():
            key = self._by_name.get(name)
            if key is None:
                problems.unknown(
                    entry.place, Fault.UNKNOWN_KEY_NEAR, Fault.UNKNOWN_KEY, name, self._by_name
                )
                continue
            value = key.taker.take(entry, problems)
            if value is not None:
                taken.put(name, value)
        missing = [key.name for key in self.keys if key.required and key.name not in node.entries]
        if missing:
            problems.add(node.place, Fault.MISSING_KEY, keys=listed(missing))
        return taken

    def schema(self) -> Schema:
        """An object that takes these keys only."""
        properties = {
            key.name: {**key.taker.schema(), "description": f"{key.help.zh} / {key.help.en}"}
            for key in self.keys
        }
        required = [key.name for key in self.keys if key.required]
        closed: Schema = {
            "type": "object", "properties": properties, "additionalProperties": False
        }  # fmt: skip
        return {**closed, "required": required} if required else closed

    def meaning(self) -> Label:
        """In a few words."""
        return Label("一组键，见下", "keys, see below")


@dataclass(frozen=True)
class LabelText:
    """A text in Chinese and English, or one text for both."""

    @property
    def merged_as(self) -> Shape:
        """A layer above may change one of the languages."""
        return _LABEL

    def take(self, node: Node, problems: Problems) -> Label | None:
        """The label; `en` may be left out."""
        if isinstance(node, TextNode):
            text = Text(2000).take(node, problems)
            return None if text is None else Label(text)
        taken = _LABEL.take(node, problems)
        return None if taken is None else Label(taken.get(_ZH, ""), taken.get(_EN, ""))

    def schema(self) -> Schema:
        """By reference: every kind uses it."""
        return {"$ref": "#/$defs/label"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("文本 {zh, en}", "text {zh, en}")


_ZH = Key("zh", Text(2000), Label("中文", "Chinese"), required=True)
_EN = Key("en", Text(2000), Label("英文", "English"))
_LABEL = Shape(_ZH, _EN)
LABEL_SCHEMA: Schema = {"anyOf": [{"type": ["string", "number", "boolean"]}, _LABEL.schema()]}
CLAUSES = Key("clauses", ListOf(Clause(), distinct=True), Label("依据的条款", "clauses it serves"))
