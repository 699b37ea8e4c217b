"""The rules of a type: what a record must be before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.validation import TypeChecks
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Compare, FormulaOperand, Literal, Op, Path
from kefu_admin.definitions.content_type import Check
from kefu_admin.definitions.fields import ALWAYS_WHEN, Choice, Field, When
from kefu_admin.definitions.formula_text import parse_formula
from kefu_admin.definitions.label import Label
from kefu_admin.problems import NOWHERE, FieldError, Problem
from tests.factories import choice, content_type, field

BINDING = Binding(
    user_id=7,
    department_id=3,
    departments_below=frozenset({3}),
    now=datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
    zone=ZoneInfo("Asia/Shanghai"),
)
OPEN = When(condition=Compare(Path(("state",)), Op.EQ, Literal("open")))


def nothing(_type: str, _id: int) -> None:
    """A look-up that finds nothing."""


def settle(
    *fields: Field, before: Mapping[str, object] | None = None, **after: object
) -> tuple[Mapping[str, object], list[tuple[str, str]]]:
    """What is altered, and the faults as (field, code)."""
    one = content_type("thing", *fields)
    values = {name: after.get(name, (before or {}).get(name)) for name in one.fields}
    held = None if before is None else {name: before.get(name) for name in one.fields}
    settled = TypeChecks(one).settle(held, values, sent=after, binding=BINDING, lookup=nothing)
    return settled.values, [(error.field, error.code) for error in settled.errors]


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"type": "integer", "min": 0}, -1, "too_small"),
        ({"type": "integer", "max": 9}, 10, "too_large"),
        ({"type": "money", "scale": 2, "min": Decimal(0)}, Decimal("-0.01"), "too_small"),
        ({"type": "date", "max": date(2026, 1, 1)}, date(2026, 1, 2), "too_large"),
        ({"max_length": 3}, "四个字了", "too_long"),
        ({"min_length": 2}, "一", "too_short"),
        ({"pattern": r"[A-Z]{2}\d+"}, "a1", "wrong_form"),
        ({"type": "attachments", "max_count": 1}, (1, 2), "too_many_members"),
    ],
)
def test_a_value_outside_its_limits_is_refused(
    options: dict[str, Any], value: object, code: str
) -> None:
    assert settle(field("x", **options), x=value)[1] == [("x", code)]


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"type": "integer", "min": 0, "max": 0}, 0),
        ({"max_length": 3, "min_length": 3}, "三个字"),
        ({"pattern": r"[A-Z]{2}\d+"}, "AB12"),
        ({"type": "integer", "min": 1}, None),
    ],
)
def test_a_value_on_its_limits_is_taken(options: dict[str, Any], value: object) -> None:
    assert settle(field("x", **options), x=value) == ({}, [])


def test_a_retired_choice_stays_where_it_was_but_is_not_given_anew() -> None:
    level = field(
        "level",
        "choice",
        choices=(
            Choice(id="a", label=Label("甲")),
            Choice(id="b", label=Label("乙"), retired=True),
        ),
    )

    assert settle(level, level="b")[1] == [("level", "retired_choice")]
    assert settle(level, before={"level": "b"}, level="b") == ({}, [])


def test_an_old_value_outside_new_limits_does_not_block_other_fields() -> None:
    fields = (field("x", "integer", max=5), field("note"))

    assert settle(*fields, before={"x": 9}, note="好") == ({}, [])


def test_required_counts_only_while_its_condition_holds() -> None:
    fields = (choice("state", "open", "closed"), field("why", required=OPEN))

    assert settle(*fields, state="open")[1] == [("why", "required")]
    assert settle(*fields, state="closed")[1] == []


def test_a_hidden_field_is_cleared_and_not_required() -> None:
    fields = (choice("state", "open", "closed"), field("why", visible=OPEN, required=ALWAYS_WHEN))

    assert settle(*fields, state="closed", why="旧") == ({"why": None}, [])
    assert settle(*fields, state="open")[1] == [("why", "required")]


def test_clearing_goes_on_until_nothing_moves() -> None:
    filled = When(condition=Compare(Path(("a",)), Op.IS_EMPTY, Literal(False)))
    fields = (
        choice("state", "open", "closed"),
        field("b", visible=filled),
        field("a", visible=OPEN),
    )

    assert settle(*fields, state="closed", a="一", b="二")[0] == {"a": None, "b": None}


def test_a_read_only_field_keeps_its_value_or_takes_its_default() -> None:
    fixed = field("x", "integer", read_only=ALWAYS_WHEN, default=1)

    assert settle(fixed, x=1)[1] == []
    assert settle(fixed, x=2)[1] == [("x", "read_only")]
    assert settle(fixed, before={"x": 1}, x=2)[1] == [("x", "read_only")]


def test_read_only_by_condition_is_judged_by_the_record_as_it_was() -> None:
    fields = (choice("state", "open", "closed"), field("x", read_only=OPEN))

    moved = {"state": "closed", "x": "二"}
    assert settle(*fields, before={"state": "open", "x": "一"}, **moved)[1] == [("x", "read_only")]
    assert settle(*fields, before={"state": "closed", "x": "一"}, state="open", x="二")[1] == []


def test_a_check_is_not_asked_while_its_fields_are_wrong() -> None:
    late = Check(
        id="late",
        condition=Compare(Path(("on",)), Op.IS_EMPTY, Literal(False)),
        message=Label("必须有日期", "A date is needed"),
        fields=("on",),
        clauses=("c:1",),
    )
    required = content_type("thing", field("on", "date", required=ALWAYS_WHEN), checks=(late,))
    free = content_type("thing", field("on", "date"), checks=(late,))
    values = dict.fromkeys(free.fields)

    codes = [
        TypeChecks(one).settle(None, values, sent=(), binding=BINDING, lookup=nothing).errors
        for one in (required, free)
    ]

    facts = {"message_zh": "必须有日期", "message_en": "A date is needed"}
    assert codes == [
        (FieldError("on", "required"),),
        (FieldError("on", "check_failed", facts, "c:1"),),
    ]


def test_defaults_stand_for_the_one_who_creates() -> None:
    one = content_type(
        "thing",
        field("who", "person", default="$me"),
        field("dept", "department", default="$my_department"),
        field("on", "date", default="$today"),
        field("at", "datetime", default="$now"),
        field("word", default="字"),
    )

    assert TypeChecks(one).defaults(binding=BINDING) == {
        "who": 7,
        "dept": 3,
        "on": date(2026, 11, 21),  # past midnight in Shanghai
        "at": BINDING.now,
        "word": "字",
    }


def test_raw_values_are_converted_and_all_faults_told() -> None:
    line = content_type("line", field("amount", "money", scale=2), field("thing", "reference"))
    thing = content_type(
        "thing",
        field("pieces", "integer"),
        field("on", "date"),
        field("lines", "children", to="line", by="thing"),
    )
    types = {"thing": thing, "line": line}

    values, errors = convert_values(
        thing,
        {
            "pieces": " 3 ",
            "on": "2026-13-01",
            "lines": [{"id": "5", "version": 2, "amount": "1.5"}, {"amount": "x", "colour": "红"}],
        },
        types=types,
    )

    assert values == {
        "pieces": 3,
        "lines": ({"id": 5, "version": 2, "amount": Decimal("1.50")}, {}),
    }
    assert [(error.field, error.code) for error in errors] == [
        ("on", "no_such_day"),
        ("lines[1].colour", "unknown_field"),
        ("lines[1].amount", "not_a_number"),
    ]


def test_a_check_whose_formula_has_no_result_is_a_fault_not_a_failure() -> None:
    fields = (field("days", "integer"), field("on", "date"))
    own = content_type("thing", *fields)
    problems: list[Problem] = []
    due = parse_formula(
        "add_days(on, days)",
        type=own,
        types={"thing": own},
        place=NOWHERE,
        problems=problems,
        result="date",
        scale=0,
    )
    assert due is not None
    late = Compare(FormulaOperand(due), Op.GE, Literal(date(2026, 1, 1)))
    check = Check(id="late", condition=late, message=Label("晚"), fields=("on",))
    values = dict.fromkeys(own.fields) | {"on": date(2026, 1, 1), "days": 10**12}

    settled = TypeChecks(content_type("thing", *fields, checks=(check,))).settle(
        None, values, sent=values, binding=BINDING, lookup=nothing
    )

    assert ("", "formula_bad_date") in [(error.field, error.code) for error in settled.errors]
