"""Which layers a project is read from: those it extends, lowest first, and itself last.

A layer is a directory of config files. `extends` in its `project.yaml` names what it stands on: the
shipped desk (`desk`), a profile (`profiles/<name>` of the project, else one shipped with the
product), or a directory (`./…`, `../…`). A layer reached twice is read once, where it is reached
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kefu_admin import shipped
from kefu_admin.definitions import project_text
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.keys import Taken
from kefu_admin.definitions.naming import LayerName
from kefu_admin.definitions.tree import MAX_BYTES, parse
from kefu_admin.problems import Place

PROJECT_FILE = "project.yaml"
PROFILES = "profiles"
DESK = "desk"


@dataclass(frozen=True, slots=True)
class Layer:
    """One directory of config. `shown` begins the places of what is written in it."""

    name: str
    directory: Path
    shown: str

    def place(self, path: str) -> Place:
        """The first line of one of its files."""
        return Place(self.shown + path, 1)

    def files(self) -> dict[str, bytes]:
        """Content by path relative to the layer; hidden files, notes (*.md) and the profiles other
        projects may extend are none of it."""
        found: dict[str, bytes] = {}
        for path in sorted(self.directory.rglob("*")):
            parts = path.relative_to(self.directory).parts
            if path.is_dir() or path.suffix == ".md" or any(p.startswith(".") for p in parts):
                continue
            if parts[0] == PROFILES and len(parts) > 1:
                continue
            with path.open("rb") as file:
                found["/".join(parts)] = file.read(MAX_BYTES + 1)
        return found


def layers(directory: Path, problems: Problems) -> tuple[Layer, ...]:
    """The layers of the project in a directory, lowest first, itself last."""
    own = Layer(directory.name, directory, f"{directory.name}/")
    finder = _Finder(own, problems)
    finder.visit(own, ())
    return tuple(finder.found.values())


def known_layers(directory: Path) -> Mapping[str, Layer]:
    """What a project in this directory may extend by name: its own profiles come first."""
    known = {DESK: Layer(DESK, shipped.config_directory(), f"{DESK}:")}
    for path in _profiles(shipped.config_directory()):
        known[path.name] = Layer(path.name, path, f"{path.name}:")
    for path in _profiles(directory):
        known[path.name] = Layer(path.name, path, f"{directory.name}/{PROFILES}/{path.name}/")
    return known


def _profiles(directory: Path) -> list[Path]:
    return sorted(path for path in (directory / PROFILES).glob("*") if path.is_dir())


class _Finder:
    """Walks what extends what."""

    def __init__(self, own: Layer, problems: Problems) -> None:
        self.problems = problems
        self.known = known_layers(own.directory)
        self.found: dict[Path, Layer] = {}  # by true directory

    def visit(self, layer: Layer, above: tuple[Layer, ...]) -> None:
        """Add what the layer stands on, then the layer."""
        chain = (*above, layer)
        taken = self._settings(layer)
        for index, name in enumerate(taken.get(project_text.EXTENDS, ()) if taken else ()):
            assert taken is not None
            place = taken.at(project_text.EXTENDS, index)
            below = self._named(name, layer, place)
            if below is None:
                continue
            path = [one.directory.resolve() for one in chain]
            if (at := below.directory.resolve()) in path:
                loop = [*chain[path.index(at) :], below]
                shown = " → ".join(one.name for one in loop)
                self.problems.add(place, Fault.LAYER_CYCLE, path=shown)
            elif at not in self.found:
                self.visit(below, chain)
        self.found[layer.directory.resolve()] = layer

    def _named(self, name: str, layer: Layer, place: Place) -> Layer | None:
        if LayerName.is_directory(name):
            directory = layer.directory / name
            if directory.is_dir():
                return Layer(name, directory, f"{name.rstrip('/')}/")
            self.problems.add(place, Fault.NO_LAYER_DIRECTORY, name=name)
            return None
        if name not in self.known:
            self.problems.unknown(place, Fault.NO_LAYER_NEAR, Fault.NO_LAYER, name, self.known)
            return None
        return self.known[name]

    def _settings(self, layer: Layer) -> Taken | None:
        """The layer's `project.yaml`; only what it says of layers is judged here."""
        path = layer.directory / PROJECT_FILE
        if not path.is_file():
            return None
        with path.open("rb") as file:
            node = parse(file.read(MAX_BYTES + 1), layer.shown + PROJECT_FILE, Problems())
        if node is None or project_text.EXTENDS.name not in node.entries:
            return None
        found = Problems()
        taken = project_text.SHAPE.take(node, found)
        where = node.entries[project_text.EXTENDS.name].place.key
        self.problems.extend(one for one in found if one.place.key.startswith(where))
        return taken
