"""The shipped profiles: small organisations standing on the desk, each line with its clause."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kefu_admin.definitions import load
from kefu_admin.definitions.layers import PROFILES
from kefu_admin.shipped import config_directory

SHIPPED = sorted((config_directory() / PROFILES).iterdir())
CLAUSE = re.compile(r"\b[abc]:[A-Z]-[0-9]{1,4}\b")


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_profile_is_a_project_of_its_own(directory: Path) -> None:
    made = load(directory)

    assert made.id == directory.name
    assert made.types.keys() == load(config_directory()).types.keys()


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda path: path.name)
def test_every_file_of_a_profile_names_the_clause_it_serves(directory: Path) -> None:
    silent = [
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*.yaml")
        if not CLAUSE.search(path.read_text("utf-8"))
    ]

    assert silent == []


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda path: path.name)
def test_every_field_a_profile_adds_names_its_clause(directory: Path) -> None:
    desk, made = load(config_directory()), load(directory)

    silent = [
        f"{type.id}.{field.id}"
        for type in made.types.values()
        for field in type.fields.values()
        if field.id not in desk.types[type.id].fields and not field.clauses
    ]

    assert silent == []


def test_two_profiles_ship() -> None:
    assert [path.name for path in SHIPPED] == ["anping", "libaojia"]
