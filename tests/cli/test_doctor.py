"""`kefu doctor`: a line per check, what to do below it, and an exit code to rely on."""

from __future__ import annotations

import json
from pathlib import Path
from secrets import token_bytes

import pytest

from kefu_admin.cli import main


def test_a_new_desk_is_told_what_it_lacks(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply"]) == 0
    capsys.readouterr()

    assert main(["doctor"]) == 0

    said = capsys.readouterr().out
    assert "! 备份  还没有做过备份。" in said
    assert "    → 执行 kefu backup" in said
    assert "✓ 后台任务" in said


def test_a_database_nobody_applied_is_bad(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 1

    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert told["config"]["state"] == "bad"
    assert "kefu apply" in told["config"]["mend"]


COMMANDS = ("plan", "apply", "web", "worker", "verify", "seed", "backup", "releases", "rollback")


def test_another_secret_is_refused_by_every_command_and_told_by_the_doctor(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply"]) == 0
    (desk / "secret").write_bytes(token_bytes(48).hex().encode())
    capsys.readouterr()

    for command in COMMANDS:
        assert main([command]) != 0, command
        assert f"不是用密钥文件 {desk / 'secret'} 里的密钥写的" in capsys.readouterr().err, command

    assert main(["doctor", "--json"]) == 1
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(told) == {"database", "secret"}
    assert told["secret"]["state"] == "bad"
    assert str(desk / "secret") in told["secret"]["mend"]
