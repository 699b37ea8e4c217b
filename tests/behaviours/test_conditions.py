"""What the property test cannot see: unsaved owners, formulas, and absent askers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kefu_admin.behaviours.conditions import NoLookup, decide
from kefu_admin.definitions.condition_text import parse_condition
from kefu_admin.problems import NOWHERE, Problem
from tests.lab import CUSTOMER, TYPES, bindings

MINE = bindings()[0]


def holds(raw: object, values: dict[str, object], **options: object) -> bool:
    problems: list[Problem] = []
    condition = parse_condition(raw, type=CUSTOMER, types=TYPES, place=NOWHERE, problems=problems)
    assert problems == []
    return decide(condition, values, **{"binding": MINE, **options})  # type: ignore[arg-type] # by name


@pytest.mark.parametrize(
    ("raw", "score", "expected"),
    [
        ({"score": {"gt": 5}}, 7, True),
        ({"score": {"gt": 5}}, None, False),
        ({"not": {"score": {"gt": 5}}}, None, True),
        ({"score": {"ne": 5}}, None, False),
        ({"score": {"not_in": [5]}}, None, False),
        ({"score": {"is_empty": "true"}}, None, True),
        ({"score": {"is_empty": "false"}}, 0, True),
        ({"all": []}, None, True),
        ({"any": []}, None, False),
    ],
)
def test_an_absent_value_makes_every_comparison_false_but_is_empty(raw, score, expected):
    assert holds(raw, {"score": score}) is expected


def test_a_formula_is_compared_unrounded():
    values = {"credit": Decimal("1.00"), "rate": Decimal("0.3333")}

    assert holds({"formula": "credit / 3", "gt": "0.3333"}, values)
    assert holds({"rate": {"lt": {"formula": "credit / 3"}}}, values)
    assert not holds({"formula": "credit / 0", "lt": 1}, values)


def test_an_owned_row_sees_its_owner_as_it_is_being_written():
    raw = {"contacts": {"all": {"customer.kind": "company"}}}
    values = {"kind": "company", "contacts": ({"name": "新", "customer": None},)}

    assert holds(raw, values)


def test_a_path_needs_something_to_follow_it_with():
    with pytest.raises(NoLookup):
        holds({"owner.name": "a"}, {"owner": 1})


def test_a_path_to_nothing_is_absent():
    assert not holds({"owner.name": "a"}, {"owner": 1}, lookup=lambda type_id, id: None)
    assert holds({"owner.name": {"is_empty": True}}, {"owner": None})


def test_nobody_owns_nothing():
    nobody = replace(MINE, user_id=None)

    assert not holds({"owner": "$me"}, {"owner": 1}, binding=nobody)
    assert not holds({"owner": {"ne": "$me"}}, {"owner": 1}, binding=nobody)


def test_a_loop_of_departments_ends():
    loop = {1: {"parent": 2}, 2: {"parent": 1}}

    found = holds(
        {"department": {"under": 3}}, {"department": 1}, lookup=lambda type_id, id: loop[id]
    )

    assert not found
