"""A change tried on a copy, on each of the three databases; the desk itself does not move."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.definitions import load
from tests.databases import Databases, opened, wipe


@pytest.fixture
def on(
    desk: Path,
    databases: Databases,
    dialect: str,
    monkeypatch: pytest.MonkeyPatch,
    ending: None,
) -> Path:
    """The small desk on a database of this run, applied."""
    if dialect != "sqlite":
        url = databases.url(dialect, "_copied")
        if url is None:
            pytest.skip(databases.absent[dialect])
        monkeypatch.setenv("KEFU_DATABASE_URL", url)
        store = opened(url, load(desk / "config"), desk)
        wipe(store)
        store.close()
    assert main(["apply"]) == 0
    return desk


def test_a_change_is_tried_on_a_copy_and_nothing_moves(
    on: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = on
    main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"])
    main(["worker", "--once"])
    visit = desk / "config" / "types" / "visit.yaml"
    visit.write_text(visit.read_text("utf-8").replace("type: integer", "type: decimal", 1), "utf-8")
    capsys.readouterr()

    assert main(["plan", "--on-copy"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[-5].startswith("副本已做好，")
    assert told[-4].startswith("副本上执行了 ")
    assert told[-3] == "4 个例子，0 个不符。"
    assert told[-1].startswith("检查了 ")
    assert not list((desk / "data").glob("copy-*"))
    assert main(["plan"]) == 0
    assert "visit.score" in capsys.readouterr().out
