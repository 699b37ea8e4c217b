"""The command line: speaks the person's language, and its exit codes can be relied on."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin.cli import COMMANDS, main
from kefu_admin.cli.output import Output


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests sets nothing."""
    for name in ("KEFU_LOCALE", "KEFU_CONFIG", "KEFU_DATA", "KEFU_DEMO", "LANG", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)


def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--help"])

    said = capsys.readouterr().out
    assert code == 0
    assert [
        about for name, about in COMMANDS.items() if name not in said or about not in said
    ] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    assert COMMANDS[command] in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["chek"], ["check", "--frobnicate"], ["--config", "x"]])
def test_a_wrong_command_ends_with_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_settings_lists_every_variable_with_its_meaning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_PORT", "9000")

    assert main(["settings"]) == 0

    said = capsys.readouterr().out
    assert "* KEFU_PORT" in said
    assert "监听端口" in said
    assert "KEFU_SECRET_FILE" in said


def test_a_bad_setting_is_a_sentence_and_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_PORT", "many")

    assert main(["settings"]) == 2
    assert capsys.readouterr().err == (
        "设置 KEFU_PORT 的值“many”不对。运行 kefu settings 查看说明。\n"
    )


def test_init_makes_a_desk_and_never_touches_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "desk")]) == 0
    assert sorted(path.name for path in (tmp_path / "desk").iterdir()) == [
        "config",
        "secret",
        "seeds",
    ]
    before = (tmp_path / "desk" / "secret").read_bytes()

    assert main(["init", str(tmp_path / "desk")]) == 1
    assert (tmp_path / "desk" / "secret").read_bytes() == before
    assert "已经存在" in capsys.readouterr().err


def test_columns_align_under_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    Output("zh").table([("编号", "a"), ("name", "b")])

    assert capsys.readouterr().out == "编号  a\nname  b\n"
