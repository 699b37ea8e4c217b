"""Invented values: deterministic, valid by our own checks, and nobody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from random import Random

import pytest

from kefu_admin.behaviours.making import BadInstruction, Kit, id_check_digit, row_maker

KIT = Kit(
    pools={"surnames": "王李", "given": "伟芳娜", "tags": ["甲", "乙"]},
    regions=("110105",),
    people=((7, 3),),
    today=date(2026, 11, 21),
    ids={"item": (1, 2, 3), "warehouse": (8, 9)},
)


def test_the_same_seed_makes_the_same_row() -> None:
    instructions = {"name": {"person_name": True}, "phone": {"phone": True}}

    first = row_maker(instructions, KIT).row(Random(5), 0)
    second = row_maker(instructions, KIT).row(Random(5), 0)

    assert first == second


def test_the_check_digit_of_a_known_number_is_right() -> None:
    assert id_check_digit("11010519491231002") == "X"


def test_a_branch_follows_an_earlier_field() -> None:
    instructions = {
        "kind": {"choose": {"person": 1}},
        "n": {"by": "kind", "company": {"phone": True}},
    }

    assert row_maker(instructions, KIT).row(Random(1), 0) == {"kind": "person"}


def test_each_goes_through_every_pair_once() -> None:
    instructions = {"item": {"each": "item"}, "warehouse": {"each": "warehouse"}}

    pairs = {tuple(row_maker(instructions, KIT).row(Random(1), n).values()) for n in range(6)}

    assert len(pairs) == 6


def test_a_person_holds_the_role_named_or_is_anybody_where_nobody_does() -> None:
    kit = replace(KIT, people=((7, 3), (8, 3), (9, 3)), holders={"clerk": ((8, 3),)})

    def drawn(role: object) -> set[object]:
        maker = row_maker({"owner": {"person": role}}, kit)
        return {maker.row(Random(n), n)["owner"] for n in range(40)}

    assert (drawn("clerk"), drawn("keeper"), drawn(True)) == ({8}, {7, 8, 9}, {7, 8, 9})


def test_an_unknown_word_is_refused_by_name() -> None:
    with pytest.raises(BadInstruction, match="phon"):
        row_maker({"phone": {"phon": True}}, KIT).row(Random(1), 0)


def test_a_day_after_an_earlier_field_lies_after_it_and_not_too_late() -> None:
    instructions = {
        "received_at": {"instant": {"from": -3, "to": 0}},
        "promised_on": {"date": {"after": "received_at", "from": 1, "to": 7}},
        "closed_on": {"date": {"after": "received_at", "from": 1, "to": 7, "latest": 0}},
        "paid_on": {"date": {"after": "billed_on", "from": 1, "to": 7}},
    }
    maker = row_maker(instructions, KIT)

    rows = [maker.row(Random(n), n) for n in range(50)]

    for row in rows:
        received, promised, closed = row["received_at"], row["promised_on"], row["closed_on"]
        assert isinstance(received, datetime)
        assert isinstance(promised, date)
        assert isinstance(closed, date)
        assert 1 <= (promised - received.date()).days <= 7
        assert closed <= KIT.today
        assert "paid_on" not in row  # there was nothing to be after
    assert len({row["promised_on"] for row in rows}) > 3
