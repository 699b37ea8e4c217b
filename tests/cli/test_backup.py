"""`kefu backup`, `kefu restore`: the whole way on a real directory, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kefu_admin.cli import main
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.store.apply.roles import excess
from kefu_admin.store.database import Store
from tests.databases import opened
from tests.roles import ROLE, lesser_role


@pytest.fixture
def laid(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A desk with its tables and one person."""
    assert main(["apply"]) == 0
    assert main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"]) == 0
    capsys.readouterr()
    return desk


def elsewhere(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same machine as an empty one, with the same secret."""
    there = desk / "there"
    monkeypatch.setenv("KEFU_DATA", str(there / "data"))
    monkeypatch.setenv("KEFU_CONFIG", str(there / "config"))
    return there


def backup_of(desk: Path) -> Path:
    (path,) = (desk / "data" / "backups").glob("kefu-*")
    return path


def test_a_desk_moves_to_another_directory(
    laid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "--keep", "3"]) == 0
    assert "密钥文件不在备份里" in capsys.readouterr().out
    there = elsewhere(laid, monkeypatch)

    assert main(["restore", str(backup_of(laid)), "--verify"]) == 0

    said = capsys.readouterr().out
    assert "与备份逐行一致" in said
    assert "没有发现问题" in said
    assert (there / "config" / "project.yaml").is_file()
    assert main(["plan"]) == 0
    assert main(["user", "list"]) == 0
    assert "王主管" in capsys.readouterr().out


def test_a_backup_is_made_while_the_config_is_broken(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (laid / "config" / "types" / "customer.yaml").write_text("fields: [", "utf-8")

    assert main(["backup"]) == 0


def test_a_passphrase_file_seals_and_opens(
    laid: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kefu_admin.store.backup import streams

    monkeypatch.setattr(streams, "_SCRYPT_COST", 2**4)
    word = laid / "word"
    word.write_text("a long passphrase\n", "utf-8")
    assert main(["backup", "--passphrase-file", str(word)]) == 0
    path = str(backup_of(laid))

    assert main(["restore", path, "--check"]) == 1
    assert "是加密的" in capsys.readouterr().err
    assert main(["restore", path, "--check", "--passphrase-file", str(word)]) == 0


def test_damage_and_a_full_target_are_said_in_a_sentence(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backup"])
    path = backup_of(laid)

    assert main(["restore", str(path)]) == 1
    assert "只能恢复到空的地方" in capsys.readouterr().err

    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    assert main(["restore", str(path)]) == 1
    assert "已损坏" in capsys.readouterr().err


def test_options_that_make_no_sense_are_refused(
    laid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "--keep", "0"]) == 2
    assert main(["backup", "--key-file", str(laid / "nothing")]) == 2
    assert main(["backup", "--encrypt"]) == 2
    assert "没有终端" in capsys.readouterr().err


def test_a_database_nobody_applied_has_nothing_to_back_up(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup"]) == 3


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_the_owner_restores_and_the_lesser_role_runs_the_desk(
    laid: Path,
    open_bare: Callable[[Project], Store],
    ending: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["backup"]) == 0
    project = load(laid / "config")
    owner = open_bare(project)
    elsewhere(laid, monkeypatch)
    with lesser_role(owner) as runtime:
        monkeypatch.setenv("KEFU_OWNER_DATABASE_URL", owner.url)
        monkeypatch.setenv("KEFU_DATABASE_URL", runtime)

        assert main(["restore", str(backup_of(laid)), "--verify"]) == 0

        assert f"已给运行角色 {ROLE}" in capsys.readouterr().out
        assert main(["user", "roles", "boss", "admin"]) == 0
        assert main(["verify"]) == 0
        with closing(opened(runtime, project, laid / "there")) as lesser:
            assert excess(lesser) == ()
            with pytest.raises(Exception, match=r"denied|permission"):
                lesser.execute('DELETE FROM "kefu_audit"')
