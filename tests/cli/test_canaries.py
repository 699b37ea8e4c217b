"""No command says, logs or writes into a book a personal value of the desk's records."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.cli import main
from kefu_admin.opening import open_desk
from kefu_admin.operations import records
from kefu_admin.operations.desk import Desk
from tests.soak.ground import furnish

CANARIES = {
    "name": "慕容雪鸢",
    "phone": "13987654321",
    "id_number": "110101199003070134",
    "address": "解放大道三百零七号乙单元",
}
ADDRESS, PHONE = "label: {zh: 地址, en: Address}", "label: {zh: 电话, en: Phone}"
WHERE_VALUES_LIVE = {"customer", "kefu_history"}  # read through the rights of their fields


@pytest.fixture
def laid(desk: Path) -> Path:
    """A desk with a supervisor and a customer of canaries."""
    assert main(["apply"]) == 0
    opened = open_desk(settings.read())
    with opened.store.connection():
        boss = furnish(opened).actor
        values = {**CANARIES, "kind": "person"}
        records.create(opened, "customer", values, actor=boss, now=clock.now())
    opened.store.close()
    return desk


@pytest.fixture
def told(
    laid: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[..., str]:
    """Runs a command; answers all it said and logged, with its exit code in front."""

    def run(*arguments: str) -> str:
        capfd.readouterr()
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            code = main(arguments)
        said = capfd.readouterr()
        return f"{code} {said.out}{said.err}{caplog.text}"

    return run


def leaked(text: str) -> list[str]:
    return [canary for canary in CANARIES.values() if canary in text]


def in_tables(desk: Desk) -> dict[str, list[str]]:
    """Which tables hold which canary in readable form."""
    found: dict[str, list[str]] = {}
    for name in desk.store.layout:
        text = "".join(map(repr, desk.store.rows(f'SELECT * FROM "{name}"')))
        if canaries := leaked(text):
            found[name] = canaries
    return found


def changed(laid: Path, old: str, new: str) -> None:
    customer = laid / "config" / "types" / "customer.yaml"
    text = customer.read_text("utf-8")
    assert old in text
    customer.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ("check",), ("plan",), ("apply",), ("releases",), ("settings",), ("test",), ("verify",),
        ("doctor",), ("user", "list"), ("search", "rebuild"), ("backup",), ("worker", "--once"),
        ("plan", "--on-copy"), ("explain", "boss", "customer", "1", "phone"),
        ("explain", "boss", "customer", "1"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_command_says_nothing_of_a_person(
    told: Callable[..., str], command: tuple[str, ...]
) -> None:
    said = told(*command)

    assert said[0] in "01"
    assert leaked(said) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"type: address, {ADDRESS}, mask: address", f"type: date, {ADDRESS}"),
        ("    type: text\n    label: {zh: 名称", "    type: integer\n    label: {zh: 名称"),
        ("max_length: 80", "max_length: 2"),
        ("    type: id_number", "    type: date"),
        (f"    type: phone\n    {PHONE}\n    mask: phone", f"    type: date\n    {PHONE}"),
    ],
)  # fmt: skip
def test_values_in_the_way_of_a_config_are_counted_not_shown(
    laid: Path, told: Callable[..., str], old: str, new: str
) -> None:
    changed(laid, old, new)
    if "type: text" not in new:
        changed(laid, "unique:\n  - {fields: [name, phone]}\n", "")

    planned, applied = told("plan"), told("apply")

    assert planned[0] == applied[0] == "1"
    assert "1" in planned
    assert leaked(planned + applied) == []


def test_what_verify_and_doctor_find_wrong_is_named_by_its_id(
    laid: Path, told: Callable[..., str]
) -> None:
    with sqlite3.connect(laid / "data" / "kefu.sqlite3") as database:
        database.execute("""UPDATE "customer" SET "name" = '慕容雪鸢慕容雪鸢'""")

    found, doctor = told("verify"), told("doctor")

    assert found[0] == "1"
    assert "✗" in found
    assert leaked(found + doctor) == []


def test_applied_and_brought_back_the_books_hold_no_canary(
    laid: Path, told: Callable[..., str]
) -> None:
    changed(laid, "max_length: 80", "max_length: 60")
    said = told("apply") + told("backup") + told("rollback")
    (laid / "elsewhere").mkdir()
    (backup,) = (laid / "data" / "backups").glob("*.kefu.zip")
    shutil.move(laid / "data", laid / "before")
    said += told("restore", str(laid / "before" / "backups" / backup.name), "--verify")
    opened = open_desk(settings.read())

    assert leaked(said) == []
    assert in_tables(opened).keys() == WHERE_VALUES_LIVE
    opened.store.close()


def test_a_fault_of_the_program_is_told_without_what_it_says(
    told: Callable[..., str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    told("settings")
    try:
        raise KeyError(CANARIES["name"])
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    said = capfd.readouterr().err
    assert "builtins.KeyError: ***" in said
    assert "test_canaries.py" in said
    assert leaked(said) == []
