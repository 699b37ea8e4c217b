"""Takers of names: ids of things, references by id, mappings by id, clauses of rule books."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.takers import Schema, Taker, Text
from kefu_admin.definitions.tree import MapNode, Node, TextNode

T = TypeVar("T")

ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Id:
    """A name: small letters, digits and single underscores, beginning with a letter."""

    max_length: int = 60

    def take(self, node: Node, problems: Problems) -> str | None:
        """The name."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if not self.fits(node.text):
            problems.add(node.place, Fault.BAD_ID, name=node.text[:80], limit=self.max_length)
            return None
        return node.text

    def fits(self, text: str) -> bool:
        """Whether a text is such a name."""
        return len(text) <= self.max_length and ID.fullmatch(text) is not None

    def schema(self) -> Schema:
        """A string of that shape."""
        return {"type": "string", "pattern": f"^{ID.pattern}$", "maxLength": self.max_length}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("标识", "id")


@dataclass(frozen=True)
class To:
    """The id of something defined elsewhere; `what` names it. Existence is checked afterwards."""

    what: Label

    def take(self, node: Node, problems: Problems) -> str | None:
        """The id as written."""
        return Text().take(node, problems)

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label(f"{self.what.zh}的标识", f"id of a {self.what.en}")


@dataclass(frozen=True)
class Clause:
    """A clause of a rule book: `a:A-01`, its book (a, b, c), part and number."""

    def take(self, node: Node, problems: Problems) -> str | None:
        """The clause."""
        if isinstance(node, TextNode) and re.fullmatch(r"[abc]:[A-Z]-[0-9]{1,4}", node.text):
            return node.text
        problems.add(node.place, Fault.BAD_CLAUSE)
        return None

    def schema(self) -> Schema:
        """A string of that shape."""
        return {"type": "string", "pattern": "^[abc]:[A-Z]-[0-9]{1,4}$"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("条款号，如 `c:A-01`", "clause such as `c:A-01`")


@dataclass(frozen=True)
class LayerName:
    """What a project extends: the id of a layer, or a directory beginning with ./ or ../."""

    def take(self, node: Node, problems: Problems) -> str | None:
        """The name as written."""
        if not isinstance(node, TextNode):
            problems.add(node.place, Fault.NOT_A_TEXT)
            return None
        if not self.is_directory(node.text) and not Id().fits(node.text):
            problems.add(node.place, Fault.BAD_LAYER, name=node.text[:80])
            return None
        return node.text

    @staticmethod
    def is_directory(name: str) -> bool:
        """Whether it names a directory, seen from the one it is written in."""
        return name.startswith(("./", "../"))

    def schema(self) -> Schema:
        """A string of that shape."""
        return {"type": "string", "pattern": rf"^({ID.pattern}|\.\.?/.*)$"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("层的标识，或 ./ ../ 开头的目录", "id of a layer, or a directory ./ or ../")


@dataclass(frozen=True)
class MapOf(Generic[T]):
    """A mapping with free keys of the shape `key`; faulty entries are noted and left out."""

    key: Id
    value: Taker[T]
    extra: frozenset[str] = frozenset()  # keys taken besides

    def take(self, node: Node, problems: Problems) -> dict[str, T] | None:
        """Key to value, in written order."""
        if not isinstance(node, MapNode):
            problems.add(node.place, Fault.NOT_A_MAPPING)
            return None
        taken: dict[str, T] = {}
        for name, entry in node.entries.items():
            if name not in self.extra and not self.key.fits(name):
                problems.add(entry.place, Fault.BAD_ID, name=name[:80], limit=self.key.max_length)
                continue
            value = self.value.take(entry, problems)
            if value is not None:
                taken[name] = value
        return taken

    def schema(self) -> Schema:
        """An object."""
        return {"type": "object", "additionalProperties": self.value.schema()}

    def meaning(self) -> Label:
        """In a few words."""
        value = self.value.meaning()
        return Label(f"映射：{value.zh}", f"mapping to: {value.en}")
