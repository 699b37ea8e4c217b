"""Creating records: values, rights, references."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound
from tests.desks import Desk


def faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    """Fields and codes of what was refused."""
    return [(error.field, error.code) for error in refused.value.errors]


def test_a_created_record_has_its_values_defaults_number_and_authors(desk: Desk) -> None:
    made = desk.create("wang", "customer", name="甲公司", phone="13800005678")

    wang = desk.people["wang"].user_id
    written = desk.row("customer", made, "name", "kind", "phone", "code", "owner", "department")
    assert written == ("甲公司", "company", "13800005678", "KH202611-0001", wang, desk.first)
    assert desk.row("customer", made, "version", "created_by", "visit_count") == (1, wang, 0)


def test_dates_follow_the_project_s_zone(desk: Desk) -> None:
    late = desk.warrant("wang").binding.now.replace(day=30, hour=18)

    made = desk.change(
        "wang", lambda c: c.create("customer", {"name": "甲", "kind": "company"}), now=late
    )

    row = desk.row("customer", made, "since", "code")
    assert row is not None
    assert (str(row[0]), row[1]) == (str(date(2026, 12, 1)), "KH202612-0001")


def test_every_fault_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.create("boss", "customer", name=None, kind="person", credit=-1, owner=9999)

    assert faults(refused) == [
        ("name", "required"),
        ("phone", "required"),
        ("credit", "too_small"),
        ("owner", "no_such_person"),
    ]
    assert desk.count("customer") == 0


def test_a_field_that_is_not_visible_is_cleared(desk: Desk) -> None:
    made = desk.create("boss", "customer", kind="company", id_number="11010119900307109X")

    assert desk.row("customer", made, "id_number") == (None,)


def test_a_field_one_may_not_edit_is_refused_unless_it_is_the_default(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", credit=100)

    assert faults(refused) == [("credit", "not_editable")]
    desk.create("wang", "customer", credit=None)


def test_a_record_outside_one_s_rows_cannot_be_created(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.create("wang", "customer", department=desk.second)

    assert desk.count("customer") == 0


def test_a_level_above_one_s_clearance_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", secrecy="secret")

    assert faults(refused) == [("secrecy", "above_clearance")]
    assert desk.row("customer", desk.create("boss", "customer", secrecy="secret"), "secrecy") == (
        "secret",
    )


def test_an_invisible_reference_answers_like_one_that_does_not_exist(desk: Desk) -> None:
    foreign = desk.create("li", "customer")
    desk.create("li", "visit", customer=foreign)

    answers = []
    for customer in (foreign, 99_999):
        with pytest.raises(Invalid) as refused:
            desk.create("wang", "visit", customer=customer)
        answers.append(refused.value.errors)

    assert answers == [(FieldError("customer", "no_such_record", {}),)] * 2


def test_a_person_who_left_cannot_be_chosen(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", owner=desk.people["gone"].user_id)

    assert faults(refused) == [("owner", "no_such_person")]


def test_a_check_of_the_config_is_told_with_its_own_message(desk: Desk) -> None:
    customer = desk.create("wang", "customer")

    with pytest.raises(Invalid) as refused:
        desk.create("wang", "visit", customer=customer, done_on=date(2026, 11, 22))

    assert refused.value.errors == (
        FieldError(
            "done_on",
            "check_failed",
            {
                "message_zh": "完成日期不能晚于今天",
                "message_en": "The day done cannot be in the future",
            },
        ),
    )


def test_a_computed_value_is_stored(desk: Desk) -> None:
    customer = desk.create("wang", "customer")

    made = desk.create("wang", "visit", customer=customer, score=7)

    assert desk.row("visit", made, "percent") == (700,)


def test_a_type_one_does_not_know_is_not_found(desk: Desk) -> None:
    nobody = replace(desk.people["wang"], roles=frozenset({"admin"}))

    with pytest.raises(NotFound):
        desk.create(nobody, "customer")


def test_numbers_run_per_month_and_a_refused_change_takes_none(desk: Desk) -> None:
    desk.create("wang", "customer")
    with pytest.raises(Invalid):
        desk.create("wang", "customer", owner=9999)
    desk.create("wang", "customer", name="乙公司")

    codes = desk.store.rows('SELECT "code" FROM "customer" ORDER BY "id"')
    assert [code for (code,) in codes] == ["KH202611-0001", "KH202611-0002"]
