"""Which layer said what: one part of the config with the place of every value in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kefu_admin.definitions.faults import Problems, listed
from kefu_admin.definitions.keys import Shape
from kefu_admin.definitions.kinds import KIND_OF_PROJECT
from kefu_admin.definitions.layering import Layering, kind_of, path_of, read_layers
from kefu_admin.definitions.layers import Layer
from kefu_admin.definitions.merging import Covered, key_of, merged_as
from kefu_admin.definitions.naming import MapOf
from kefu_admin.definitions.takers import ListOf, Taker
from kefu_admin.definitions.tree import ListNode, MapNode, Node, TextNode
from kefu_admin.problems import Place, Refusal

Steps = tuple[str, ...]


__all__ = ["Covered", "Explained", "UnknownPart", "Value", "explain", "text", "unknown"]


class UnknownPart(Refusal):
    """No layer has such a part. facts: name (the step not found), near (what comes close, or what
    there is)."""

    code, status = "unknown_part", 404


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the part, and the values of layers below that it replaced, latest first."""

    steps: Steps
    text: str
    place: Place
    replaced: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of the config: its values, and what of layers below is gone from it."""

    layers: tuple[Layer, ...]
    values: tuple[Value, ...]
    gone: tuple[Covered, ...]


def explain(directory: Path, part: str) -> Explained:
    """Where everything in a part of the config came from.

    Args:
        part: the steps to it, `types.customer.fields.phone` or `project.name`; items of keyed
            lists by their key, of others by number.

    Raises:
        ConfigError: a layer is missing.
        UnknownPart: no layer has such a part.
    """
    read = read_layers(directory, Problems())
    steps = tuple(part.split("."))
    covered = [one for one in read.covered if one.path[: len(steps)] == steps]
    values = tuple(
        Value(at, text(node), node.place, _replaced(covered, at))
        for at, node in _values_of(read, steps, is_gone=bool(covered))
    )
    shown = {value.steps for value in values}
    gone = tuple(one for one in covered if one.path not in shown)
    return Explained(read.layers, values, gone)


def text(node: Node) -> str:
    """A node on one line."""
    return node.text if isinstance(node, TextNode) else json.dumps(node.plain(), ensure_ascii=False)


def _replaced(covered: Sequence[Covered], at: Steps) -> tuple[Covered, ...]:
    return tuple(one for one in reversed(covered) if one.path == at)


def _values_of(read: Layering, steps: Steps, *, is_gone: bool) -> Iterator[tuple[Steps, Node]]:
    tops = {
        path_of(path): (kind_of(path).shape, file.node)
        for path, file in read.files.items()
        if file.node is not None
    }
    depth = 1 if steps[0] == KIND_OF_PROJECT.id else 2
    top = tops.get(steps[:depth])
    try:
        if top is None:
            raise unknown(".".join(steps[:depth]), [".".join(one) for one in tops])
        taker: Taker[object] | None = top[0]
        node: Node = top[1]
        for step in steps[depth:]:
            taker, node = _below(taker, node, step)
    except UnknownPart:
        if is_gone:
            return
        raise
    yield from _leaves(taker, node, steps)


def _below(taker: Taker[object] | None, node: Node, step: str) -> tuple[Taker[object] | None, Node]:
    for name, below, of in _parts(taker, node):
        if name == step:
            return of, below
    raise unknown(step, [name for name, _, _ in _parts(taker, node)])


def _leaves(taker: Taker[object] | None, node: Node, at: Steps) -> Iterator[tuple[Steps, Node]]:
    larger = merged_as(taker) if taker else None
    is_one = isinstance(node, TextNode) or not (
        isinstance(larger, Shape | MapOf) or (isinstance(larger, ListOf) and larger.keys)
    )
    if is_one:
        yield at, node
        return
    for name, below, of in _parts(taker, node):
        yield from _leaves(of, below, (*at, name))


def _parts(
    taker: Taker[object] | None, node: Node
) -> Iterator[tuple[str, Node, Taker[object] | None]]:
    """What stands in a node, each by the name of its step."""
    larger = merged_as(taker) if taker else None
    if isinstance(node, MapNode):
        for name, below in node.entries.items():
            of: Taker[object] | None = None
            if isinstance(larger, MapOf):
                of = larger.value
            elif isinstance(larger, Shape) and (key := larger.key(name)):
                of = key.taker
            yield name, below, of
    elif isinstance(node, ListNode):
        keys, of = (larger.keys, larger.item) if isinstance(larger, ListOf) else ((), None)
        for index, below in enumerate(node.items):
            yield key_of(keys, below) or str(index), below, of


def unknown(name: str, known: Sequence[str]) -> UnknownPart:
    """The refusal that names what comes close to a name nobody knows."""
    near = get_close_matches(name, known, n=3, cutoff=0.5) or known
    return UnknownPart(name=name, near=listed(near))
