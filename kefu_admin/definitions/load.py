"""A directory of config becomes a `Project`, or a `ConfigError` with every problem found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kefu_admin.definitions import (
    action_text,
    calendar_text,
    choices_text,
    content_type_text,
    home_text,
    menu_text,
    number_text,
    project_text,
    role_text,
    scenario_text,
    view_text,
)
from kefu_admin.definitions.crosscheck import crosscheck
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.kinds import KINDS
from kefu_admin.definitions.layering import File, id_of, kind_of, read_layers
from kefu_admin.definitions.layers import PROJECT_FILE
from kefu_admin.definitions.loading import Loading, Source
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.tree import canonical, parse
from kefu_admin.problems import ConfigError, Place


def load(directory: Path) -> Project:
    """The project a directory describes, with the layers it extends below it.

    Raises:
        ConfigError: with all problems, in file order.
    """
    problems = Problems()
    if not directory.is_dir():
        problems.add(Place(str(directory), 0), Fault.NO_DIRECTORY)
        raise ConfigError(problems)
    read = read_layers(directory, problems)
    return _project(read.files, read.layers[-1].place(PROJECT_FILE), problems)


def load_texts(texts: Mapping[str, str]) -> Project:
    """The project of kept canonical texts (`Project.texts`): an earlier definition, its layers put
    together as they were then.

    Raises:
        ConfigError: this release no longer understands it.
    """
    problems = Problems()
    files = {
        path: File(parse(text.encode(), path, problems), Place(path, 1))
        for path, text in texts.items()
    }
    return _project(files, Place(PROJECT_FILE, 1), problems)


def fingerprint(texts: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the canonical texts and their paths."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\n{len(text.encode())}\n{text}".encode())
    return digest.hexdigest()


def _project(files: Mapping[str, File], settings_place: Place, problems: Problems) -> Project:
    sources: dict[str, dict[str, Source]] = {kind.id: {} for kind in KINDS}
    texts: dict[str, str] = {}
    for path, file in files.items():
        id = id_of(path)
        sources[kind_of(path).id][id] = Source(id, file.node, file.place)
        if file.node is not None:
            texts[path] = canonical(file.node)
    if not sources["project"]:
        problems.add(settings_place, Fault.NO_PROJECT)
    loading = Loading(sources, problems)
    loading.settings = project_text.read(loading)
    loading.numbers = number_text.read(loading)
    choices = choices_text.read(loading)
    calendars = calendar_text.read(loading)
    kept = (*choices.values(), *(one.kept for one in calendars.values() if one.kept))
    loading.dated = {one.name: one for one in kept}
    types = content_type_text.read(loading)
    loading.roles = role_text.read(loading)
    loading.views = view_text.read(loading)
    actions = action_text.read(loading)
    menus = menu_text.read(loading)
    homes = home_text.read(loading)
    scenarios = scenario_text.read(loading)
    crosscheck(loading)
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    settings = loading.settings
    return Project(
        id=settings.id,
        renamed_from=settings.renamed_from,
        name=settings.name,
        time_zone=settings.time_zone,
        locale=settings.locale,
        password_profile=settings.password_profile,
        secrecy_levels=settings.secrecy_levels,
        unmask_per_hour=settings.unmask_per_hour,
        search_per_hour=settings.search_per_hour,
        bin_days=settings.bin_days,
        export_rows=settings.export_rows,
        pinyin_alike=settings.pinyin_alike,
        schedules=MappingProxyType(dict(settings.schedules)),
        types=MappingProxyType(types),
        roles=MappingProxyType(loading.roles),
        numbers=MappingProxyType(loading.numbers),
        views=MappingProxyType(loading.views),
        actions=MappingProxyType(actions),
        menus=MappingProxyType(menus),
        homes=MappingProxyType(homes),
        scenarios=MappingProxyType(scenarios),
        dated=MappingProxyType(loading.dated),
        calendars=MappingProxyType(calendars),
        texts=MappingProxyType(texts),
        fingerprint=fingerprint(texts),
        place=settings.place,
    )
