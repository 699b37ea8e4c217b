"""Going back to a release of the config that the database has kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.definitions import load
from kefu_admin.opening import open_desk
from kefu_admin.operations.seeding.ground import warrant
from kefu_admin.settings import read
from kefu_admin.store.change import Change
from tests.databases import NOW


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


def test_what_was_renamed_goes_back_under_its_old_name_with_its_rows(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply"]) == 0
    record_visit()
    rename_visit(desk / "config")
    assert main(["apply"]) == 0
    later = load(desk / "config").fingerprint
    assert summaries("call", "memo") == ["谈了三件事"]

    assert main(["rollback"]) == 0

    assert summaries("visit", "summary") == ["谈了三件事"]
    assert main(["verify"]) == 0
    assert main(["rollback", later[:8]]) == 0
    assert summaries("call", "memo") == ["谈了三件事"]
    capsys.readouterr()
    assert main(["plan"]) == 0
    assert capsys.readouterr().out == "数据库与配置一致，没有要做的事。\n"


def record_visit() -> None:
    """A customer with one return visit."""
    store = open_desk(read()).store
    with Change.open(store, warrant(store, now=NOW), now=NOW, operation="tests") as change:
        customer = change.create("customer", {"name": "甲公司", "kind": "company"})
        change.create("visit", {"customer": customer, "summary": "谈了三件事"})
    store.close()


def rename_visit(config: Path) -> None:
    """Return visits become calls, and their summary a memo."""
    old = config / "types" / "visit.yaml"
    text = old.read_text("utf-8").replace("summary:", "memo:").replace(", summary]", ", memo]")
    text = text.replace("type: long_text,", "type: long_text, renamed_from: summary,")
    (config / "types" / "call.yaml").write_text(f"renamed_from: visit\n{text}", "utf-8")
    old.unlink()
    for path in config.rglob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"\b(type|of): visit\b", r"\1: call", text), "utf-8")


def summaries(type_id: str, field: str) -> list[str]:
    """What the table holds."""
    store = open_desk(read()).store
    with store.connection():
        found = [str(text) for (text,) in store.rows(f'SELECT "{field}" FROM "{type_id}"')]
    store.close()
    return found


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
