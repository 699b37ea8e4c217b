"""Puts one layer of config over another, tree by tree; every node keeps the place it came from.

What the takers take says how: mappings with known or free keys merge by key, lists whose items are
told apart by a key merge by it, everything else (a text, a condition, a list of names) is one value
and replaced. `~remove` takes away; `after:` says behind which neighbour an entry stands. Changing
or removing what is not below is a problem, so that a rename below is noticed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kefu_admin.definitions.faults import Fault, Problems, listed
from kefu_admin.definitions.keys import Key, Shape
from kefu_admin.definitions.naming import MapOf
from kefu_admin.definitions.takers import ListOf, Taker
from kefu_admin.definitions.tree import ListNode, MapNode, Node, TextNode
from kefu_admin.problems import Place

REMOVE = "~remove"
AFTER = "after"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A value of a layer below that one above replaced, or (`above` is `~remove`) took away."""

    path: Path
    below: Node
    above: Node

    @property
    def is_removed(self) -> bool:
        """Whether nothing stands in its place."""
        return is_removal(self.above)


def is_removal(node: Node) -> bool:
    """Whether a layer takes away what stands below."""
    return isinstance(node, TextNode) and node.text == REMOVE


class Merge:
    """One merge of layers: what it found wrong, and what it covered."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.covered: list[Covered] = []

    def over(self, taker: Taker[object], below: Node, above: Node, path: Path) -> Node:
        """`above` put over `below`, both of which the taker takes."""
        match merged_as(taker), below, above:
            case (Shape() | MapOf()) as taker, MapNode(), MapNode():
                return self._mapping(taker, below, above, path)
            case ListOf() as taker, ListNode(), ListNode() | MapNode() if taker.keys:
                return self._list(taker, below, above, path)
        if below.plain() != above.plain():
            self.covered.append(Covered(path, below, above))
        return self.new(taker, above)

    def new(self, taker: Taker[object], node: Node) -> Node:
        """A node with nothing below it; what it would remove is noted and left out."""
        taker = merged_as(taker)
        if isinstance(node, MapNode) and isinstance(taker, Shape | MapOf):
            entries = {}
            for name, entry in node.entries.items():
                if is_removal(entry):
                    self._nothing_to_remove(entry.place, name, ())
                else:
                    entries[name] = self._new_entry(taker, name, entry)
            return MapNode(entries, node.place)
        if isinstance(node, ListNode) and isinstance(taker, ListOf):
            return ListNode(tuple(self.new(taker.item, one) for one in node.items), node.place)
        return node

    def is_change(
        self, taker: Taker[object], name: str, node: Node, below: Mapping[str, object]
    ) -> bool:
        """Whether a node with nothing below it can only be meant to change something; noted."""
        taker = merged_as(taker)
        if not isinstance(taker, Shape) or not isinstance(node, MapNode):
            return False
        keys = [key.name for key in taker.keys if key.required and key.name not in node.entries]
        if not keys:
            return False
        self.problems.unknown(
            node.place, Fault.CHANGES_NOTHING_NEAR, Fault.CHANGES_NOTHING, name, _named(below),
            keys=listed(keys),
        )  # fmt: skip
        return True

    def removes(self, place: Place, name: str, below: Mapping[str, object]) -> bool:
        """Whether what is taken away is there; noted when not."""
        if name in below:
            return True
        self._nothing_to_remove(place, name, below)
        return False

    # mappings

    def _mapping(
        self, taker: Shape | MapOf[object], below: MapNode, above: MapNode, path: Path
    ) -> MapNode:
        entries = dict(below.entries)
        for name, entry in above.entries.items():
            here = (*path, name)
            if is_removal(entry):
                if self.removes(entry.place, name, entries):
                    self.covered.append(Covered(here, entries.pop(name), entry))
                continue
            of = _value_of(taker, name)
            entry, after = self._placed(of, entry) if isinstance(taker, MapOf) else (entry, None)
            if name in entries:
                entries[name] = self.over(of, entries[name], entry, here) if of else entry
            elif isinstance(taker, MapOf) and self.is_change(of or taker, name, entry, entries):
                continue
            else:
                entries[name] = self._new_entry(taker, name, entry)
            if after is not None:
                entries = self._moved(entries, name, after)
        return MapNode(entries, above.place)

    def _new_entry(self, taker: Shape | MapOf[object], name: str, entry: Node) -> Node:
        of = _value_of(taker, name)
        return self.new(of, entry) if of else entry

    # lists told apart by a key

    def _list(
        self, taker: ListOf[object], below: ListNode, above: ListNode | MapNode, path: Path
    ) -> ListNode:
        items = dict(_keyed(taker.keys, below))
        counts = Counter(key_of(taker.keys, item) for item in below.items)
        seen: set[str] = set()
        for name, written in _keyed(taker.keys, above):
            here = (*path, name)
            if name in seen:
                self.problems.add(written.place, Fault.REPEATED, name=name)
                continue
            seen.add(name)
            if counts[name] > 1:
                self.problems.add(written.place, Fault.KEY_AMBIGUOUS, name=name)
                continue
            if is_removal(written):
                if self.removes(written.place, name, items):
                    self.covered.append(Covered(here, items.pop(name), written))
                continue
            item, after = self._placed(taker.item, written)
            if name in items:
                items[name] = self.over(taker.item, items[name], item, here)
            elif name in _named({name: item}) and self.is_change(taker.item, name, item, items):
                continue
            else:
                items[name] = self.new(taker.item, item)
            if after is not None:
                items = self._moved(items, name, after)
        return ListNode(tuple(items.values()), above.place)

    # places among neighbours

    def _placed(self, taker: Taker[object] | None, entry: Node) -> tuple[Node, TextNode | None]:
        """The entry without `after`, and what `after` says; a shape with such a key keeps it."""
        is_own = isinstance(taker, Shape) and any(key.name == AFTER for key in taker.keys)
        if is_own or not isinstance(entry, MapNode) or AFTER not in entry.entries:
            return entry, None
        left = {name: node for name, node in entry.entries.items() if name != AFTER}
        after = entry.entries[AFTER]
        if isinstance(after, TextNode):
            return MapNode(left, entry.place), after
        self.problems.add(after.place, Fault.NOT_A_TEXT)
        return MapNode(left, entry.place), None

    def _moved(self, entries: dict[str, Node], name: str, after: TextNode) -> dict[str, Node]:
        others = {other: node for other, node in entries.items() if other != name}
        if after.text not in others:
            self.problems.unknown(
                after.place, Fault.AFTER_NOTHING_NEAR, Fault.AFTER_NOTHING, after.text,
                _named(others),
            )  # fmt: skip
            return entries
        moved: dict[str, Node] = {}
        for other, node in others.items():
            moved[other] = node
            if other == after.text:
                moved[name] = entries[name]
        return moved

    def _nothing_to_remove(
        self, place: Place, name: str, below: Mapping[str, object] | Path
    ) -> None:
        self.problems.unknown(
            place, Fault.REMOVES_NOTHING_NEAR, Fault.REMOVES_NOTHING, name, _named(below)
        )


def merged_as(taker: Taker[object]) -> Taker[object]:
    """The taker that says how layers meet: of what may be written in two ways, the larger."""
    other: Taker[object] | None = getattr(taker, "merged_as", None)
    return other or taker


def key_of(keys: tuple[str, ...], item: Node) -> str:
    """What tells an item of a list apart; "" when it says nothing of the kind."""
    if isinstance(item, MapNode):
        for key in keys:
            if isinstance(found := item.entries.get(key), TextNode):
                return found.text
    return ""


def _keyed(keys: tuple[str, ...], node: ListNode | MapNode) -> Iterator[tuple[str, Node]]:
    """Items by what tells them apart. A layer may write a mapping instead of a list: its keys are
    then those of the items. Items that say nothing are told apart by their number."""
    if isinstance(node, MapNode):
        for name, item in node.entries.items():
            if isinstance(item, MapNode) and len(keys) == 1 and keys[0] not in item.entries:
                key = {keys[0]: TextNode(name, item.place)}
                item = MapNode({**key, **item.entries}, item.place)
            yield name, item
        return
    for index, item in enumerate(node.items):
        yield key_of(keys, item) or f"{item.place.file}[{index}]", item


def _named(entries: Mapping[str, object] | Path) -> list[str]:
    """Names a person may write, without the numbers of items that have none."""
    return [name for name in entries if not name.endswith("]")]


def _value_of(taker: Shape | MapOf[object], name: str) -> Taker[object] | None:
    """What a key of the mapping takes; None for a key nobody knows."""
    if isinstance(taker, MapOf):
        return taker.value
    key: Key[object] | None = taker.key(name)
    return key.taker if key else None
