"""A directory of config becomes a `Project`, or a `ConfigError` with every problem found.

Each kind of config is one row of `KINDS`: its folder, its shape, its reader. A later kind is one
definition module, one reader, one row here and one attribute of `Project`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kefu_admin.definitions import (
    content_type_text,
    menu_text,
    number_text,
    project_text,
    role_text,
    scenario_text,
    view_text,
)
from kefu_admin.definitions.crosscheck import crosscheck
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.keys import Shape
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading, Source
from kefu_admin.definitions.naming import Id
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.tree import MAX_BYTES, canonical, parse
from kefu_admin.problems import ConfigError, Place

PROJECT_FILE = "project.yaml"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of config. `folder` is its directory ("" for `project.yaml`), `longest` the limit of
    its ids, `read` fills what it understands into the `Loading`."""

    id: str
    label: Label
    shape: Shape
    read: Callable[[Loading], object]
    longest: int = 60


KINDS: tuple[Kind, ...] = (
    Kind("project", Label("项目", "Project"), project_text.SHAPE, project_text.read),
    Kind("numbers", Label("编号规则", "Number series"), number_text.SHAPE, number_text.read),
    Kind("types", Label("内容类型", "Content types"), content_type_text.SHAPE,
         content_type_text.read, longest=30),
    Kind("roles", Label("角色", "Roles"), role_text.SHAPE, role_text.read),
    Kind("views", Label("列表视图", "List views"), view_text.SHAPE, view_text.read),
    Kind("menus", Label("菜单", "Menus"), menu_text.SHAPE, menu_text.read),
    Kind("tests", Label("权限示例", "Permission examples"), scenario_text.SHAPE,
         scenario_text.read),
)  # fmt: skip
_FOLDERS = {kind.id: kind for kind in KINDS if kind.id != "project"}


def load(directory: Path) -> Project:
    """The project a directory describes.

    Raises:
        ConfigError: with all problems, in file order.
    """
    problems = Problems()
    if not directory.is_dir():
        problems.add(Place(str(directory), 0), Fault.NO_DIRECTORY)
        raise ConfigError(problems)
    files = {
        path: data
        for path, data in _files(directory, problems).items()
        if _known(path, directory.name, problems)
    }
    return _project(files, directory.name, problems)


def load_texts(texts: Mapping[str, str]) -> Project:
    """The project of kept canonical texts (`Project.texts`): an earlier definition.

    Raises:
        ConfigError: this release no longer understands it.
    """
    files = {path: text.encode() for path, text in texts.items()}
    return _project(files, "", Problems())


def fingerprint(texts: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the canonical texts and their paths."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\n{len(text.encode())}\n{text}".encode())
    return digest.hexdigest()


def _files(directory: Path, problems: Problems) -> dict[str, bytes]:
    """Content by path relative to the directory; hidden files and notes (*.md) are none of ours."""
    found: dict[str, bytes] = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_dir() or path.suffix == ".md" or any(p.startswith(".") for p in name.split("/")):
            continue
        with path.open("rb") as file:
            found[name] = file.read(MAX_BYTES + 1)
    return found


def _known(path: str, root: str, problems: Problems) -> bool:
    """Whether a file stands where config stands; noted when not."""
    place = Place(f"{root}/{path}", 1)
    if path == PROJECT_FILE:
        return True
    folder, slash, name = path.partition("/")
    if not slash or "/" in name:
        problems.add(place, Fault.MISPLACED_FILE, known=", ".join(_FOLDERS))
        return False
    if folder not in _FOLDERS:
        problems.unknown(place, Fault.UNKNOWN_FOLDER_NEAR, Fault.UNKNOWN_FOLDER, folder, _FOLDERS)
        return False
    stem, dot, suffix = name.rpartition(".")
    if suffix != "yaml" or not dot:
        problems.add(place, Fault.WRONG_SUFFIX, name=name)
        return False
    longest = _FOLDERS[folder].longest
    if not Id(longest).fits(stem):
        problems.add(place, Fault.BAD_FILE_NAME, name=stem[:80], limit=longest)
        return False
    return True


def _project(files: Mapping[str, bytes], root: str, problems: Problems) -> Project:
    sources: dict[str, dict[str, Source]] = {kind.id: {} for kind in KINDS}
    texts: dict[str, str] = {}
    for path, data in files.items():
        shown = f"{root}/{path}" if root else path
        node = parse(data, shown, problems)
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".yaml")
        sources[folder or "project"][stem] = Source(stem, node, Place(shown, 1))
        if node is not None:
            texts[path] = canonical(node)
    if not sources["project"]:
        problems.add(Place(f"{root}/{PROJECT_FILE}", 1), Fault.NO_PROJECT)
    loading = Loading(sources, problems)
    loading.settings = project_text.read(loading)
    loading.numbers = number_text.read(loading)
    types = content_type_text.read(loading)
    loading.roles = role_text.read(loading)
    loading.views = view_text.read(loading)
    menus = menu_text.read(loading)
    scenarios = scenario_text.read(loading)
    crosscheck(loading)
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    settings = loading.settings
    return Project(
        name=settings.name,
        time_zone=settings.time_zone,
        locale=settings.locale,
        password_profile=settings.password_profile,
        secrecy_levels=settings.secrecy_levels,
        unmask_per_hour=settings.unmask_per_hour,
        search_per_hour=settings.search_per_hour,
        types=MappingProxyType(types),
        roles=MappingProxyType(loading.roles),
        numbers=MappingProxyType(loading.numbers),
        views=MappingProxyType(loading.views),
        menus=MappingProxyType(menus),
        scenarios=MappingProxyType(scenarios),
        texts=MappingProxyType(texts),
        fingerprint=fingerprint(texts),
        place=settings.place,
    )
