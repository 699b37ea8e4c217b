"""The command line: speaks the person's language, and its exit codes can be relied on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kefu_admin import shipped
from kefu_admin.cli import COMMANDS, main
from kefu_admin.cli.output import Output
from kefu_admin.definitions import load


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


def test_init_on_layers_makes_a_few_lines_that_stand_on_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = tmp_path / "Wind Farm"

    assert main(["init", str(top), "--extends", "desk"]) == 0

    (written,) = (top / "config").iterdir()
    assert written.read_text("utf-8").splitlines()[2:] == ["id: wind_farm", "extends: [desk]"]
    assert main(["check", "--config", str(top / "config")]) == 0
    assert "10 个类型" in capsys.readouterr().out


def test_init_on_an_unknown_layer_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "own"), "--extends", "dsk"]) == 1
    assert not (tmp_path / "own").exists()
    assert "没有层“dsk”；可用的层：desk" in capsys.readouterr().err


def test_a_copied_desk_is_a_project_of_its_own(tmp_path: Path) -> None:
    main(["init", str(tmp_path / "harbour")])

    assert load(tmp_path / "harbour" / "config").id == "harbour"


def line_of(path: str, text: str) -> int:
    """Where a text stands in a file of the shipped desk."""
    lines = (shipped.config_directory() / path).read_text("utf-8").splitlines()
    return 1 + next(index for index, line in enumerate(lines) if text in line)


def layered(tmp_path: Path) -> Path:
    """A project of two files on the shipped desk."""
    config = tmp_path / "config"
    (config / "types").mkdir(parents=True)
    (config / "project.yaml").write_text("id: ours\nextends: [desk]\n", "utf-8")
    (config / "types" / "customer.yaml").write_text(
        "fields:\n  phone:\n    label: {zh: 手机}\n  website: ~remove\n", "utf-8"
    )
    (config / "views").mkdir()
    return config


def test_explain_config_names_the_layer_of_every_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = layered(tmp_path)

    code = main(["explain", "config", "types.customer.fields.phone.label", "--config", str(config)])

    said = capsys.readouterr().out.splitlines()
    assert code == 0
    assert said[0].startswith("层 desk：")
    line = line_of("types/customer.yaml", "label: {zh: 电话, en: Phone}")
    assert [" ".join(line.split()) for line in said[3:]] == [
        "types.customer.fields.phone.label.zh 手机 config/types/customer.yaml:3",
        f"原为 电话 desk:types/customer.yaml:{line}",
        f"types.customer.fields.phone.label.en Phone desk:types/customer.yaml:{line}",
    ]


def test_explain_config_shows_what_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = layered(tmp_path)

    main(["explain", "config", "types.customer.fields.website", "--config", str(config)])

    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert said[3] == "types.customer.fields.website （已删除） config/types/customer.yaml:4"
    assert said[4].startswith('原为 {"type": "url"')
    assert said[4].endswith(
        f"desk:types/customer.yaml:{line_of('types/customer.yaml', 'website:')}"
    )


def test_explain_config_of_no_such_part_names_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = layered(tmp_path)

    code = main(["explain", "config", "types.customer.fields.phon", "--config", str(config)])

    assert code == 1
    assert capsys.readouterr().err == "配置里没有“phon”；接近的有：phone, photo。\n"


def test_explain_of_a_record_needs_its_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "wang", "customer"]) == 2
    assert "请写上记录的 id" in capsys.readouterr().err


def test_receivers_are_listed_with_their_keys_only_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KEFU_WEBHOOKS", "crm=https://crm.example/hook")
    monkeypatch.setenv("KEFU_DEMO", "1")
    monkeypatch.setenv("KEFU_DATA", str(tmp_path))

    assert main(["webhook"]) == 0
    assert capsys.readouterr().out.splitlines() == ["crm  https://crm.example/hook"]
    assert main(["webhook", "--keys"]) == 0
    assert len(capsys.readouterr().out.split()[2]) == 64


def test_commands_are_found_in_a_fresh_process() -> None:
    """Modules that import each other in a circle may load in one order and not in another; here
    a command of each part is the first to be imported, as when it is called."""
    script = """
import importlib, os, sys
failed = []
for name in ("apply", "backup", "restore", "worker"):
    child = os.fork()
    if not child:
        try:
            importlib.import_module(f"kefu_admin.cli.{name}")
        except ImportError as error:
            print(name, error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(name)
sys.exit(" ".join(failed) or None)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
