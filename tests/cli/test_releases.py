"""Going back to a release of the config that the database has kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.definitions import load


@pytest.fixture
def changed(desk: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str, str]:
    """A desk that was applied twice: its directory and both fingerprints."""
    config = desk / "config"
    assert main(["apply"]) == 0
    first = load(config).fingerprint
    visit = config / "types" / "visit.yaml"
    text = visit.read_text("utf-8")
    visit.write_text(text.replace("type: integer", "type: decimal", 1), "utf-8")
    assert main(["apply"]) == 0
    capsys.readouterr()
    return desk, first, load(config).fingerprint


def test_every_release_is_listed_with_the_applied_one_marked(
    changed: tuple[Path, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, second = changed

    assert main(["releases"]) == 0

    told = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert told == [["*", second[:12]], [first[:12], told[1][1]]]


def test_the_release_before_is_put_back_with_its_tables(
    changed: tuple[Path, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    desk, first, second = changed

    assert main(["rollback"]) == 0

    assert load(desk / "config").fingerprint == first
    assert load(desk / f"config.before-{second[:12]}").fingerprint == second
    capsys.readouterr()
    assert main(["plan"]) == 0
    assert capsys.readouterr().out == "数据库与配置一致，没有要做的事。\n"
    assert main(["verify"]) == 0
    assert main(["rollback", second[:8]]) == 0
    assert load(desk / "config").fingerprint == second


def test_a_release_can_be_written_elsewhere_and_nothing_moves(
    changed: tuple[Path, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    desk, first, second = changed

    assert main(["rollback", "--out", str(desk / "old")]) == 0

    assert load(desk / "old").fingerprint == first
    assert load(desk / "config").fingerprint == second
    assert main(["rollback", "--out", str(desk / "old")]) == 1
    assert main(["rollback", "0000"]) == 1
    assert "没有以“0000”开头的版本" in capsys.readouterr().err


def test_the_first_release_has_none_before(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["apply"])

    assert main(["rollback"]) == 1

    assert capsys.readouterr().err == "没有更早的版本。\n"
