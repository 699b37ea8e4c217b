"""The command line's own words: Chinese for a Chinese desk, argparse's where English is asked."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.cli.words import WORDS

LATIN = re.compile(r"\b(usage|error|options|arguments?|required|expected|invalid|unrecognized)\b")
WRONG = (
    ["nonsense"],
    ["run", "--bogus"],
    ["run", "--port"],
    ["user", "add"],
    ["restore"],
    ["backup", "--keep", "many"],
    ["backup", "--encrypt", "--key-file", "x"],
    ["check", "--locale", "fr"],
)


@pytest.mark.parametrize("line", WRONG, ids=" ".join)
def test_what_is_wrong_with_a_command_is_said_in_chinese(
    line: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_LOCALE", "zh")

    code = main(line)

    said = capsys.readouterr().err
    assert code == 2
    assert said.startswith("用法：kefu")
    assert LATIN.findall(said) == []


def test_the_help_of_every_command_has_chinese_headings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_LOCALE", "zh")

    main(["user", "--help"])
    main(["--help"])

    said = capsys.readouterr().out
    assert "显示这段说明" in said
    assert LATIN.findall(said) == []


def test_english_keeps_the_words_everybody_knows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_LOCALE", "en")

    main(["user", "add"])

    assert capsys.readouterr().err.endswith(
        "kefu user add: error: the following arguments are required: login, --name\n"
    )


def test_every_text_of_the_table_is_argparses_own() -> None:
    source = Path(argparse.__file__).read_text("utf-8")

    assert [text for text in WORDS if repr(text)[1:-1] not in source] == []


def test_argparse_is_given_back_as_it_was() -> None:
    before = vars(argparse)["_"], vars(argparse)["ngettext"]

    main(["nonsense"])

    assert (vars(argparse)["_"], vars(argparse)["ngettext"]) == before
