"""Reads a project's layers and puts them together: one tree per file, and what covers what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kefu_admin.definitions import project_text
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.kinds import FOLDERS, KIND_OF_PROJECT, Kind
from kefu_admin.definitions.layers import PROJECT_FILE, Layer, layers
from kefu_admin.definitions.merging import Covered, Merge, is_removal
from kefu_admin.definitions.naming import Id
from kefu_admin.definitions.tree import MapNode, Node, parse_any
from kefu_admin.problems import ConfigError, Place

# what `project.yaml` of a layer says of that layer alone
_OF_ITS_OWN = (project_text.ID.name, project_text.RENAMED_FROM.name, project_text.EXTENDS.name)


@dataclass(frozen=True, slots=True)
class File:
    """One config file as all layers together have it; no node when one of them is unreadable."""

    node: MapNode | None
    place: Place


@dataclass(frozen=True, slots=True)
class Layering:
    """A project's files, put together, by path (`types/customer.yaml`)."""

    layers: tuple[Layer, ...]
    files: Mapping[str, File]
    covered: tuple[Covered, ...]


def read_layers(directory: Path, problems: Problems) -> Layering:
    """Everything the config in a directory and the layers below it say.

    Raises:
        ConfigError: a layer is missing; what stands on it cannot be judged.
    """
    found = layers(directory, problems)
    if problems:
        raise ConfigError(problems)
    pile = _Pile(problems)
    for layer in found:
        pile.put(layer, is_lowest=layer is found[0])
    return Layering(found, dict(sorted(pile.files.items())), tuple(pile.merge.covered))


def kind_of(path: str) -> Kind:
    """The kind a file belongs to, by its folder."""
    folder, slash, _ = path.partition("/")
    return FOLDERS[folder] if slash else KIND_OF_PROJECT


def id_of(path: str) -> str:
    """The id a file defines: its name."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def known(path: str, layer: Layer, problems: Problems) -> bool:
    """Whether a file stands where config stands; noted when not."""
    place = layer.place(path)
    if path == PROJECT_FILE:
        return True
    folder, slash, name = path.partition("/")
    if not slash or "/" in name:
        problems.add(place, Fault.MISPLACED_FILE, known=", ".join(FOLDERS))
        return False
    if folder not in FOLDERS:
        problems.unknown(place, Fault.UNKNOWN_FOLDER_NEAR, Fault.UNKNOWN_FOLDER, folder, FOLDERS)
        return False
    stem, dot, suffix = name.rpartition(".")
    if suffix != "yaml" or not dot:
        problems.add(place, Fault.WRONG_SUFFIX, name=name)
        return False
    longest = FOLDERS[folder].longest
    if not Id(longest).fits(stem):
        problems.add(place, Fault.BAD_FILE_NAME, name=stem[:80], limit=longest)
        return False
    return True


class _Pile:
    """The layers so far."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.merge = Merge(problems)
        self.files: dict[str, File] = {}

    def put(self, layer: Layer, *, is_lowest: bool) -> None:
        """Put a layer's files over those of the layers below."""
        if (settings := self.files.get(PROJECT_FILE)) and settings.node:
            self.files[PROJECT_FILE] = File(_without_own(settings.node), settings.place)
        for path, data in layer.files().items():
            if not known(path, layer, self.problems):
                continue
            node = parse_any(data, layer.shown + path, self.problems)
            if node is not None and is_removal(node):
                self._remove(path, node)
            elif not isinstance(node, MapNode):
                if node is not None:
                    self.problems.add(node.place, Fault.NOT_A_MAPPING)
                self.files[path] = File(None, layer.place(path))
            elif path in self.files:
                self._over(path, node, layer)
            elif is_lowest or not self._is_change(path, node):
                made = self.merge.new(kind_of(path).shape, node)
                self.files[path] = File(_mapping(made), layer.place(path))

    def _over(self, path: str, node: MapNode, layer: Layer) -> None:
        below = self.files[path].node
        if below is not None:
            made = self.merge.over(kind_of(path).shape, below, node, path_of(path))
            self.files[path] = File(_mapping(made), layer.place(path))

    def _remove(self, path: str, node: Node) -> None:
        names = self._ids(path)
        if self.merge.removes(node.place, id_of(path), names):
            below = self.files.pop(path).node
            if below is not None:
                self.merge.covered.append(Covered(path_of(path), below, node))

    def _is_change(self, path: str, node: Node) -> bool:
        return self.merge.is_change(kind_of(path).shape, id_of(path), node, self._ids(path))

    def _ids(self, path: str) -> dict[str, File]:
        """The files of the same kind, by id."""
        kind = kind_of(path)
        return {id_of(one): file for one, file in self.files.items() if kind_of(one) is kind}


def path_of(path: str) -> tuple[str, ...]:
    """The steps from the top of the config to a file: its kind and id, `project` has no id."""
    kind = kind_of(path)
    return (kind.id,) if kind is KIND_OF_PROJECT else (kind.id, id_of(path))


def _without_own(node: MapNode) -> MapNode:
    left = {name: entry for name, entry in node.entries.items() if name not in _OF_ITS_OWN}
    return MapNode(left, node.place)


def _mapping(node: Node) -> MapNode:
    assert isinstance(node, MapNode)  # a mapping over a mapping is a mapping
    return node
