"""The void register."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.definitions.number import Counter, DepartmentPart
from kefu_admin.operations import numbers
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.problems import Forbidden, Invalid, NotFound
from kefu_admin.store.database import Store
from tests.desks import NOW, Desk, furnish


@pytest.fixture
def people(store: Store) -> Desk:
    """The small desk with people."""
    return furnish(store)


@pytest.fixture
def desk(people: Desk) -> Composed:
    """What operations take."""
    return Composed(people.project, people.store)


def test_a_voided_number_is_never_given_out(desk: Composed, people: Desk) -> None:
    boss = people.people["boss"]

    number = numbers.void_next(desk, "customer", "纸质单据作废", actor=boss, now=NOW)
    made = people.create("boss", "customer")

    assert number == "KH202611-0001"
    assert people.row("customer", made, "code") == ("KH202611-0002",)
    [(_, entry)] = numbers.register(desk, actor=boss)
    assert (entry.number, entry.reason, entry.actor) == (number, "纸质单据作废", "boss")


def test_it_is_told_in_the_audit_book(desk: Composed, people: Desk) -> None:
    numbers.void_next(desk, "customer", "作废一张", actor=people.people["boss"], now=NOW)

    line = people.store.row('SELECT "action", "reason", "actor" FROM "kefu_audit"')
    assert line == ("void_number", "作废一张", "boss")


def test_a_reason_is_needed(desk: Composed, people: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        numbers.void_next(desk, "customer", " ", actor=people.people["boss"], now=NOW)

    assert [(e.field, e.code) for e in refused.value.errors] == [("reason", "void_reason_needed")]
    assert people.count("kefu_counter") == 0


def test_a_series_per_department_asks_for_the_code_of_one(people: Desk) -> None:
    per = replace(people.project.numbers["customer"], parts=(DepartmentPart(), Counter(digits=3)))
    desk = Composed(replace(people.project, numbers={"customer": per}), people.store)
    boss = people.people["boss"]

    for department, code in (("", "department_code_needed"), ("X9", "no_such_department")):
        with pytest.raises(Invalid) as refused:
            numbers.void_next(desk, "customer", "作废", actor=boss, now=NOW, department=department)
        assert [(e.field, e.code) for e in refused.value.errors] == [("department", code)]
    assert (
        numbers.void_next(desk, "customer", "作废", actor=boss, now=NOW, department="A1") == "A1001"
    )


def test_only_who_may_handle_numbers_may(desk: Composed, people: Desk) -> None:
    wang, boss = people.people["wang"], people.people["boss"]

    with pytest.raises(Forbidden):
        numbers.void_next(desk, "customer", "作废", actor=wang, now=NOW)
    with pytest.raises(Forbidden):
        numbers.register(desk, actor=wang)
    with pytest.raises(NotFound):
        numbers.void_next(desk, "nothing", "作废", actor=boss, now=NOW)
