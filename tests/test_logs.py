"""What is logged holds no personal data: canaries go in every way and none comes out."""

from __future__ import annotations

import json
import logging

import pytest

from kefu_admin import logs

CANARIES = (
    "13800005678", "+86 138-0000-5678", "110101199003078515", "11010119900307851X",
    "kefu_" + "a" * 43, "hunter2hunter2", "张三丰",
)  # fmt: skip


def line(message: str, *args: object, as_json: bool = True, error: bool = False, **extra: object):
    exc_info = None
    if error:
        try:
            raise ValueError(message % args if args else message)
        except ValueError as caught:
            exc_info = (type(caught), caught, caught.__traceback__)
    record = logging.LogRecord("kefu_admin.t", logging.INFO, __file__, 1, message, args, exc_info)
    for name, value in extra.items():
        setattr(record, name, value)
    return logs.Formatter(as_json=as_json, personal={"name", "phone"}).format(record)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("error", [True, False])
@pytest.mark.parametrize(
    "said",
    [
        "call 13800005678 back", "call +86 138-0000-5678", "电话13800005678。",
        "id 110101199003078515", "id 11010119900307851X", "kefu_" + "a" * 43,
        "Authorization: Bearer hunter2hunter2", "password=hunter2hunter2",
        "postgresql://kefu:hunter2hunter2@db/kefu", "{'token': 'hunter2hunter2'}",
        "DETAIL:  Key (name)=(张三丰) already exists.", "Duplicate entry '张三丰' for key 'uq'",
        "DETAIL:  Failing row contains (1, 张三丰, null).",
        "Incorrect string value: '张三丰' for column 'name'",
    ],
)  # fmt: skip
def test_no_canary_comes_out(said: str, error: bool, as_json: bool) -> None:
    assert any(canary in said for canary in CANARIES)  # it goes in

    written = line(said, as_json=as_json, error=error)

    assert not [canary for canary in CANARIES if canary in written]
    assert "***" in written


def test_arguments_and_fields_are_redacted_by_pattern_and_by_name() -> None:
    told = json.loads(
        line(
            "of %s", "13800005678",
            fields={"phone": "x", "visit.name": "张三丰", "route": "/a", "note": "13800005678"},
        )
    )  # fmt: skip

    assert told["message"] == "of ***"
    assert (told["phone"], told["visit.name"], told["note"]) == ("***", "***", "***")
    assert told["route"] == "/a"


def test_what_is_no_secret_stays() -> None:
    said = "audit anchor: block 12 head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
    assert json.loads(line(said))["message"] == said
    assert "2026112202" in line("order 2026112202")


def test_lines_of_a_request_carry_its_id() -> None:
    token = logs.request_id.set("abc123")
    try:
        assert json.loads(line("x"))["request"] == "abc123"
        assert line("x", as_json=False).endswith("request=abc123")
    finally:
        logs.request_id.reset(token)


def test_setting_up_twice_leaves_one_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        first = logs.set_up(as_json=True)
        second = logs.set_up(as_json=False)
        assert first not in root.handlers
        assert second in root.handlers
    finally:
        root.handlers[:] = before
        root.setLevel(level)
