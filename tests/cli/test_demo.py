"""Demo mode: a config that has moved on from the seeds, and a copy with the secret it made."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin import settings
from kefu_admin.cli import main
from kefu_admin.cli.output import Output
from kefu_admin.cli.run import prepare_demo
from kefu_admin.opening import open_desk

SEEDS = {
    "departments.yaml": "departments: [{name: 总部, code: HQ}]",
    "people.yaml": (
        "people: [{login: boss, name: 李, roles: [supervisor], department: 总部, shown: true}]"
    ),
    "pools.yaml": "words: [甲]",
    "generate.yaml": "types: []",
}


@pytest.fixture
def demo(desk: Path, monkeypatch: pytest.MonkeyPatch, ending: None) -> Path:
    """The small desk in demo mode: its secret is of its own making; seeds stand beside."""
    monkeypatch.delenv("KEFU_SECRET_FILE")
    monkeypatch.setenv("KEFU_DEMO", "1")
    (desk / "seeds" / "master").mkdir(parents=True)
    for name, text in SEEDS.items():
        (desk / "seeds" / name).write_text(text, "utf-8")
    return desk


def prepare() -> None:
    here = settings.read()
    prepare_demo(open_desk(here), here, Output("zh"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("[{name: 甲公司, fax: '1'}]", "seeds 里的“customer.fax”用不了"),
        (
            "[{name: 甲公司, department: 总部/没有}]",
            "seeds 里的“customer.department: 总部/没有”用不了",
        ),
        ("[{name: 甲公司, kind: none_such}]", "  kind: "),
    ],
)
def test_seeds_that_no_longer_fit_are_told_and_the_desk_opens(
    demo: Path, capsys: pytest.CaptureFixture[str], rows: str, told: str
) -> None:
    master = f"type: customer\nkey: name\nrows: {rows}\n"
    (demo / "seeds" / "master" / "customer.yaml").write_text(master, "utf-8")

    prepare()

    said = capsys.readouterr()
    assert told in said.err
    assert "没有再补充演示数据" in said.err
    assert "账号 boss" in said.out


def test_the_same_seeds_refuse_the_command_that_is_about_them(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    master = "type: customer\nkey: name\nrows: [{name: 甲公司, fax: '1'}]\n"
    (demo / "seeds" / "master" / "customer.yaml").write_text(master, "utf-8")
    main(["apply"])

    assert main(["seed"]) == 1
    assert "customer.fax" in capsys.readouterr().err


def test_a_change_is_tried_on_a_copy_of_a_demo_desk(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare()
    visit = demo / "config" / "types" / "visit.yaml"
    visit.write_text(visit.read_text("utf-8").replace("type: integer", "type: decimal", 1), "utf-8")

    code = main(["plan", "--on-copy"])

    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    assert "副本上执行了" in said.out
