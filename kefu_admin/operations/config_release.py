"""A kept release of the config as files again."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.problems import ConfigError, Refusal


class ReleaseUnwritable(Refusal):
    """The files cannot be put there. facts: path, why."""

    code, status = "release_unwritable", 409


def write_release(project: Project, directory: Path) -> None:
    """Write a release into a new directory, layers put together, and read it back.

    Raises:
        ReleaseUnwritable: the directory is there already, or cannot be written.
    """
    try:
        directory.mkdir(parents=True)
        for name, text in project.texts.items():
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                yaml.safe_dump(json.loads(text), allow_unicode=True, sort_keys=False), "utf-8"
            )
        written = load(directory).fingerprint
    except (OSError, ConfigError) as error:
        raise ReleaseUnwritable(path=directory, why=error) from error
    if written != project.fingerprint:
        raise ReleaseUnwritable(path=directory, why=written[:12])


def put_in_place(project: Project, directory: Path) -> Path | None:
    """Put a release where the config stands, which moves aside; returns where to. None when the
    directory says the same already.

    Raises:
        ReleaseUnwritable: it is no plain directory of ours to move.
    """
    try:
        was = load(directory).fingerprint
    except ConfigError:
        was = "broken"
    if was == project.fingerprint:
        return None
    if directory.is_symlink():
        raise ReleaseUnwritable(path=directory, why="symlink")
    fresh = directory.with_name(f"{directory.name}.{project.fingerprint[:12]}")
    aside = directory.with_name(f"{directory.name}.before-{was[:12]}")
    if aside.exists():
        raise ReleaseUnwritable(path=aside, why="FileExistsError")
    write_release(project, fresh)
    try:
        if directory.exists():
            directory.rename(aside)
        fresh.rename(directory)
    except OSError as error:
        raise ReleaseUnwritable(path=directory, why=error) from error
    return aside
