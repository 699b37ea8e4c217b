"""The shelf of broken projects: every text a person can be shown by `kefu check`.

`tests/projects/broken/<fault>/` holds the files that differ from `tests/projects/minimal`
(`removed.txt` names those left out) and `expected.txt`: the Chinese lines, an empty line, the
English ones.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kefu_admin import wording
from kefu_admin.definitions import load
from kefu_admin.definitions.faults import Fault
from kefu_admin.problems import ConfigError
from kefu_admin.wordings.config import SENTENCES
from tests.conftest import PROJECTS
from tests.definitions.conftest import Spoil

SHELF = sorted(path for path in (PROJECTS / "broken").iterdir() if path.is_dir())
OUR_OWN = {"expected.txt", "removed.txt"}


def overlay(shelf: Path) -> dict[str, str | bytes | None]:
    """The files of a broken project."""
    files: dict[str, str | bytes | None] = {
        path.relative_to(shelf).as_posix(): path.read_bytes()
        for path in shelf.rglob("*")
        if path.is_file() and path.name not in OUR_OWN
    }
    removed = shelf / "removed.txt"
    if removed.exists():
        files |= dict.fromkeys(removed.read_text("utf-8").split())
    return files


def said(shelf: Path, spoiled: Spoil, locale: str) -> list[str]:
    """What loading the broken project says."""
    with pytest.raises(ConfigError) as refused:
        load(spoiled(overlay(shelf)))
    return [wording.problem(problem, locale) for problem in refused.value.problems]


@pytest.mark.parametrize("shelf", SHELF, ids=lambda path: path.name)
def test_a_broken_project_is_refused_in_these_words(shelf: Path, spoiled: Spoil) -> None:
    expected = (shelf / "expected.txt").read_text("utf-8").split("\n\n")[0]

    assert said(shelf, spoiled, "zh") == expected.splitlines()


@pytest.mark.parametrize("shelf", SHELF, ids=lambda path: path.name)
def test_a_broken_project_is_refused_in_english_too(shelf: Path, spoiled: Spoil) -> None:
    expected = (shelf / "expected.txt").read_text("utf-8").split("\n\n")[1]

    assert said(shelf, spoiled, "en") == expected.splitlines()


def test_every_fault_stands_on_the_shelf_or_in_a_test_of_its_own() -> None:
    shown = {
        code
        for shelf in SHELF
        for code in re.findall(r"\((CFG\d+)\)$", (shelf / "expected.txt").read_text("utf-8"), re.M)
    }
    elsewhere = {Fault.TOO_BIG, Fault.NO_DIRECTORY}  # test_load

    assert {fault.value for fault in Fault} - shown == {fault.value for fault in elsewhere}


def test_every_fault_has_a_sentence_and_every_sentence_a_fault() -> None:
    assert set(SENTENCES) == {fault.value for fault in Fault}


def test_the_shelf_holds_at_least_sixty_faults() -> None:
    assert len(SHELF) >= 60
