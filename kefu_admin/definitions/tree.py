"""YAML text to a tree that knows where everything was written.

Every scalar stays text: the type a field declares converts it, so `18:00`, `no` and `0755` mean
what they say. Tags, anchors, aliases, duplicate keys, several documents, deep nesting, huge files
and anything but UTF-8 are refused. The text is read event by event, so nothing is expanded and
nothing recurses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.problems import Place, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 30

Plain = str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar, as written."""

    text: str
    place: Place

    def plain(self) -> Plain:
        """The bare text."""
        return self.text


@dataclass(frozen=True, slots=True)
class ListNode:
    items: tuple[Node, ...]
    place: Place

    def plain(self) -> Plain:
        """A bare list."""
        return [item.plain() for item in self.items]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping in written order; an entry's place carries the line of its key."""

    entries: Mapping[str, Node]
    place: Place

    def plain(self) -> Plain:
        """A bare dict."""
        return {key: node.plain() for key, node in self.entries.items()}


Node = TextNode | ListNode | MapNode


def parse(data: bytes, file: str, problems: Problems) -> MapNode | None:
    """The mapping a config file holds, or None (with problems) when it cannot be used."""
    root = parse_any(data, file, problems)
    if root is not None and not isinstance(root, MapNode):
        problems.add(root.place, Fault.NOT_A_MAPPING)
        return None
    return root


def parse_any(data: bytes, file: str, problems: Problems) -> Node | None:
    """What a config file holds, or None (with problems) when it cannot be read."""
    start = Place(file, 1)
    if len(data) > MAX_BYTES:
        problems.add(start, Fault.TOO_BIG, limit=MAX_BYTES)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(Place(file, line), Fault.NOT_UTF8)
        return None
    before = len(problems)
    try:
        root = _build(text, file, problems)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, _offset(text)) + 1
        problems.add(Place(file, line), Fault.CONTROL_CHARACTER, character=f"U+{_code(error):04X}")
        return None
    except yaml.YAMLError as error:
        problems.append(_syntax(error, text, file))
        return None
    if root is None and len(problems) == before:
        problems.add(start, Fault.EMPTY_FILE)
    return root


def canonical(node: Node) -> str:
    """The tree as text without comments, quotes and layout; read back it is the same tree."""
    return json.dumps(node.plain(), ensure_ascii=False, indent=1) + "\n"


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    stack: list[Node] = [node]
    while stack:
        here = stack.pop()
        yield here
        if isinstance(here, MapNode):
            stack.extend(here.entries.values())
        elif isinstance(here, ListNode):
            stack.extend(here.items)


def located(node: Node, place: Place) -> Place:
    """`place` with the line its key path has inside `node` (or of its nearest part above it)."""
    best = node.place
    for part in walk(node):
        key = part.place.key
        if len(key) > len(best.key) and (
            place.key == key or place.key.startswith((key + ".", key + "["))
        ):
            best = part.place
    return Place(place.file, best.line, place.key)


# what libyaml says, and what it means for one who writes config
_SAID = {
    "mapping values are not allowed": Fault.COLON,
    "did not find expected key": Fault.INDENTATION,
    "did not find expected '-' indicator": Fault.INDENTATION,
    "could not find expected ':'": Fault.INDENTATION,
    "found character that cannot start": Fault.SPECIAL_START,
}
_TAGGED = (yaml.ScalarEvent, yaml.CollectionStartEvent)


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("entries", "is_map", "items", "key", "key_line", "place")

    def __init__(self, place: Place, is_map: bool) -> None:
        self.place = place
        self.is_map = is_map
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.key: str | None = None
        self.key_line = 0

    def close(self) -> Node:
        if self.is_map:
            return MapNode(self.entries, self.place)
        return ListNode(tuple(self.items), self.place)


def _build(text: str, file: str, problems: Problems) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    refused = False
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                problems.add(Place(file, line), Fault.MANY_DOCUMENTS)
                return None
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            done = stack.pop().close()
            root = _attach(stack, done, problems) or root
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        place = _place(stack, file, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            problems.add(place, Fault.ANCHOR, name=event.anchor)
            refused = True
        elif isinstance(event, _TAGGED) and event.tag is not None:
            problems.add(place, Fault.TAG, tag=event.tag)
            refused = True
        if isinstance(event, yaml.CollectionStartEvent):
            if stack and stack[-1].is_map and stack[-1].key is None:
                problems.add(place, Fault.KEY_NOT_TEXT)
                return None
            if len(stack) >= MAX_DEPTH:
                problems.add(place, Fault.TOO_DEEP, limit=MAX_DEPTH)
                return None
            stack.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))
            continue
        value = event.value if isinstance(event, yaml.ScalarEvent) else ""
        if stack and stack[-1].is_map and stack[-1].key is None:
            stack[-1].key, stack[-1].key_line = value, line
            continue
        blank = isinstance(event, yaml.ScalarEvent) and not stack and value == ""
        root = None if blank else _attach(stack, TextNode(value, place), problems) or root
    return None if refused else root


def _place(stack: list[_Open], file: str, line: int) -> Place:
    if not stack:
        return Place(file, line)
    top = stack[-1]
    if not top.is_map:
        return Place(file, line, f"{top.place.key}[{len(top.items)}]")
    if top.key is None:
        return Place(file, line, top.place.key)
    return Place(file, top.key_line, f"{top.place.key}.{top.key}" if top.place.key else top.key)


def _attach(stack: list[_Open], node: Node, problems: Problems) -> Node | None:
    """Put a finished node into the one it stands in; the root is returned."""
    if not stack:
        return node
    top = stack[-1]
    if not top.is_map:
        top.items.append(node)
        return None
    assert top.key is not None
    if top.key in top.entries:
        first = top.entries[top.key].place.line
        problems.add(node.place, Fault.DUPLICATE_KEY, key=top.key, first=first)
    else:
        top.entries[top.key] = node
    top.key = None
    return None


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = (mark.line if mark else 0) + 1
    lines = text.splitlines() or [""]
    said = str(getattr(error, "problem", "") or "")
    place = Place(file, min(line, len(lines)))
    written = lines[place.line - 1]
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return Problem.at(place, Fault.TAB)
    for words, fault in _SAID.items():
        if words in said:
            return Problem.at(place, fault)
    ended = "expected node content" in said and line > len(lines)
    if ended or "expected ',' or" in said or "end of stream" in said:
        context = getattr(error, "context_mark", None)
        first = context.line + 1 if context else place.line
        return Problem.at(place, Fault.UNCLOSED, first=first)
    return Problem.at(place, Fault.BAD_YAML, detail=said or "?")


def _offset(text: str) -> int:
    """Where the first character YAML does not take stands."""
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return match.start() if match else 0


def _code(error: yaml.reader.ReaderError) -> int:
    character = error.character
    return character if isinstance(character, int) else ord(character)
