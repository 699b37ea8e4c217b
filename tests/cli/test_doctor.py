"""`kefu doctor`: a line per check, what to do below it, and an exit code to rely on."""

from __future__ import annotations

import json
from pathlib import Path

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
