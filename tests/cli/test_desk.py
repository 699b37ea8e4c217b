"""The commands on a real directory: from an empty one to a desk, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.cli.verify import CHECKED
from kefu_admin.store import drivers
from kefu_admin.store.verify import INVARIANTS


@pytest.fixture
def laid(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The same with its tables."""
    assert main(["apply"]) == 0
    capsys.readouterr()
    return desk


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of standard output."""
    return capsys.readouterr().out.splitlines()


def test_a_sound_config_is_said_to_be_sound(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert said(capsys) == ["配置没有问题：3 个类型，3 个角色，2 个视图，1 组权限例子。"]


def test_three_faults_are_three_located_lines(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = desk / "config" / "types" / "customer.yaml"
    text = customer.read_text("utf-8")
    text = text.replace("mask: phone", "mask: fone").replace("type: money", "type: mony")
    customer.write_text(text.replace("title: name", "titel: name"), "utf-8")

    assert main(["check"]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if line.startswith("config/types/customer.yaml:")]) >= 3
    assert all("(CFG" in line for line in lines[:-1])


def test_a_plan_is_shown_before_and_empty_after(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan"]) == 0
    assert any(line.startswith("+") and "customer" in line for line in said(capsys))

    assert main(["apply"]) == 0
    capsys.readouterr()

    assert main(["plan"]) == 0
    assert said(capsys) == ["数据库与配置一致，没有要做的事。"]


def test_a_field_taken_out_stays_until_its_loss_is_consented_to(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visit = laid / "config" / "types" / "visit.yaml"
    lines = visit.read_text("utf-8").splitlines(keepends=True)
    visit.write_text("".join(line for line in lines if "  minutes:" not in line), "utf-8")

    assert main(["apply"]) == 0
    assert "没有得到同意、原样保留：visit.minutes。" in said(capsys)

    assert main(["apply", "--consent", "visit.minutes"]) == 0
    assert main(["plan"]) == 0
    assert said(capsys)[-1] == "数据库与配置一致，没有要做的事。"


@pytest.mark.parametrize("command", [["verify"], ["worker", "--once"], ["user", "list"]])
def test_nothing_runs_on_a_database_nobody_applied(
    desk: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 3
    assert capsys.readouterr().err == "配置还没有应用到这个数据库，请先执行 kefu apply。\n"


@pytest.mark.parametrize("command", ["plan", "apply", "web", "worker"])
def test_without_a_secret_nothing_opens(
    desk: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("KEFU_SECRET_FILE")

    assert main([command]) == 2
    assert "没有设置密钥文件" in capsys.readouterr().err


def test_the_first_person_is_made_from_the_command_line(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"]) == 0
    assert len(said(capsys)[1].strip()) >= 8

    assert main(["user", "list"]) == 0
    assert [line.split() for line in said(capsys)] == [
        ["boss", "王主管", "-", "supervisor", "启用"]
    ]


def test_a_role_nobody_defined_is_refused(laid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "add", "boss", "--name", "王主管", "--roles", "superman"]) == 1
    assert "superman" in capsys.readouterr().err


def test_a_token_is_issued_listed_and_revoked(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"])

    assert main(["token", "issue", "boss", "报表", "--scopes", "customer:read"]) == 0
    assert main(["token", "revoke", "1"]) == 0
    capsys.readouterr()

    assert main(["token", "list", "boss"]) == 0
    assert said(capsys)[0].split()[:3] == ["1", "报表", "customer:read"]


def test_the_permission_examples_hold(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test"]) == 0
    assert said(capsys) == ["4 个例子，0 个不符。"]


def test_an_example_that_does_not_hold_is_named(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = desk / "config" / "tests" / "clerk_sees_own_department.yaml"
    text = example.read_text("utf-8").replace("shows: 138****5678", 'shows: "13800005678"')
    example.write_text(text, "utf-8")

    assert main(["test"]) == 1
    assert "138****5678" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "extra"),
    [("postgresql://a@127.0.0.1/b", "postgres"), ("mariadb://a@127.0.0.1/b", "mariadb")],
)
def test_a_missing_driver_is_told_with_the_extra_that_brings_it(
    desk: Path,
    url: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KEFU_DATABASE_URL", url)
    monkeypatch.setattr(drivers, "find_spec", lambda name: None)

    assert main(["plan"]) == 2

    assert capsys.readouterr().err == (
        f"没有安装这种数据库的驱动。运行 pip install 'kefu-admin[{extra}]' 安装。\n"
    )


def test_seeds_of_a_type_the_config_lacks_are_a_sentence(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = laid / "seeds"
    seeds.mkdir(exist_ok=True)
    text = 'types: [{type: vist, share: "1", fields: {}}]\n'
    (seeds / "generate.yaml").write_text(text, "utf-8")

    assert main(["seed", "--rows", "1", "--seeds", str(seeds)]) == 1

    assert "“vist”" in capsys.readouterr().err


def test_a_round_of_the_worker_and_a_verification(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"])

    assert main(["worker", "--once"]) == 0
    assert main(["verify"]) == 0
    said_last = capsys.readouterr().out
    assert "没有发现问题" in said_last
    assert "未封存" in said_last


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", "customer", "1"], "没有账号“nobody”。"),
        (["boss", "custmer", "1"], "配置里没有“custmer”；接近的有：customer。"),
        (["boss", "customer", "1", "fone"], "配置里没有“fone”；接近的有：phone, owner, name。"),
        (["boss", "customer", "1"], "没有记录 customer 1，或者它在回收站里。"),
    ],
)
def test_explain_says_what_it_does_not_know(
    laid: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"])
    capsys.readouterr()

    assert main(["explain", *words]) == 1

    assert capsys.readouterr().err == said + "\n"


def test_what_a_verification_looked_at_has_a_name_for_people() -> None:
    assert set(CHECKED) == {"audit", *INVARIANTS, "computed"}


def test_a_changed_audit_line_is_found(laid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"])
    main(["worker", "--once"])
    with sqlite3.connect(laid / "data" / "kefu.sqlite3") as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'kefu_audit'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE kefu_audit SET actor = 'somebody' WHERE id = 1")
    database.close()

    capsys.readouterr()
    assert main(["verify"]) == 1
    found = capsys.readouterr().err
    assert "✗ kefu_audit 的只增不改触发器不见了" in found
    assert found.count("✗") >= 2
    assert main(["worker", "--once"]) == 3


def test_a_database_that_does_not_answer_is_named_in_its_own_words(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEFU_DATABASE_URL", f"sqlite:///{desk}/nowhere/kefu.sqlite3")

    assert main(["plan"]) == 1
    assert "数据库说：unable to open database file" in capsys.readouterr().err


def test_schemas_are_written_for_editors(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert (desk / "config" / ".schema" / "types.schema.json").is_file()
    assert main(["check"]) == 0


def test_english_is_spoken_where_asked(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--locale", "en"]) == 0
    assert said(capsys) == [
        "The config is sound: 3 types, 3 roles, 2 views, 1 sets of permission examples."
    ]
