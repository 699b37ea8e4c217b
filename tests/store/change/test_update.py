"""Changing records: versions, rights before and after, what counts as changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from kefu_admin.definitions.fields import NEVER_WHEN, PersonalClass
from kefu_admin.definitions.formula import FieldName, Formula, ValueType
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Denial
from kefu_admin.problems import Conflict, Forbidden, Invalid, NotFound
from kefu_admin.store import history
from kefu_admin.store.database import Store
from tests.desks import Desk, furnish
from tests.store.change.test_create import faults


def test_only_what_was_sent_changes_and_the_version_rises(desk: Desk) -> None:
    made = desk.create("wang", "customer", phone="13800005678")

    assert desk.update("wang", "customer", made, 1, level="a") == 2

    assert desk.row("customer", made, "level", "phone", "version") == ("a", "13800005678", 2)


def test_the_second_of_two_editors_is_told(desk: Desk) -> None:
    made = desk.create("wang", "customer")
    desk.update("wang", "customer", made, 1, level="a")

    with pytest.raises(Conflict) as refused:
        desk.update("wang", "customer", made, 1, level="b")

    assert refused.value.facts == {"version": 2, "sent": 1, "id": made}
    assert desk.row("customer", made, "level") == ("a",)


def test_saving_without_a_change_writes_nothing(desk: Desk) -> None:
    made = desk.create("wang", "customer", level="a")

    assert desk.update("wang", "customer", made, 1, level="a", name="甲公司") == 1

    assert len(history.of_record(desk.store, "customer", made)) == 1


def test_a_masked_value_cannot_be_guessed_by_saving_it(desk: Desk) -> None:
    made = desk.create("wang", "customer", phone="13800005678")

    same = desk.update("wang", "customer", made, 1, phone="13800005678")
    other = desk.update("wang", "customer", made, 2, phone="13900001111")

    assert (same, other) == (2, 3)


def test_an_empty_masked_value_sent_back_empty_is_no_change(desk: Desk) -> None:
    made = desk.create("wang", "customer", phone=None)

    assert desk.update("wang", "customer", made, 1, phone=None) == 1
    assert desk.update("wang", "customer", made, 1, phone=None, level="a") == 2

    newest = history.of_record(desk.store, "customer", made)[0]
    assert dict(newest.after) == {"level": "a"}


def test_an_invisible_record_is_not_found(desk: Desk) -> None:
    foreign = desk.create("li", "customer")

    for record_id in (foreign, 99_999):
        with pytest.raises(NotFound):
            desk.update("wang", "customer", record_id, 1, level="a")


def test_a_field_one_may_only_see_may_be_sent_back_but_not_changed(desk: Desk) -> None:
    made = desk.create("boss", "customer", department=desk.first, credit=Decimal(5))

    with pytest.raises(Invalid) as refused:
        desk.update("wang", "customer", made, 1, credit=Decimal(6))

    assert faults(refused) == [("credit", "not_editable")]
    assert desk.update("wang", "customer", made, 1, credit=Decimal(5)) == 1


def test_a_field_one_does_not_see_is_refused_even_when_equal(desk: Desk) -> None:
    made = desk.create(
        "boss",
        "customer",
        department=desk.first,
        kind="person",
        phone="13800005678",
        id_number="11010119900307109X",
    )

    with pytest.raises(Invalid) as refused:
        desk.update("wang", "customer", made, 1, id_number="11010119900307109X")

    assert faults(refused) == [("id_number", "not_editable")]


def test_a_record_cannot_be_pushed_out_of_reach(desk: Desk) -> None:
    made = desk.create("wang", "customer")

    with pytest.raises(Forbidden):
        desk.update("wang", "customer", made, 1, department=desk.second)
    with pytest.raises(Invalid) as refused:
        desk.update("wang", "customer", made, 1, secrecy="secret")

    assert faults(refused) == [("secrecy", "above_clearance")]
    assert desk.row("customer", made, "department", "version") == (desk.first, 1)


def test_a_record_above_one_s_clearance_is_not_found(desk: Desk) -> None:
    made = desk.create("boss", "customer", department=desk.first, secrecy="secret")

    with pytest.raises(NotFound):
        desk.update("wang", "customer", made, 1, level="a")


def test_a_reference_that_stays_need_not_be_visible(desk: Desk) -> None:
    foreign = desk.create("li", "customer")
    visit = desk.create(
        "boss",
        "visit",
        customer=foreign,
        department=desk.first,
    )

    assert desk.update("wang", "visit", visit, 1, score=3) == 2


def test_hiding_a_field_clears_it(desk: Desk) -> None:
    made = desk.create(
        "boss", "customer", kind="person", phone="13800005678", id_number="11010119900307109X"
    )

    desk.update("boss", "customer", made, 1, kind="company")

    assert desk.row("customer", made, "id_number") == (None,)
    newest = history.of_record(desk.store, "customer", made)[0]
    assert newest.before["id_number"] == "11010119900307109X"


def test_history_holds_what_changed_before_and_after(desk: Desk) -> None:
    made = desk.create("wang", "customer", level="a")
    desk.update("wang", "customer", made, 1, level="b", region="110105")

    newest, oldest = history.of_record(desk.store, "customer", made)

    assert (newest.before, newest.after) == (
        {"level": "a", "region": None},
        {"level": "b", "region": "110105"},
    )
    assert (newest.version, newest.action, newest.actor) == (2, "update", "wang")
    assert (oldest.version, oldest.action, oldest.before) == (1, "create", {})
    assert oldest.after["name"] == "甲公司"


def test_the_audit_book_holds_no_personal_value(desk: Desk) -> None:
    made = desk.create("boss", "customer", phone="13800005678", name="张三丰公司")
    desk.update("boss", "customer", made, 1, phone="13900001111")

    told = "".join(row[0] for row in desk.store.rows('SELECT "changes" FROM "kefu_audit"'))

    assert "138****5678" in told
    for secret in ("13800005678", "13900001111", "张三丰"):
        assert secret not in told


def test_a_denied_field_is_closed_whatever_is_granted(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="b")
    role = desk.project.roles["supervisor"]
    denial = Denial(type="customer", fields=frozenset({"region"}))
    desk.store.project = replace(
        desk.project,
        roles={**desk.project.roles, "supervisor": replace(role, denials=(denial,))},
    )

    with pytest.raises(Invalid) as refused:
        desk.update("boss", "customer", made, 1, region="110105")

    assert faults(refused) == [("region", "not_editable")]


def test_what_is_worked_out_from_a_personal_value_is_hashed_in_the_audit_book(
    open_store: Callable[[Project], Store], small_project: Project
) -> None:
    small = small_project.types["customer"]
    called = Formula("name", FieldName("name", ValueType.TEXT), frozenset({"name"}), result="text")
    shown = replace(small.fields["name"], id="shown", formula=called, result="text",
                    type="computed", personal=PersonalClass.NONE, required=NEVER_WHEN)  # fmt: skip
    customer = replace(small, fields={**small.fields, "shown": shown})
    project = replace(small_project, types={**small_project.types, "customer": customer})
    desk = furnish(open_store(project))

    made = desk.create("boss", "customer", name="张三丰")

    assert desk.row("customer", made, "shown") == ("张三丰",)
    assert "张三丰" not in desk.store.value('SELECT "changes" FROM "kefu_audit"')
