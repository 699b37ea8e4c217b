"""Values that must not repeat: said of fields, never of the record they repeat."""

from __future__ import annotations

import pytest

from kefu_admin.problems import FieldError, Invalid
from tests.desks import Desk
from tests.store.change.test_create import faults


def test_repeated_values_are_told_on_their_fields(desk: Desk) -> None:
    desk.create("boss", "customer", phone="13800005678")

    with pytest.raises(Invalid) as refused:
        desk.create("boss", "customer", phone="13800005678")

    facts = {"labels": "名称、电话", "labels_en": "Name, Phone"}
    assert refused.value.errors == (
        FieldError("name", "not_unique", facts),
        FieldError("phone", "not_unique", facts),
    )


def test_who_sees_a_value_masked_is_told_no_field(desk: Desk) -> None:
    desk.create("wang", "customer", phone="13800005678")

    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", phone="13800005678")

    assert faults(refused) == [("", "repeats")]


def test_it_is_said_alike_of_a_record_one_may_not_see(desk: Desk) -> None:
    desk.create("li", "customer", phone="13800005678")

    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", phone="13800005678")

    assert faults(refused) == [("", "repeats")]


def test_a_change_may_not_repeat_either(desk: Desk) -> None:
    desk.create("boss", "customer", phone="13800005678")
    made = desk.create("boss", "customer", phone="13900001111")

    with pytest.raises(Invalid) as refused:
        desk.update("boss", "customer", made, 1, phone="13800005678")

    assert faults(refused) == [("name", "not_unique"), ("phone", "not_unique")]


def test_absent_values_may_repeat(desk: Desk) -> None:
    desk.create("boss", "customer")
    desk.create("boss", "customer")

    assert desk.count("customer") == 2


def test_in_a_set_the_row_is_not_guessed(desk: Desk) -> None:
    rows = [{"name": "甲", "kind": "person", "phone": "13800005678"}] * 2

    with pytest.raises(Invalid) as refused:
        desk.change("boss", lambda c: c.create_many("customer", rows))

    assert faults(refused) == [("name", "not_unique"), ("phone", "not_unique")]
    assert desk.count("customer") == 0
